"""Private reflections: kept sealed, shown to nobody but their writer."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import new_public_id
from lms.models import Person, Reflection, Sharing
from lms.rules.curriculum import SOURCE_LANGUAGE, Lesson, Module
from lms.rules.curriculum import Reflection as Prompt
from lms.rules.learning import Wording, in_language, lesson_title, module_title, other_way
from lms.services.curriculum import LessonPage
from lms.services.drafts import drop_draft, find_drafts
from lms.services.errors import ClashError, MissingError
from lms.services.publishing import definition_of, list_current_versions
from lms.services.reflections.texts import about_reflection, end_sharings, read_words
from lms.services.sealed import is_readable, seal_text

WORDS = "words"


@dataclass(frozen=True, slots=True)
class Box:
    """Which box of which lesson. Shape: slugs, and the id of the block."""

    module: str
    lesson: str
    block: str

    @property
    def draft_key(self) -> str:
        """Return the key that unsent words are kept under."""
        return f"{drafts_of(self.module, self.lesson)}{self.block}"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What stands in a box: the words last typed, sent or not.

    Units: `version` counts what was kept, `draft_version` what was typed and not sent; 0 is none.
    Shape: `public_id` names what was kept, "" where nothing was.
    """

    words: str
    version: int = 0
    draft_version: int = 0
    saved_at: datetime | None = None
    public_id: str = ""


@dataclass(frozen=True, slots=True)
class OwnReflection:
    """A reflection in the list of one's own.

    Edge: where a newer version took the lesson or the box away, there is no prompt and the titles
          are what the address calls them.
    """

    id: int
    public_id: str
    box: Box
    module_title: Wording
    lesson_title: Wording
    prompt: Wording | None
    words: str
    saved_at: datetime


def drafts_of(module: str, lesson: str) -> str:
    """Return how the keys of a lesson's unsent reflections begin."""
    return f"reflection:{module}/{lesson}/"


def list_words(session: Session, person_id: int, module: str, lesson: str) -> dict[str, OwnWords]:
    """Return what a person wrote in a lesson, by block; words not sent yet stand before kept."""
    query = select(Reflection).where(
        Reflection.person_id == person_id,
        Reflection.module == module,
        Reflection.lesson == lesson,
    )
    found = {
        row.block: OwnWords(read_words(session, row), row.version, 0, row.saved_at, row.public_id)
        for row in session.scalars(query)
    }
    prefix = drafts_of(module, lesson)
    for key, draft in find_drafts(session, person_id, prefix).items():
        block = key.removeprefix(prefix)
        kept = found.get(block, OwnWords(""))
        words = draft.body.get(WORDS, kept.words)
        found[block] = replace(
            kept, words=words, draft_version=draft.version, saved_at=draft.saved_at
        )
    return found


def keep_words(
    session: Session, person_id: int, box: Box, words: str, *, base_version: int, now: datetime
) -> None:
    """Keep what was written in a box; an emptied box is forgotten, and so is what was shared of it.

    Edge:   words that cannot be opened just now are never thrown away by an empty box.
    Units:  `base_version` is the version that the page was made from, 0 for an empty box.
    Raises: ClashError with both texts where another device kept other words meanwhile.
    """
    query = select(Reflection).where(
        Reflection.person_id == person_id,
        Reflection.module == box.module,
        Reflection.lesson == box.lesson,
        Reflection.block == box.block,
    )
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        if words:
            _add(session, person_id, box, words, now)
    else:
        _change(session, row, words, base_version, now)
    drop_draft(session, person_id, box.draft_key)
    session.flush()


def _add(session: Session, person_id: int, box: Box, words: str, now: datetime) -> None:
    row = Reflection(
        public_id=new_public_id(),
        person_id=person_id,
        module=box.module,
        lesson=box.lesson,
        block=box.block,
        version=1,
        saved_at=now,
    )
    row.sealed = seal_text(session, person_id, words, about_reflection(row), now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # two first times at once: the other's words stand, both are shown
        keep_words(session, person_id, box, words, base_version=0, now=now)


def _change(
    session: Session, row: Reflection, words: str, base_version: int, now: datetime
) -> None:
    theirs = read_words(session, row)
    if theirs == words or not (words or is_readable(theirs)):
        return
    if base_version != row.version:
        raise ClashError({WORDS: theirs}, {WORDS: words}, row.version)
    if not words:
        _remove(session, row, now)
        return
    row.sealed = seal_text(session, row.person_id, words, about_reflection(row), now)
    row.version += 1
    row.saved_at = now


def prompt_of(page: LessonPage, block: str) -> str:
    """Return what a lesson's box asks, on either way: the way that is shown comes first.

    Raises: MissingError where it has no such box.
    """
    for lesson in (page.lesson, *page.ways):
        for part in lesson.parts:
            if isinstance(part, Prompt) and part.id == block:
                return part.prompt
    raise MissingError


def list_own_reflections(
    session: Session, person_id: int, language: str = SOURCE_LANGUAGE
) -> list[OwnReflection]:
    """Return everything a person kept for themselves, newest first, titled in `language`."""
    query = (
        select(Reflection)
        .where(Reflection.person_id == person_id)
        .order_by(Reflection.saved_at.desc(), Reflection.id.desc())
    )
    rows = list(session.scalars(query))
    modules: dict[str, Module] = {
        version.slug: definition_of(session, version)
        for version in (list_current_versions(session, "module") if rows else ())
    }
    return [_own(session, row, modules.get(row.module), language) for row in rows]


def _own(session: Session, row: Reflection, module: Module | None, language: str) -> OwnReflection:
    found = (one for one in module.lessons if one.slug == row.lesson) if module else ()
    lesson = next(iter(found), None)
    prompts = _prompts(module, lesson, language) if module and lesson else {}
    return OwnReflection(
        id=row.id,
        public_id=row.public_id,
        box=Box(row.module, row.lesson, row.block),
        module_title=module_title(module, language) if module else Wording(row.module, language),
        lesson_title=lesson_title(module, lesson, language)
        if module and lesson
        else Wording(row.lesson, language),
        prompt=prompts.get(row.block),
        words=read_words(session, row),
        saved_at=row.saved_at,
    )


def _prompts(module: Module, lesson: Lesson, language: str) -> dict[str, Wording]:
    """Return what the boxes of a lesson and of its equal route ask, by block."""
    routes = [other_way(lesson, one) for one in module.equal_routes if one.slug == lesson.slug]
    ways = [*((way, module.route_translations) for way in routes), (lesson, module.translations)]
    found: dict[str, Wording] = {}
    for way, translations in ways:
        told = in_language(way, translations, language)
        spoken = SOURCE_LANGUAGE if told is way else language
        boxes = (part for part in told.parts if isinstance(part, Prompt))
        found.update((box.id, Wording(box.prompt, spoken)) for box in boxes)
    return found


def forget_reflection(session: Session, person_id: int, public_id: str, *, now: datetime) -> None:
    """Take a reflection away for good, and whatever was shared of it.

    Edge:   who had read it, and when, stays on its writer's own page.
    Raises: MissingError where it is not one's own.
    """
    query = select(Reflection).where(
        Reflection.public_id == public_id, Reflection.person_id == person_id
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        raise MissingError
    drop_draft(session, person_id, Box(row.module, row.lesson, row.block).draft_key)
    _remove(session, row, now)


def _remove(session: Session, row: Reflection, now: datetime) -> None:
    shared = list(session.scalars(select(Sharing).where(Sharing.reflection_id == row.id)))
    chain = session.get_one(Person, row.person_id).organisation_id
    open_ones = [sharing for sharing in shared if sharing.ended_at is None]
    end_sharings(session, open_ones, chain=chain, now=now)
    for sharing in shared:
        sharing.reflection_id = None
    session.flush()
    session.delete(row)
    session.flush()
