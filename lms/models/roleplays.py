"""Role-plays enacted, marked, released; harm items and how they were resolved."""

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

from lms.db import Base
from lms.models.facts import FactMixin


class Performance(FactMixin, Base):
    """One enactment of a scenario, open at most once a trainee and scenario.

    `happened_on` is the day it is played, `recorded_at` when it was booked. `result`,
    `released_at` and `released_on` appear at release: what a marker finds is no fact before.
    """

    __tablename__ = "performance"
    __table_args__ = (
        CheckConstraint("state in ('booked','marked','released','cancelled')", name="state"),
        CheckConstraint("result is null or result in ('met','not-yet','referred')", name="result"),
        CheckConstraint("minutes >= 0 and minutes <= 600", name="minutes"),
        CheckConstraint("medium in ('in-person','video','voice','text')", name="medium"),
        UniqueConstraint("enrolment_id", "op_id"),
        Index(
            "uq_performance_open",
            "enrolment_id",
            "scenario",
            unique=True,
            sqlite_where=text("state in ('booked', 'marked')"),
            postgresql_where=text("state in ('booked', 'marked')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario: Mapped[str] = mapped_column(String(100))
    scenario_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    booked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    medium: Mapped[str] = mapped_column(String(12), default="in-person")
    minutes: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="booked")
    result: Mapped[str | None] = mapped_column(String(12))
    released_at: Mapped[datetime | None]
    released_on: Mapped[date | None]
    op_id: Mapped[str] = mapped_column(String(40))

    markings: Mapped[list["Marking"]] = relationship(lazy="raise", back_populates="performance")


class Marking(Base):
    """One marker's marks as they were sent; never changed. Until then they are a sealed draft.

    `levels` is JSON, criterion id to level; `moments`, sealed, is JSON, criterion id to words.
    """

    __tablename__ = "marking"
    __table_args__ = (UniqueConstraint("performance_id", "marker_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"), index=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    levels: Mapped[str] = mapped_column(Text)
    moments: Mapped[bytes] = mapped_column(LargeBinary)
    went_well: Mapped[bytes] = mapped_column(LargeBinary)
    next_step: Mapped[bytes] = mapped_column(LargeBinary)
    submitted_at: Mapped[datetime]

    performance: Mapped[Performance] = relationship(lazy="raise", back_populates="markings")
    harm: Mapped[list["HarmTick"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class HarmTick(Base):
    """A harm item that a marker saw; `corrected` where the trainee mended it at once."""

    __tablename__ = "harm_tick"
    __table_args__ = (UniqueConstraint("marking_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    marking_id: Mapped[int] = mapped_column(ForeignKey("marking.id"), index=True)
    item: Mapped[str] = mapped_column(String(20))
    corrected: Mapped[bool] = mapped_column(default=False)


class HarmResolution(FactMixin, Base):
    """A named person's answer to a harm item: `reason` is for staff, `plan` for the trainee.

    A repeat may be settled later: the newer row stands and the older one is replaced.
    """

    __tablename__ = "harm_resolution"
    __table_args__ = (
        CheckConstraint("outcome in ('resolved','repeat')", name="outcome"),
        Index(
            "uq_harm_resolution_current",
            "performance_id",
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    resolved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    plan: Mapped[bytes] = mapped_column(LargeBinary)
