"""Which hours a rule is about, read aloud: meant, accepted, when, in which steps."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.rules.programmes.evidence import Acceptance, EligibleSupervisor, Hours, Subset, Window
from lms.rules.programmes.telling.codes import Tell, say
from lms.rules.programmes.telling.values import (
    Says,
    a_number,
    a_stretch,
    a_time,
    either,
    ledger_of,
    moment_from,
    plain,
)


def counts(hours: Hours | None) -> Says:
    """Say which hours are meant, which of them count, and when."""
    if hours is None:
        return
    yield from subset(hours.of)
    yield from _accepted(hours.accept)
    if hours.steps_of:
        yield say(Tell.STEPS, amount=a_time(hours.steps_of))
    yield from window(hours.within)


def against(node: Any) -> Says:
    """Say what hours are measured against."""
    for key in ("of_hours", "to", "over"):
        hours = getattr(node, key, None)
        if isinstance(hours, Hours):
            yield say(Tell.HOURS_OF, ledger=ledger_of(hours))
            yield from counts(hours)


def also(node: Any) -> Says:
    """Say which hours from elsewhere count too."""
    for hours in getattr(node, "also", ()):
        yield say(Tell.HOURS_OF, ledger=ledger_of(hours))
        yield from counts(hours)


_SUBSETS: Mapping[str, Tell] = {
    "kinds": Tell.OF_KINDS,
    "domains": Tell.OF_DOMAINS,
    "topics": Tell.OF_TOPICS,
    "modes": Tell.OF_MODES,
    "media": Tell.OF_MEDIA,
    "providers": Tell.OF_PROVIDERS,
    "populations": Tell.OF_POPULATIONS,
    "flags": Tell.OF_FLAGS,
}


def subset(of: Subset) -> Says:
    """Say which entries are meant."""
    for key, code in _SUBSETS.items():
        if getattr(of, key):
            yield say(code, names=either(getattr(of, key)))
    if of.paid is not None:
        yield say(Tell.PAID if of.paid else Tell.UNPAID)


def _accepted(accept: Acceptance) -> Says:
    yield say(Tell.CONFIRMED if accept.confirmed else Tell.UNCONFIRMED)
    if accept.assurance:
        yield say(Tell.ASSURANCE, names=plain(accept.assurance))
    if accept.modes:
        yield say(Tell.OF_MODES, names=either(accept.modes))
    if accept.media:
        yield say(Tell.OF_MEDIA, names=either(accept.media))
    for one in accept.providers:
        yield from _provider(one.id, one.since, one.until)
    yield from _refused(accept)


def _refused(accept: Acceptance) -> Says:
    for key, code in _WITHOUT.items():
        if getattr(accept, key):
            yield say(code, names=either(getattr(accept, key)))
    if accept.plan:
        yield say(Tell.PLAN)
    if accept.barred:
        yield say(Tell.BARRED, names=either(accept.barred))
    for number, way in enumerate(accept.supervisors, start=1):
        yield from _supervisor(number, way)
    if accept.each_at_least:
        yield say(Tell.EACH_AT_LEAST, amount=a_time(accept.each_at_least))
    if not accept.repeats:
        yield say(Tell.REPEATS_ONCE)


_WITHOUT: Mapping[str, Tell] = {
    "without_kinds": Tell.WITHOUT_KINDS,
    "without_topics": Tell.WITHOUT_TOPICS,
    "without_flags": Tell.WITHOUT_FLAGS,
}


def _provider(name: str, since: date | None, until: date | None) -> Says:
    if since is None and until is None:
        yield say(Tell.PROVIDER, names=plain(name))
    if since is not None:
        yield say(Tell.PROVIDER_SINCE, names=plain(name), day=since)
    if until is not None:
        yield say(Tell.PROVIDER_UNTIL, names=plain(name), day=until)


def _supervisor(number: int, way: EligibleSupervisor) -> Says:
    yield say(Tell.SUPERVISOR_WAY, number=a_number(number))
    if way.credentials:
        yield say(Tell.SUPERVISOR_CREDENTIALS, names=either(way.credentials))
    if way.trained:
        yield say(Tell.SUPERVISOR_TRAINED, names=plain(*way.trained))
    if way.hours_practised:
        yield say(Tell.SUPERVISOR_PRACTISED, number=a_number(way.hours_practised))
    if way.held_for:
        yield say(Tell.SUPERVISOR_HELD, stretch=a_stretch(way.held_for))
    if way.until is not None:
        yield say(Tell.SUPERVISOR_UNTIL, day=way.until)


def when(node: Any) -> Says:
    """Say when evidence of other kinds must have happened."""
    within = getattr(node, "within", None)
    if isinstance(within, Window):
        yield from window(within)


def window(within: Window) -> Says:
    """Say when evidence must have happened."""
    if within.last:
        yield say(Tell.LAST, stretch=a_stretch(within.last))
    if within.since:
        yield say(Tell.SINCE, day=moment_from(within.since))
    if within.until:
        yield say(Tell.UNTIL, day=moment_from(within.until))
    if within.length:
        yield say(Tell.LENGTH, stretch=a_stretch(within.length))
