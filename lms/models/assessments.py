"""Attempts at assessments: the exact form, the responses as given, the exact score."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, PublicIdMixin
from lms.models.facts import FactMixin


class Form(Base):
    """The items that were drawn, in order, with their option order; shared by all who drew it."""

    __tablename__ = "form"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    assessment_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    body: Mapped[str] = mapped_column(Text)


class FormItem(Base):
    """One item of a form, by its own immutable version."""

    __tablename__ = "form_item"
    __table_args__ = (UniqueConstraint("form_hash", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_hash: Mapped[str] = mapped_column(ForeignKey("form.hash"), index=True)
    place: Mapped[int]
    item: Mapped[str] = mapped_column(String(100))
    item_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))


class Attempt(PublicIdMixin, Base):
    """One run by one trainee. `remaining_seconds` is set only while the clock is stopped."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "assessment", "number"),
        CheckConstraint("state in ('open','closed')", name="state"),
        CheckConstraint("remaining_seconds is null or remaining_seconds >= 0", name="remaining"),
        Index(
            "uq_attempt_open",
            "enrolment_id",
            "assessment",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    assessment: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    form_hash: Mapped[str] = mapped_column(ForeignKey("form.hash"))
    seed: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="open")
    started_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    remaining_seconds: Mapped[int | None]
    closed_at: Mapped[datetime | None]

    form: Mapped[Form] = relationship(lazy="raise")


class Response(Base):
    """An answer as given. `counter` orders saves, so that a late packet overwrites nothing."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("attempt_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    item: Mapped[str] = mapped_column(String(100))
    value: Mapped[str] = mapped_column(Text)
    counter: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class Score(FactMixin, Base):
    """The exact score of an attempt: one row for the whole and one a domain.

    Units: `score_percent` 0-100 exact; `score_ppm` is for sorting alone.
    """

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("attempt_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    assessment: Mapped[str] = mapped_column(String(100))
    part: Mapped[str] = mapped_column(String(100))
    points: Mapped[Fraction]
    of: Mapped[Fraction]
    score_percent: Mapped[Fraction]
    score_ppm: Mapped[int]


class AttemptFlag(Base):
    """A flagged option that was chosen: a conversation to have, seen by staff alone."""

    __tablename__ = "attempt_flag"
    __table_args__ = (UniqueConstraint("attempt_id", "item", "option"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    item: Mapped[str] = mapped_column(String(100))
    option: Mapped[str] = mapped_column(String(100))
    talked_at: Mapped[datetime | None]
    talked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
