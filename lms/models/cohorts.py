"""Cohorts of a programme version, places in them, and who is whose trainer or supervisor."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, PublicIdMixin
from lms.models.curriculum import ContentVersion
from lms.models.people import Organisation, Person


class Cohort(PublicIdMixin, Base):
    """A group of people who train together under one programme version."""

    __tablename__ = "cohort"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    programme_version: Mapped[ContentVersion] = relationship(lazy="raise")


class Enrolment(PublicIdMixin, Base):
    """A person's place. The programme version is pinned here; moving is an act with a reason."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("person_id", "cohort_id"),
        CheckConstraint(
            "state in ('applied','admitted','active','paused','withdrawn','completed')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    state: Mapped[str] = mapped_column(String(12), default="admitted")
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    facts_version: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person] = relationship(lazy="raise")
    cohort: Mapped[Cohort] = relationship(lazy="raise")
    programme_version: Mapped[ContentVersion] = relationship(lazy="raise")


class Assignment(Base):
    """Who is whose trainer, second trainer or supervisor, from when to when."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("kind in ('trainer','second-trainer','supervisor')", name="kind"),
        Index(
            "uq_assignment_current",
            "enrolment_id",
            "kind",
            unique=True,
            sqlite_where=text("until_on is null"),
            postgresql_where=text("until_on is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    enrolment: Mapped[Enrolment] = relationship(lazy="raise")
