"""What another version of a programme would change, and for whom: judged, never guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.models import ContentVersion, Enrolment
from lms.rules.cohorts import OPEN_STATES
from lms.rules.programmes import Programme
from lms.rules.programmes.effects import Effect, effect_between
from lms.rules.roles import Actor
from lms.rules.verdict import compile_programme, verdict
from lms.rules.visibility import RecordClass
from lms.services.people import today_in
from lms.services.programmes.shelf import KIND
from lms.services.record import Place, load_records, versions_pinned
from lms.services.verdicts import compiled_for
from lms.services.visibility import scope_for


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """What would change for one person; `number` is the version they are on."""

    place: Place
    number: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Effects:
    """Shape: `changed` are those for whom anything would, by name; `same` counts the others."""

    changed: tuple[PersonEffect, ...]
    same: int


def people_under(actor: Actor, slug: str) -> Select[int]:
    """Return the open places under any version of a programme whose verdicts the asker may read."""
    return (
        scope_for(actor, RecordClass.VERDICT_STATE)
        .join(ContentVersion, ContentVersion.id == Enrolment.programme_version_id)
        .where(
            ContentVersion.kind == KIND,
            ContentVersion.slug == slug,
            Enrolment.state.in_(OPEN_STATES),
        )
    )


def effects_on(
    session: Session, scope: Select[int], programme: Programme, *, now: datetime
) -> Effects:
    """Return what a version would change for the places of a scope, in a fixed number of queries.

    Edge: a version with figures still to be set is judged as it is: those rows wait for a figure.
    """
    found = list(_effects(session, scope, programme, now))
    changed = [one for one in found if one.effect.is_change]
    changed.sort(key=lambda one: (one.place.name.casefold(), one.place.enrolment))
    return Effects(tuple(changed), len(found) - len(changed))


def _effects(
    session: Session, scope: Select[int], programme: Programme, now: datetime
) -> Iterator[PersonEffect]:
    new = compile_programme(programme)
    pinned = versions_pinned(scope)
    query = select(ContentVersion.id, ContentVersion.number).where(ContentVersion.id.in_(pinned))
    numbers = {row[0]: row[1] for row in session.execute(query)}
    for place, record in load_records(session, scope):
        on = today_in(place.zone, now)
        before = verdict(compiled_for(session, place, pinned), record, on)
        effect = effect_between(before, verdict(new, record, on))
        yield PersonEffect(place, numbers[place.programme_version_id], effect)
