"""A programme on the coordinators' desk: its draft, figures set with reasons, texts taken in."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.content.errors import ContentProblem, ProblemCode
from lms.content.programme_texts import programme_text, text_with
from lms.content.programmes import Checked
from lms.models import ContentVersion, Person, ProgrammeDraft
from lms.rules.programmes import Programme
from lms.rules.programmes.changing import ChangeRefusal
from lms.services.errors import MissingError, RefusedError
from lms.services.programmes.checking import check_text
from lms.services.programmes.shelf import find_current
from lms.services.publishing import definition_of, source_text_of

Path = tuple[str | int, ...]


class Reason(NamedTuple):
    """Why a figure is set: its place, its rule, before and after, in whose words, by whom."""

    place: str
    rule: str
    before: str
    after: str
    reason: str
    person_id: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A programme as its coordinators have it.

    Shape: `base` is the version that the draft was begun from, None before the first; `current`
           the one that counts now; `version` counts the saves of the draft, 0 where there is none.
           `programme` is None where the text cannot be made out.
    """

    slug: str
    base: ContentVersion | None
    current: ContentVersion | None
    text: str
    checked: Checked
    reasons: Mapping[str, Reason]
    version: int = 0
    saved_by: str = ""
    saved_at: datetime | None = None

    @property
    def is_behind(self) -> bool:
        """Say whether another version was published since the draft was begun."""
        base, current = self.base, self.current
        return (base.id if base else None) != (current.id if current else None)

    @property
    def programme(self) -> Programme:
        """Return what the text says. Raises: MissingError where it cannot be made out."""
        if self.checked.programme is None:
            raise MissingError
        return self.checked.programme

    @property
    def fingerprint(self) -> str:
        """Return what tells this state of the draft from every other."""
        base = self.base.hash if self.base else ""
        return hashlib.sha256(f"{base}\0{self.text}".encode()).hexdigest()


def open_desk(session: Session, organisation_id: int, slug: str, *, to_write: bool = False) -> Desk:
    """Return a programme as its coordinators have it; `to_write` holds its draft.

    Raises: MissingError where there is neither a version nor a draft.
    """
    current = find_current(session, organisation_id, slug)
    row = _row(session, organisation_id, slug, to_write=to_write)
    if row is None:
        if current is None:
            raise MissingError
        text = text_of(session, current)
        checked = check_text(session, organisation_id, text, slug=slug)
        return Desk(slug, current, current, text, checked, {})
    draft, name = row
    base = session.get(ContentVersion, draft.base_id) if draft.base_id else None
    return Desk(
        slug=slug,
        base=base,
        current=current,
        text=draft.text,
        checked=check_text(session, organisation_id, draft.text, slug=slug),
        reasons={place: Reason(*kept) for place, kept in json.loads(draft.reasons).items()},
        version=draft.version,
        saved_by=name,
        saved_at=draft.saved_at,
    )


def _row(
    session: Session, organisation_id: int, slug: str, *, to_write: bool
) -> tuple[ProgrammeDraft, str] | None:
    query = (
        select(ProgrammeDraft, Person.chosen_name)
        .join(Person, Person.id == ProgrammeDraft.person_id)
        .where(ProgrammeDraft.organisation_id == organisation_id, ProgrammeDraft.slug == slug)
    )
    if to_write:
        query = query.with_for_update(of=ProgrammeDraft)
        query = query.execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def text_of(session: Session, version: ContentVersion) -> str:
    """Return a version's text: as it was written, else as it could have been."""
    kept = source_text_of(session, version)
    return kept if kept is not None else programme_text(definition_of(session, version))


def keep_text(
    session: Session,
    organisation_id: int,
    desk: Desk,
    text: str,
    reasons: Mapping[str, Reason],
    *,
    by: int,
    now: datetime,
) -> None:
    """Keep a text as the programme's draft. Raises: RefusedError(CHANGED_MEANWHILE)."""
    row = _row(session, organisation_id, desk.slug, to_write=True)
    kept = json.dumps({place: list(reason) for place, reason in reasons.items()})
    if row is None:
        draft = ProgrammeDraft(
            organisation_id=organisation_id,
            slug=desk.slug,
            base_id=desk.base.id if desk.base else None,
            text=text,
            reasons=kept,
            version=1,
            person_id=by,
            saved_at=now,
        )
        try:
            with session.begin_nested():
                session.add(draft)
        except IntegrityError as clash:
            raise RefusedError(ChangeRefusal.CHANGED_MEANWHILE) from clash
        return
    draft = row[0]
    draft.text, draft.reasons, draft.person_id, draft.saved_at = text, kept, by, now
    draft.version += 1
    session.flush()


@dataclass(frozen=True, slots=True)
class Setting:
    """One figure that somebody sets.

    Shape: `path` leads to it in the text, `place` is how a problem names it; `before` and `after`
           are as written, `value` is what the text then holds.
    """

    path: Path
    place: str
    before: str
    after: str
    value: Any
    must_say_why: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is set for one rule, and why.

    Shape: `rule` is its id, "" for the whole; `where` the path of the requirement, where its source
           and the day it was read are written, `source` None where neither is set anew; `seen` the
           draft that the asker looked at.
    """

    rule: str
    where: Path
    settings: tuple[Setting, ...]
    reason: str
    source: str | None
    checked_on: date | None
    seen: str
    words: tuple[tuple[Path, str], ...] = ()


class FiguresError(Exception):
    """Figures that cannot be kept as they are; `problems` name the places."""

    def __init__(self, problems: tuple[ContentProblem, ...]) -> None:
        super().__init__("figures")
        self.problems = problems


NOT_KEPT = {
    ProblemCode.FIGURE,
    ProblemCode.WRONG_TYPE,
    ProblemCode.MISSING_KEY,
    ProblemCode.NOT_A_CHOICE,
    ProblemCode.EMPTY,
}
"""What a draft never holds; what else is wrong stays to be mended before it is published."""


def set_figures(
    session: Session, organisation_id: int, slug: str, order: Order, *, by: int, now: datetime
) -> Desk:
    """Set the figures of one rule in the draft, and return the desk as it then is.

    Edge: nothing is kept unless every figure can be read; a text that then contradicts itself is
          kept, and cannot be published.
    Raises: RefusedError(ChangeRefusal), FiguresError, MissingError.
    """
    desk = open_desk(session, organisation_id, slug, to_write=True)
    if desk.fingerprint != order.seen:
        raise RefusedError(ChangeRefusal.CHANGED_MEANWHILE)
    if desk.programme.example:
        raise RefusedError(ChangeRefusal.EXAMPLE)
    if not order.reason.strip() and any(one.must_say_why for one in order.settings):
        raise RefusedError(ChangeRefusal.NO_REASON)
    values = _values(order)
    if not values:
        return desk
    text = text_with(desk.text, values)
    checked = check_text(session, organisation_id, text, slug=slug)
    known = {(one.path, one.message) for one in desk.checked.problems}
    new = [one for one in checked.problems if (one.path, one.message) not in known]
    hard = tuple(one for one in new if checked.programme is None or one.code in NOT_KEPT)
    if hard:
        raise FiguresError(hard)
    reasons = {**desk.reasons, **_reasons(order, by)}
    keep_text(session, organisation_id, desk, text, reasons, by=by, now=now)
    return open_desk(session, organisation_id, slug)


def _values(order: Order) -> dict[Path, Any]:
    values: dict[Path, Any] = {one.path: one.value for one in order.settings}
    values |= dict(order.words)
    if order.source is not None:
        values[*order.where, "source"] = order.source
        day = order.checked_on
        values[*order.where, "checked_on"] = day.isoformat() if day else None
    return values


def _reasons(order: Order, by: int) -> dict[str, Reason]:
    reason = order.reason.strip()
    return {
        one.place: Reason(one.place, order.rule, one.before, one.after, reason, by)
        for one in order.settings
        if one.before != one.after
    }


class TextError(Exception):
    """A text that cannot be taken in; `problems` name file and line."""

    def __init__(self, problems: tuple[ContentProblem, ...]) -> None:
        super().__init__("text")
        self.problems = problems


def take_text(
    session: Session,
    organisation_id: int,
    slug: str,
    text: str,
    *,
    seen: str,
    by: int,
    now: datetime,
) -> Desk:
    """Keep a whole text as the draft, checked to the last line; nothing is kept where it is not.

    Raises: TextError, RefusedError(ChangeRefusal), MissingError.
    """
    desk = open_desk(session, organisation_id, slug, to_write=True)
    if desk.fingerprint != seen:
        raise RefusedError(ChangeRefusal.CHANGED_MEANWHILE)
    if desk.current is not None and definition_of(session, desk.current).example:
        raise RefusedError(ChangeRefusal.EXAMPLE)
    checked = check_text(session, organisation_id, text, slug=slug)
    if checked.problems:
        raise TextError(checked.problems)
    keep_text(session, organisation_id, desk, text, desk.reasons, by=by, now=now)
    return open_desk(session, organisation_id, slug)


def take_version(
    session: Session, organisation_id: int, version: ContentVersion, *, by: int, now: datetime
) -> None:
    """Begin a draft that says what another version says: an earlier one, or one of everybody's.

    Raises: RefusedError(DRAFT_THERE or EXAMPLE), MissingError.
    """
    if definition_of(session, version).example:
        raise RefusedError(ChangeRefusal.EXAMPLE)
    desk = open_desk(session, organisation_id, version.slug, to_write=True)
    if desk.version:
        raise RefusedError(ChangeRefusal.DRAFT_THERE)
    text = text_of(session, version)
    keep_text(session, organisation_id, desk, text, {}, by=by, now=now)


class Begun(NamedTuple):
    """A draft in the list."""

    slug: str
    by: str
    at: datetime


def list_begun(session: Session, organisation_id: int) -> list[Begun]:
    """Return an organisation's drafts by id, those of programmes with versions too."""
    query = (
        select(ProgrammeDraft.slug, Person.chosen_name, ProgrammeDraft.saved_at)
        .join(Person, Person.id == ProgrammeDraft.person_id)
        .where(ProgrammeDraft.organisation_id == organisation_id)
        .order_by(ProgrammeDraft.slug)
    )
    return [Begun(*row) for row in session.execute(query)]


def drop_draft(session: Session, organisation_id: int, slug: str) -> None:
    """Throw a programme's draft away; its versions stand."""
    session.execute(
        delete(ProgrammeDraft).where(
            ProgrammeDraft.organisation_id == organisation_id, ProgrammeDraft.slug == slug
        )
    )


def rebase_draft(
    session: Session, organisation_id: int, slug: str, *, number: int, now: datetime
) -> None:
    """Let a draft stand on the current version, as it is.

    Raises: MissingError, RefusedError(CHANGED_MEANWHILE) where `number` is not the current one's.
    """
    row = _row(session, organisation_id, slug, to_write=True)
    current = find_current(session, organisation_id, slug)
    if row is None or current is None:
        raise MissingError
    if current.number != number:
        raise RefusedError(ChangeRefusal.CHANGED_MEANWHILE)
    row[0].base_id, row[0].saved_at = current.id, now
    session.flush()
