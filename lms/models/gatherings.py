"""Live sessions of a cohort: the plan, who is invited, attendance, make-ups, trust agreement."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, PublicIdMixin
from lms.models.cohorts import Cohort
from lms.models.facts import FactMixin


class Gathering(PublicIdMixin, Base):
    """One live session. `happens_on` is the day it begins in the cohort's zone.

    `parts` is JSON (title, minutes, unmissable); `place` is sealed: a stolen copy of the database
    does not tell where people meet. `version` counts changes of the plan.
    """

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint("kind in ('teaching','practice','story-sharing')", name="kind"),
        CheckConstraint("audience in ('women','men','joint')", name="audience"),
        CheckConstraint("mode in ('in-person','video','voice')", name="mode"),
        CheckConstraint("state in ('planned','closed','cancelled')", name="state"),
        CheckConstraint("ends_at > begins_at", name="span"),
        CheckConstraint("tolerance_minutes between 0 and 120", name="tolerance"),
        UniqueConstraint("cohort_id", "op_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    audience: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(12))
    place: Mapped[bytes] = mapped_column(LargeBinary)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    happens_on: Mapped[date]
    parts: Mapped[str] = mapped_column(Text)
    tolerance_minutes: Mapped[int] = mapped_column(default=0)
    module: Mapped[str] = mapped_column(String(100), default="")
    topic: Mapped[str] = mapped_column(String(100), default="")
    domain: Mapped[str] = mapped_column(String(100), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    content_note: Mapped[str] = mapped_column(Text, default="")
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    version: Mapped[int] = mapped_column(default=1)
    planned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    planned_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    op_id: Mapped[str] = mapped_column(String(40))

    cohort: Mapped[Cohort] = relationship(lazy="raise")


class Seat(PublicIdMixin, Base):
    """An invitation of one person to one gathering.

    `expected` is all that is kept of their answer: whoever says no to a joint gathering, and
    whoever has said nothing, are the same row.
    """

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("gathering_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    expected: Mapped[bool]

    gathering: Mapped[Gathering] = relationship(lazy="raise")


class Attendance(FactMixin, Base):
    """What one person attended of one gathering; a correction is a new row.

    `marks` is JSON: for each part the minutes late, 0 for there from the start, null for away.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        Index(
            "uq_attendance_current",
            "seat_id",
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    minutes: Mapped[int]
    marks: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)


class MakeUp(FactMixin, Base):
    """How somebody made up what they missed; taken back, it is replaced by nothing.

    `parts` is JSON, numbers from 0. `other_seat_id` is the gathering it was made up in, where that
    one is on record: its minutes are counted there, and are 0 here.
    """

    __tablename__ = "make_up"
    __table_args__ = (
        CheckConstraint("way in ('gathering','conversation','reading')", name="way"),
        CheckConstraint("medium is null or medium in ('in-person','video','phone')", name="medium"),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        UniqueConstraint("enrolment_id", "op_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    way: Mapped[str] = mapped_column(String(16))
    medium: Mapped[str | None] = mapped_column(String(12))
    minutes: Mapped[int]
    parts: Mapped[str] = mapped_column(Text)
    other_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    op_id: Mapped[str] = mapped_column(String(40))


class TrustAgreement(Base):
    """One immutable version of a cohort's trust agreement; `texts` is canonical JSON."""

    __tablename__ = "trust_agreement"
    __table_args__ = (UniqueConstraint("cohort_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    number: Mapped[int]
    texts: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_on: Mapped[date]
    written_at: Mapped[datetime]


class TrustReview(Base):
    """That somebody joined, and the group looked at its agreement and kept it."""

    __tablename__ = "trust_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("trust_agreement.id"), index=True)
    kept_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kept_on: Mapped[date]
    kept_at: Mapped[datetime]


class TrustAcknowledgement(FactMixin, Base):
    """A member's word on one version, with the hash of the very text."""

    __tablename__ = "trust_acknowledgement"
    __table_args__ = (UniqueConstraint("enrolment_id", "agreement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("trust_agreement.id"), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
