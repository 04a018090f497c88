"""Programmes as coordinators set them: drafts, why figures were set, withdrawals, moves."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class ProgrammeDraft(Base):
    """What an organisation's coordinators have of a programme, not published yet; they share it.

    `text` is the whole file; `base_id` the version it was begun from, None before the first.
    `reasons` is JSON: why each figure was set, by its place.
    """

    __tablename__ = "programme_draft"
    __table_args__ = (UniqueConstraint("organisation_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    slug: Mapped[str] = mapped_column(String(100))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("content_version.id"))
    text: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text, default="{}")
    version: Mapped[int] = mapped_column(default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class ProgrammeFigure(Base):
    """Why a figure of a published version is what it is: before, after, the reason, by whom."""

    __tablename__ = "programme_figure"
    __table_args__ = (UniqueConstraint("version_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    place: Mapped[str] = mapped_column(String(300))
    rule: Mapped[str] = mapped_column(String(100))
    before: Mapped[str] = mapped_column(String(200))
    after: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class ProgrammeWithdrawal(Base):
    """A version under which an organisation opens no more cohorts; who is enrolled goes on."""

    __tablename__ = "programme_withdrawal"
    __table_args__ = (UniqueConstraint("organisation_id", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class ProgrammeMove(Base):
    """A person moved from one version of their programme to another. The reason is sealed."""

    __tablename__ = "programme_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    moved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
