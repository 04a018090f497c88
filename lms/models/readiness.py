"""Readiness decisions: a named person's, with reasons, on several sources."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.models.facts import FactMixin


class ReadinessDecision(FactMixin, Base):
    """A later decision replaces an earlier one of the same matter; nothing is overwritten."""

    __tablename__ = "readiness_decision"
    __table_args__ = (
        CheckConstraint("outcome in ('ready','not-yet')", name="outcome"),
        UniqueConstraint("enrolment_id", "op_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(12))
    sources: Mapped[str] = mapped_column(Text, default="[]")
    reasons: Mapped[bytes] = mapped_column(LargeBinary)
    capacity: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    op_id: Mapped[str] = mapped_column(String(40))
