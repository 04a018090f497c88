"""Reflections: sealed, read by nobody but their writer, and by whom the writer shares one with."""

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


class Reflection(PublicIdMixin, Base):
    """What a trainee wrote beside a lesson's reflection prompt."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("person_id", "module", "lesson", "block"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    module: Mapped[str] = mapped_column(String(100))
    lesson: Mapped[str] = mapped_column(String(100))
    block: Mapped[str] = mapped_column(String(120))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


class Sharing(PublicIdMixin, Base):
    """One text shared with one person for a time, by its writer alone.

    `sealed` is a copy of the very words that were shared, under the writer's key; it is taken away
    when the sharing ends. Words written later are not shared by it.
    """

    __tablename__ = "sharing"
    __table_args__ = (
        CheckConstraint("purpose in ('talk','help','know')", name="purpose"),
        CheckConstraint("person_id <> reader_id", name="other"),
        Index(
            "uq_sharing_open",
            "reflection_id",
            "reader_id",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reflection_id: Mapped[int | None] = mapped_column(
        ForeignKey("reflection.id", ondelete="SET NULL"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    module: Mapped[str] = mapped_column(String(100))
    purpose: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int]
    shared_at: Mapped[datetime]
    until_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class SharedReading(Base):
    """One reading of a shared text: who opened it, and when. Only its writer reads this."""

    __tablename__ = "shared_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    sharing_id: Mapped[int] = mapped_column(ForeignKey("sharing.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    read_at: Mapped[datetime]
    op_id: Mapped[str] = mapped_column(String(40))
