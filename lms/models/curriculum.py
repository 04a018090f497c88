"""Published content and what a trainee has read of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.models.facts import FactMixin


class ContentVersion(Base):
    """One immutable version of a module, assessment, item, rubric, scenario, agreement, programme.

    `body` is canonical JSON and `hash` its SHA-256; `rendered` caches what readers get, with the
    renderer's version, and may be made again at any time. `source` is the files as they were
    written, JSON by name. `alike` names, by lesson, earlier versions whose text teaches the same.
    `organisation_id` says whose own a version is (programmes alone); None is everybody's.
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
    note: Mapped[str] = mapped_column(String(500), default="")
    changes_learning: Mapped[bool] = mapped_column(default=True)
    alike: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str | None] = mapped_column(Text, deferred=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))


class DraftFile(Base):
    """A file of a module as its authors have it now, not published yet; authors share it.

    `text` is what a Markdown file says, `data` a picture's bytes; with neither the file is to be
    taken out. `base_hash` is the module's version that it was begun from, "" before the first.
    """

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("module", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(String(100))
    text: Mapped[str | None] = mapped_column(Text)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    base_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class ContentPicture(Base):
    """A picture of a module, as it is served; versions name it by its stamp (SHA-256)."""

    __tablename__ = "content_picture"
    __table_args__ = (UniqueConstraint("module", "name", "stamp"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    stamp: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)


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


class OwnWay(Base):
    """What is a person's alone about how they learn: topics to be told of, routes, answers there.

    One sealed text a person, so that no row, column or count tells anything of it.
    """

    __tablename__ = "own_way"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Completion(FactMixin, Base):
    """A module completed: which version, and which version of each lesson was read."""

    __tablename__ = "completion"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    version_number: Mapped[int]
    lesson_versions: Mapped[str] = mapped_column(Text)
