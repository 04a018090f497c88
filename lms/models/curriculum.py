"""Published content and what a trainee has read of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.models.facts import FactMixin


class ContentVersion(Base):
    """One immutable version of a module, assessment, item, rubric, scenario, agreement, programme.

    `body` is canonical JSON and `hash` its SHA-256; `rendered` caches what readers get, with the
    renderer's version, and may be made again at any time.
    """

    __tablename__ = "content_version"
    __table_args__ = (UniqueConstraint("kind", "slug", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    slug: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    parent_hash: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text, deferred=True)
    rendered: Mapped[str | None] = mapped_column(Text, deferred=True)
    renderer: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class LessonReading(Base):
    """A lesson that a trainee says they have finished, in the version they read."""

    __tablename__ = "lesson_reading"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "lesson", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    module: Mapped[str] = mapped_column(String(100))
    lesson: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    finished_at: Mapped[datetime]


class CheckAnswer(Base):
    """What was chosen in an in-lesson check or situation, kept across devices, never scored."""

    __tablename__ = "check_answer"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "lesson", "block"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    module: Mapped[str] = mapped_column(String(100))
    lesson: Mapped[str] = mapped_column(String(100))
    block: Mapped[str] = mapped_column(String(120))
    chosen: Mapped[str] = mapped_column(String(400))
    answered_at: Mapped[datetime]


class Completion(FactMixin, Base):
    """A module completed: which version, and which version of each lesson was read."""

    __tablename__ = "completion"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    version_number: Mapped[int]
    lesson_versions: Mapped[str] = mapped_column(Text)
