"""Appeals: another look at an act, asked for by whose record it is, answered by a named person."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, PublicIdMixin


class Appeal(PublicIdMixin, Base):
    """One look at one act: at most one that its asker did not withdraw.

    `subject_id` is the row of the area that `kind` names, `acted_at` the very act on it, and
    `applied_id` the new row that an answer made. `words` and `reasons` are sealed with the asker's
    key. `taken_by` took the act; they learn of an appeal only where it is sent back to them, and
    `again` are their reasons once they have looked, sealed too. `again_by` looks in their place,
    where they cannot.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(
            "kind in ('decision','result','hours','certificate','waiver')", name="kind"
        ),
        CheckConstraint(
            "state in ('asked','assigned','upheld','changed','sent-back','withdrawn')",
            name="state",
        ),
        CheckConstraint("decider_id is null or decider_id <> taken_by", name="other"),
        CheckConstraint(
            "(decider_id is not null) or state in ('asked','withdrawn')", name="decider"
        ),
        CheckConstraint(
            "(reasons is not null) = (state in ('upheld','changed','sent-back'))", name="reasons"
        ),
        CheckConstraint("(again is null) = (again_at is null)", name="again"),
        CheckConstraint(
            "again_by is null or (again_by <> taken_by and reasons is not null)", name="again_by"
        ),
        UniqueConstraint("enrolment_id", "op_id"),
        Index(
            "uq_appeal_act",
            "kind",
            "subject_id",
            "acted_at",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    acted_at: Mapped[datetime]
    taken_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="asked")
    words: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    asked_on: Mapped[date]
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime | None]
    reasons: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime | None]
    applied_id: Mapped[int | None]
    again: Mapped[bytes | None] = mapped_column(LargeBinary)
    again_at: Mapped[datetime | None]
    again_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    op_id: Mapped[str] = mapped_column(String(40))
