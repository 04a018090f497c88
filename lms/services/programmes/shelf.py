"""Which programmes an organisation has: everybody's, and its own versions in their place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lms.content.versions import ContentKind
from lms.models import (
    Cohort,
    ContentVersion,
    Enrolment,
    Person,
    ProgrammeDraft,
    ProgrammeFigure,
    ProgrammeWithdrawal,
)
from lms.rules.cohorts import OPEN_STATES
from lms.rules.programmes import Programme
from lms.services.errors import MissingError
from lms.services.publishing import definition_at, list_current_versions, titles_by_slug

KIND = ContentKind.PROGRAMME


class Withdrawn(NamedTuple):
    """Why and by whom a version was withdrawn."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a programme as an organisation has it.

    Shape: `is_own` says that the organisation published it itself; `is_current` that new cohorts
           open under it, unless it is withdrawn.
    """

    version: ContentVersion
    programme: Programme
    by: str
    is_own: bool
    is_current: bool
    withdrawn: Withdrawn | None = None


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A programme in the list. Shape: `people` have an open place under any of its versions."""

    slug: str
    current: Edition
    people: int
    draft_by: str = ""
    draft_at: datetime | None = None


def of_house(organisation_id: int) -> Select[ContentVersion]:
    """Return the versions of programmes that an organisation may know of."""
    return select(ContentVersion).where(
        ContentVersion.kind == KIND,
        or_(
            ContentVersion.organisation_id.is_(None),
            ContentVersion.organisation_id == organisation_id,
        ),
    )


def current_versions(session: Session, organisation_id: int) -> dict[str, ContentVersion]:
    """Return the version of each programme that counts for an organisation, by slug.

    Edge: once an organisation has published a version of its own, that one counts; a newer one of
          everybody's waits to be looked at.
    """
    query = of_house(organisation_id).order_by(ContentVersion.number)
    return _current(session.scalars(query))


def _current(versions: Iterable[ContentVersion]) -> dict[str, ContentVersion]:
    found: dict[str, ContentVersion] = {}
    for version in versions:
        before = found.get(version.slug)
        if before is None or before.organisation_id is None or version.organisation_id is not None:
            found[version.slug] = version
    return found


def find_current(session: Session, organisation_id: int, slug: str) -> ContentVersion | None:
    """Return the version of a programme that counts for an organisation, or None."""
    query = of_house(organisation_id).where(ContentVersion.slug == slug)
    return _current(session.scalars(query.order_by(ContentVersion.number))).get(slug)


def titles_of_house(session: Session, organisation_id: int) -> dict[str, str]:
    """Return the titles of everything that an organisation's programmes may name, by slug."""
    rubrics = {one.slug: one.title for one in list_current_versions(session, "rubric")}
    own = current_versions(session, organisation_id).values()
    return {**rubrics, **titles_by_slug(session), **{one.slug: one.title for one in own}}


def programmes_by_slug(session: Session, organisation_id: int) -> dict[str, Programme]:
    """Return what each programme of an organisation says now."""
    versions = current_versions(session, organisation_id)
    return {slug: _said(session, version) for slug, version in versions.items()}


def _said(session: Session, version: ContentVersion) -> Programme:
    beside = select(ContentVersion.id).where(ContentVersion.kind == KIND)
    found: Programme = definition_at(session, version.id, version.hash, beside=beside)
    return found


def list_shelf(session: Session, organisation_id: int) -> list[ShelfRow]:
    """Return an organisation's programmes by title, in a fixed number of queries."""
    people = _people(session, organisation_id)
    drafts = _drafts(session, organisation_id)
    withdrawn = withdrawals(session, organisation_id)
    rows = [
        ShelfRow(
            slug,
            _edition(session, version, version, withdrawn, {}),
            people.get(slug, 0),
            *drafts.get(slug, ("", None)),
        )
        for slug, version in current_versions(session, organisation_id).items()
    ]
    return sorted(rows, key=lambda row: (row.current.version.title.casefold(), row.slug))


def _people(session: Session, organisation_id: int) -> Mapping[str, int]:
    query = (
        select(ContentVersion.slug, func.count())
        .join(Enrolment, Enrolment.programme_version_id == ContentVersion.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.organisation_id == organisation_id, Enrolment.state.in_(OPEN_STATES))
        .group_by(ContentVersion.slug)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _drafts(session: Session, organisation_id: int) -> Mapping[str, tuple[str, datetime]]:
    query = (
        select(ProgrammeDraft.slug, Person.chosen_name, ProgrammeDraft.saved_at)
        .join(Person, Person.id == ProgrammeDraft.person_id)
        .where(ProgrammeDraft.organisation_id == organisation_id)
    )
    return {slug: (name, at) for slug, name, at in session.execute(query)}


def withdrawals(session: Session, organisation_id: int) -> dict[int, Withdrawn]:
    """Return the versions that an organisation has withdrawn, by id."""
    query = (
        select(
            ProgrammeWithdrawal.version_id,
            ProgrammeWithdrawal.reason,
            Person.chosen_name,
            ProgrammeWithdrawal.recorded_at,
        )
        .join(Person, Person.id == ProgrammeWithdrawal.person_id)
        .where(ProgrammeWithdrawal.organisation_id == organisation_id)
    )
    return {row[0]: Withdrawn(*row[1:]) for row in session.execute(query)}


def _edition(
    session: Session,
    version: ContentVersion,
    current: ContentVersion,
    withdrawn: Mapping[int, Withdrawn],
    names: Mapping[int, str],
) -> Edition:
    return Edition(
        version=version,
        programme=_said(session, version),
        by=names.get(version.published_by or 0, ""),
        is_own=version.organisation_id is not None,
        is_current=version.id == current.id,
        withdrawn=withdrawn.get(version.id),
    )


def list_editions(session: Session, organisation_id: int, slug: str) -> list[Edition]:
    """Return every version of a programme, the newest first. Raises: MissingError."""
    query = of_house(organisation_id).where(ContentVersion.slug == slug)
    versions = list(session.scalars(query.order_by(ContentVersion.number.desc())))
    if not versions:
        raise MissingError
    current = _current(reversed(versions))[slug]
    writers = {version.published_by for version in versions if version.organisation_id}
    named = select(Person.id, Person.chosen_name).where(Person.id.in_(writers))
    names = {row[0]: row[1] for row in session.execute(named)}
    gone = withdrawals(session, organisation_id)
    return [_edition(session, version, current, gone, names) for version in versions]


def edition_numbered(editions: Iterable[Edition], number: int) -> Edition:
    """Return a version by its number. Raises: MissingError."""
    found = next((one for one in editions if one.version.number == number), None)
    if found is None:
        raise MissingError
    return found


def current_edition(editions: Iterable[Edition]) -> Edition:
    """Return the version that counts. Raises: MissingError."""
    found = next((one for one in editions if one.is_current), None)
    if found is None:
        raise MissingError
    return found


def hold_version(session: Session, version: ContentVersion) -> None:
    """Hold a version until the end of the act; rows that only name it are not kept waiting."""
    query = select(ContentVersion.id).where(ContentVersion.id == version.id)
    session.execute(query.with_for_update(key_share=True))


class FigureSet(NamedTuple):
    """Why a figure of a version is what it is."""

    rule: str
    before: str
    after: str
    reason: str
    by: str
    at: datetime


def list_figures_set(session: Session, version: ContentVersion) -> dict[str, list[FigureSet]]:
    """Return why figures were set when a version was published, by rule; "" is the whole."""
    query = (
        select(
            ProgrammeFigure.rule,
            ProgrammeFigure.before,
            ProgrammeFigure.after,
            ProgrammeFigure.reason,
            Person.chosen_name,
            ProgrammeFigure.recorded_at,
        )
        .join(Person, Person.id == ProgrammeFigure.person_id)
        .where(ProgrammeFigure.version_id == version.id)
        .order_by(ProgrammeFigure.id)
    )
    found: dict[str, list[FigureSet]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(FigureSet(*row))
    return found
