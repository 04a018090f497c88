"""Moving people to another version of their programme: one or a cohort, with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from lms.db import lock_row
from lms.models import Cohort, ContentVersion, Enrolment, Person, ProgrammeMove
from lms.rules.cohorts import EnrolmentState, refusal_to_open
from lms.rules.programmes.changing import MOVABLE, MoveRefusal, refusal_to_move, refusal_to_target
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.gates import modules_now
from lms.services.installation import is_demo_here
from lms.services.people import today_in
from lms.services.programmes.shelf import Edition, edition_numbered, list_editions
from lms.services.sealed import read_text, seal_text
from lms.services.visibility import scope_for


@dataclass(frozen=True, slots=True)
class Target:
    """A version that people may be moved to, and why not, if so."""

    edition: Edition
    refusal: MoveRefusal | None


def list_targets(session: Session, organisation_id: int, slug: str) -> list[Target]:
    """Return the versions of a programme, each with why nobody may be moved to it, if so."""
    modules, is_demo = modules_now(session), is_demo_here(session)
    return [
        Target(
            edition,
            refusal_to_target(
                refusal_to_open(edition.programme, modules, is_demo=is_demo),
                is_withdrawn=edition.withdrawn is not None,
            ),
        )
        for edition in list_editions(session, organisation_id, slug)
    ]


def target_numbered(session: Session, organisation_id: int, slug: str, number: int) -> Target:
    """Return a version to move to by its number. Raises: MissingError."""
    targets = list_targets(session, organisation_id, slug)
    found = edition_numbered([one.edition for one in targets], number)
    return next(one for one in targets if one.edition is found)


@dataclass(frozen=True, slots=True)
class Order:
    """Where people are moved to and why; `seen` is the id of the version that was shown before."""

    number: int
    reason: str
    seen: int


def move_person(
    session: Session, place: Enrolment, order: Order, *, by: int, now: datetime
) -> None:
    """Move one person to another version of their programme.

    Raises: RefusedError(MoveRefusal), MissingError.
    """
    lock_row(session, place)
    cohort = session.get_one(Cohort, place.cohort_id)
    target = _target(session, cohort, place.programme_version_id, order)
    if place.programme_version_id != order.seen:
        raise RefusedError(MoveRefusal.CHANGED_MEANWHILE)
    refusal = refusal_to_move(
        actor_id=by,
        person_id=place.person_id,
        state=EnrolmentState(place.state),
        is_there=place.programme_version_id == target.id,
    )
    if refusal:
        raise RefusedError(refusal)
    _move(session, place, cohort, target, order.reason, by=by, now=now)


def move_cohort(session: Session, cohort: Cohort, order: Order, *, by: int, now: datetime) -> int:
    """Move a cohort, and everybody in it who may be moved, to another version; return how many.

    Edge: whoever left, is complete, or is the asker keeps the version they have. Whoever comes into
          the cohort from now on is enrolled under the new one.
    Raises: RefusedError(MoveRefusal), MissingError.
    """
    lock_row(session, cohort)
    if cohort.programme_version_id != order.seen:
        raise RefusedError(MoveRefusal.CHANGED_MEANWHILE)
    target = _target(session, cohort, cohort.programme_version_id, order)
    query = movable_in(cohort.id, target.id).where(Enrolment.person_id != by)
    places = list(session.scalars(query.with_for_update(of=Enrolment)))
    if not places and cohort.programme_version_id == target.id:
        raise RefusedError(MoveRefusal.NOBODY)
    for place in places:
        _move(session, place, cohort, target, order.reason, by=by, now=now)
    before, cohort.programme_version_id = cohort.programme_version_id, target.id
    session.flush()
    record_act(
        session,
        "cohort-version-moved",
        now=now,
        chain=cohort.organisation_id,
        actor_id=by,
        subject=f"cohort:{cohort.public_id}",
        before=before,
        after=target.id,
        people=len(places),
    )
    return len(places)


def movable_in(cohort_id: int, version_id: int) -> Select[Enrolment]:
    """Return a cohort's open places that are not on a version yet, in order of their ids."""
    return (
        select(Enrolment)
        .where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.state.in_(MOVABLE),
            Enrolment.programme_version_id != version_id,
        )
        .order_by(Enrolment.id)
    )


def movable_scope(actor: Actor, cohort_id: int, version_id: int) -> Select[int]:
    """Return the ids of the places that would be moved, of people whose verdict the asker reads."""
    scope = scope_for(actor, RecordClass.VERDICT_STATE)
    return scope.where(
        Enrolment.cohort_id == cohort_id,
        Enrolment.state.in_(MOVABLE),
        Enrolment.programme_version_id != version_id,
        Enrolment.person_id != actor.person_id,
    )


def _target(session: Session, cohort: Cohort, version_id: int, order: Order) -> ContentVersion:
    slug = session.get_one(ContentVersion, version_id).slug
    found = target_numbered(session, cohort.organisation_id, slug, order.number)
    if found.refusal:
        raise RefusedError(found.refusal)
    if not order.reason.strip():
        raise RefusedError(MoveRefusal.NO_REASON)
    return found.edition.version


def _move(
    session: Session,
    place: Enrolment,
    cohort: Cohort,
    target: ContentVersion,
    reason: str,
    *,
    by: int,
    now: datetime,
) -> None:
    before, place.programme_version_id = place.programme_version_id, target.id
    about = f"programme-move:{place.public_id}"
    session.add(
        ProgrammeMove(
            enrolment_id=place.id,
            from_version_id=before,
            to_version_id=target.id,
            sealed=seal_text(session, place.person_id, reason.strip(), about, now),
            moved_by=by,
            happened_on=today_in(cohort.zone, now),
            recorded_at=now,
        )
    )
    session.flush()
    touch_record(session, place.id)
    record_act(
        session,
        "programme-version-moved",
        now=now,
        chain=cohort.organisation_id,
        actor_id=by,
        about_id=place.person_id,
        subject=f"enrolment:{place.public_id}",
        before=before,
        after=target.id,
    )


class MoveShown(NamedTuple):
    """A move on record, with its reason opened."""

    before: str
    after: str
    reason: str
    by: str
    at: datetime


def list_moves(session: Session, place: Enrolment) -> list[MoveShown]:
    """Return the moves of a place, the newest first, for whoever may read them."""
    old, new = aliased(ContentVersion), aliased(ContentVersion)
    query = (
        select(ProgrammeMove, old.number, new.number, Person.chosen_name)
        .join(old, old.id == ProgrammeMove.from_version_id)
        .join(new, new.id == ProgrammeMove.to_version_id)
        .join(Person, Person.id == ProgrammeMove.moved_by)
        .where(ProgrammeMove.enrolment_id == place.id)
        .order_by(ProgrammeMove.id.desc())
    )
    about = f"programme-move:{place.public_id}"
    return [
        MoveShown(
            str(before),
            str(after),
            read_text(session, place.person_id, row.sealed, about),
            name,
            row.recorded_at,
        )
        for row, before, after, name in session.execute(query)
    ]
