"""What somebody took part in, as a document may state it: modules, hours, first and last day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from lms.rules.record.facts import CompletionFact, HoursFact, Record

TRAINING = "training"
CONFIRMED = "confirmed"


class Taken(NamedTuple):
    """Modules, each in the version completed last, and the hours that are confirmed."""

    modules: tuple[CompletionFact, ...]
    hours: tuple[HoursFact, ...]

    @property
    def is_something(self) -> bool:
        """Whether there is anything to state."""
        return bool(self.modules or self.hours)

    @property
    def first_on(self) -> date | None:
        """Return the first day of it all, or None where there is nothing."""
        return min(self._days(), default=None)

    @property
    def last_on(self) -> date | None:
        """Return the last day of it all, or None where there is nothing."""
        return max(self._days(), default=None)

    def _days(self) -> Iterable[date]:
        yield from (one.on for one in self.modules)
        for entry in self.hours:
            yield from (entry.on, entry.until or entry.on)

    @property
    def fact_ids(self) -> frozenset[str]:
        """Return the ids of the hours that are stated."""
        return frozenset(entry.id for entry in self.hours)


def all_taken(record: Record, on: date) -> Taken:
    """Return everything somebody took part in up to a day, that day too."""
    return Taken(_latest(record.completions, on), _confirmed(record.hours, on))


def training_taken(record: Record, on: date, counted: Collection[str]) -> Taken:
    """Return what a training is made of: the completions that count for it, and training hours.

    Shape: `counted` are the ids of evidence that the requirements of the training counted.
    """
    modules = (one for one in record.completions if one.id in counted)
    hours = (entry for entry in record.hours if entry.ledger == TRAINING)
    return Taken(_latest(modules, on), _confirmed(hours, on))


def _latest(completions: Iterable[CompletionFact], on: date) -> tuple[CompletionFact, ...]:
    found: dict[str, CompletionFact] = {}
    for one in sorted(completions, key=lambda one: (one.on, one.id)):
        if one.on <= on:
            found[one.module] = one
    return tuple(sorted(found.values(), key=lambda one: (one.on, one.module)))


def _confirmed(hours: Iterable[HoursFact], on: date) -> tuple[HoursFact, ...]:
    kept = [
        entry
        for entry in hours
        if entry.state == CONFIRMED
        and (entry.until or entry.on) <= on
        and (entry.confirmed_on is None or entry.confirmed_on <= on)
    ]
    return tuple(sorted(kept, key=lambda entry: (entry.on, entry.id)))


def minutes_by_ledger(hours: Iterable[HoursFact]) -> Mapping[str, int]:
    """Return the minutes of each ledger, in the order in which the ledgers were first used."""
    return _summed((entry.ledger, entry.minutes) for entry in hours)


def minutes_by_way(hours: Iterable[HoursFact]) -> Mapping[str, int]:
    """Return the minutes by the way they were spent: the medium, else the mode, else "".

    Edge: reading by oneself has no medium; its mode says so.
    """
    return _summed((entry.medium or _alone(entry.mode), entry.minutes) for entry in hours)


def _alone(mode: str | None) -> str:
    return mode if mode and mode != "live" else ""


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, minutes in pairs:
        found[name] = found.get(name, 0) + minutes
    return found
