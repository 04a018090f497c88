"""What a supervisor or signer brought on a day: credentials, trainings, hours practised."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from lms.rules.record import PersonFact, QualificationFact


class Standing(NamedTuple):
    """What somebody brought on one day.

    Shape: `credentials` maps each one held to the day since when, None where that is not known.
    Units: `hours_practised` are whole hours.
    """

    credentials: Mapping[str, date | None]
    trainings: frozenset[str]
    hours_practised: int


def standing_on(person: PersonFact, day: date) -> Standing:
    """Return what a person brought on a day: as it was then, whatever came later or has ended.

    Edge: both ends of a qualification count; one without a first day held ever since. Of several
          counts of hours the highest that was reached by the day.
    """
    credentials: dict[str, date | None] = {}
    trainings: set[str] = set()
    practised = 0
    for held in _all_of(person):
        if not _covers(held, day):
            continue
        practised = max(practised, held.hours_practised)
        if held.training:
            trainings.add(held.training)
        if held.credential is not None:
            known = credentials.get(held.credential, held.since)
            dated = [one for one in (known, held.since) if one is not None]
            credentials[held.credential] = min(dated) if len(dated) == 2 else None
    return Standing(credentials, frozenset(trainings), practised)


def _all_of(person: PersonFact) -> Iterator[QualificationFact]:
    unnamed = "" if person.since is not None else None
    yield QualificationFact(credential=person.credential or unnamed, since=person.since)
    yield QualificationFact(hours_practised=person.hours_practised)
    yield from person.qualifications


def _covers(held: QualificationFact, day: date) -> bool:
    begun = held.since is None or held.since <= day
    return begun and (held.until is None or day <= held.until)
