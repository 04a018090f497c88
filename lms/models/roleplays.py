"""Role-plays enacted, marked, released; harm items and how they were resolved."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base
from lms.models.facts import FactMixin


class Performance(FactMixin, Base):
    """One enactment of a scenario. `result` and the facts of its marking appear at release."""

    __tablename__ = "performance"
    __table_args__ = (
        CheckConstraint("state in ('booked','marking','released','cancelled')", name="state"),
        CheckConstraint("result is null or result in ('met','not-yet','referred')", name="result"),
        CheckConstraint("minutes >= 0 and minutes <= 600", name="minutes"),
        CheckConstraint("medium in ('in-person','video','voice','text')", name="medium"),
        UniqueConstraint("enrolment_id", "op_id"),
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
    """One marker's marks. `levels` is JSON: criterion id to level."""

    __tablename__ = "marking"
    __table_args__ = (
        UniqueConstraint("performance_id", "marker_id"),
        CheckConstraint("state in ('draft','submitted')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"), index=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    levels: Mapped[str] = mapped_column(Text, default="{}")
    went_well: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_step: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

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
    """A named person's answer to a harm item: what was done, and whether it is settled."""

    __tablename__ = "harm_resolution"
    __table_args__ = (
        UniqueConstraint("performance_id"),
        CheckConstraint("outcome in ('resolved','repeat')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    performance_id: Mapped[int] = mapped_column(ForeignKey("performance.id"))
    outcome: Mapped[str] = mapped_column(String(12))
    resolved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)
