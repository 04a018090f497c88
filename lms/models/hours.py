"""The hours ledgers: entries, and the confirmation that signs an entry's content."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base
from lms.models.facts import FactMixin


class HoursEntry(FactMixin, Base):
    """Time in one ledger. A confirmed entry never changes: a correction names it in `corrects_id`.

    Units: `minutes` whole minutes; `domains` JSON, domain id to minutes, adding up to `minutes`.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        CheckConstraint("minutes between 1 and 1440", name="minutes"),
        CheckConstraint(
            "ledger in ('training','practice','supervision','continuing-education')",
            name="ledger",
        ),
        CheckConstraint(
            "state in ('draft','submitted','returned','confirmed','withdrawn')", name="state"
        ),
        CheckConstraint(
            "kind in ('individual','group','triadic','co-reflection','observation')", name="kind"
        ),
        CheckConstraint("medium in ('in-person','video','phone')", name="medium"),
        UniqueConstraint("enrolment_id", "op_id"),
        UniqueConstraint("corrects_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int]
    domains: Mapped[str] = mapped_column(Text, default="{}")
    medium: Mapped[str] = mapped_column(String(12))
    group_size: Mapped[int | None]
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    summary: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    op_id: Mapped[str] = mapped_column(String(40))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("hours_entry.id"))
    submitted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    return_note: Mapped[bytes | None] = mapped_column(LargeBinary)

    confirmation: Mapped["Confirmation | None"] = relationship(lazy="raise")


class Confirmation(Base):
    """A supervisor's signature under the exact content of an entry; taken back with a reason."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("hours_entry.id"))
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    confirmed_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    assurance: Mapped[str] = mapped_column(String(16), default="account")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
