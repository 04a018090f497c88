"""Cohorts opened under a programme version, and the list of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.models import (
    Cohort,
    ContentVersion,
    Enrolment,
    Organisation,
)
from lms.rules.cohorts import (
    OpenRefusal,
    WaitingLesson,
    figures_to_be_set,
    modules_named,
    refusal_to_open,
    waiting_lessons,
)
from lms.rules.curriculum import Module
from lms.rules.programmes import Programme
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.gates import UnsignedError, modules_now
from lms.services.installation import is_demo_here
from lms.services.programmes.shelf import current_versions, hold_version, withdrawals
from lms.services.publishing import definition_of


@dataclass(frozen=True, slots=True)
class ProgrammeChoice:
    """A published programme and why it cannot open yet, with what that is about.

    Shape: `about` names figures or modules; `waiting` are lessons that nobody qualified has signed.
    """

    version: ContentVersion
    programme: Programme
    refusal: OpenRefusal | None
    about: tuple[str, ...]
    waiting: tuple[WaitingLesson, ...] = ()


def list_programmes(session: Session, organisation_id: int) -> list[ProgrammeChoice]:
    """Return an organisation's programmes, each with what keeps a cohort from opening, if anything.

    Edge: its own and everybody's come first, examples of other bodies after them.
    """
    is_demo = is_demo_here(session)
    modules = modules_now(session)
    gone = withdrawals(session, organisation_id)
    choices = [
        _withdrawn(choice) if choice.version.id in gone else choice
        for version in current_versions(session, organisation_id).values()
        for choice in [_choice(version, definition_of(session, version), modules, is_demo)]
    ]
    return sorted(choices, key=lambda one: (one.programme.example, one.version.title))


def _withdrawn(choice: ProgrammeChoice) -> ProgrammeChoice:
    return replace(choice, refusal=OpenRefusal.WITHDRAWN, about=())


def _choice(
    version: ContentVersion, programme: Programme, modules: Mapping[str, Module], is_demo: bool
) -> ProgrammeChoice:
    refusal = refusal_to_open(programme, modules, is_demo=is_demo)
    about: tuple[str, ...] = ()
    if refusal is OpenRefusal.FIGURES_TO_BE_SET:
        about = figures_to_be_set(programme)
    elif refusal is OpenRefusal.MODULES_MISSING:
        about = tuple(slug for slug in modules_named(programme) if slug not in modules)
    waiting = waiting_lessons(programme, modules, is_demo=is_demo)
    return ProgrammeChoice(version, programme, refusal, about, waiting)


@dataclass(frozen=True, slots=True)
class NewCohort:
    """What a coordinator says of a cohort; its zone comes from the programme."""

    name: str
    programme: str
    starts_on: date


def make_cohort(
    session: Session, organisation: Organisation, new: NewCohort, *, by: int | None, now: datetime
) -> Cohort:
    """Open a cohort under a programme's current version.

    Edge: the version is held while it is asked whether it was withdrawn, as withdrawing does.
    Raises: RefusedError(OpenRefusal), UnsignedError.
    """
    choices = list_programmes(session, organisation.id)
    choice = next((c for c in choices if c.version.slug == new.programme), None)
    if choice is None:
        raise RefusedError(OpenRefusal.PROGRAMME_UNKNOWN)
    hold_version(session, choice.version)
    if choice.version.id in withdrawals(session, organisation.id):
        raise RefusedError(OpenRefusal.WITHDRAWN)
    if choice.refusal is OpenRefusal.UNREVIEWED:
        raise UnsignedError(choice.waiting)
    if choice.refusal:
        raise RefusedError(choice.refusal)
    cohort = Cohort(
        organisation_id=organisation.id,
        programme_version_id=choice.version.id,
        name=new.name,
        zone=choice.programme.zone,
        starts_on=new.starts_on,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(cohort)
    except IntegrityError as clash:
        raise RefusedError(OpenRefusal.NAME_TAKEN) from clash
    record_act(
        session,
        "cohort-made",
        now=now,
        chain=organisation.id,
        actor_id=by,
        subject=f"cohort:{cohort.public_id}",
        programme=choice.version.id,
    )
    return cohort


class CohortRow(NamedTuple):
    """One line of the list of cohorts. Shape: `people` counts places that were not withdrawn."""

    public_id: str
    name: str
    programme: str
    starts_on: date
    people: int


def list_cohorts(session: Session, organisation_id: int) -> list[CohortRow]:
    """Return an organisation's cohorts, the newest first."""
    people = (
        select(Enrolment.cohort_id, func.count().label("people"))
        .where(Enrolment.state != "withdrawn")
        .group_by(Enrolment.cohort_id)
        .subquery()
    )
    query = (
        select(
            Cohort.public_id,
            Cohort.name,
            ContentVersion.title,
            Cohort.starts_on,
            func.coalesce(people.c.people, 0),
        )
        .join(ContentVersion, ContentVersion.id == Cohort.programme_version_id)
        .outerjoin(people, people.c.cohort_id == Cohort.id)
        .where(Cohort.organisation_id == organisation_id)
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    )
    return [CohortRow(*row) for row in session.execute(query)]


def get_cohort(session: Session, public_id: str) -> Cohort:
    """Return a cohort by the id in its address. Raises: MissingError."""
    query = select(Cohort).where(Cohort.public_id == public_id)
    query = query.options(joinedload(Cohort.programme_version), joinedload(Cohort.organisation))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def find_cohort(session: Session, organisation_id: int, public_id: str) -> Cohort | None:
    """Return an organisation's own cohort by its public id, or None."""
    query = select(Cohort).where(
        Cohort.public_id == public_id, Cohort.organisation_id == organisation_id
    )
    return session.scalars(query).one_or_none()
