"""What each kind of requirement asks, read aloud."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.rules.programmes import nodes
from lms.rules.programmes.evidence import Condition, HoursPart
from lms.rules.programmes.figures import Sort
from lms.rules.programmes.telling.codes import Amount, Levels, Tell, say
from lms.rules.programmes.telling.values import (
    Says,
    a_number,
    a_percent,
    a_stretch,
    a_time,
    content,
    either,
    ledger_of,
    moment_from,
    plain,
)


def _all(node: nodes.All) -> Says:
    yield say(Tell.ALL)


def _any(node: nodes.AnyOf) -> Says:
    yield say(Tell.ANY)


def _at_least(node: nodes.AtLeast) -> Says:
    yield say(Tell.SOME, number=a_number(node.count))


def _sequence(node: nodes.Sequence) -> Says:
    yield say(Tell.IN_ORDER)
    yield say(Tell.EARLIER_COUNTS if node.earlier_counts else Tell.EARLIER_LOST)


def _if(node: nodes.When) -> Says:
    yield from _condition(node.condition)
    yield say(Tell.IF_SO, label=node.then.label)
    if node.otherwise is None:
        yield say(Tell.IF_NOT_NOTHING)
    else:
        yield say(Tell.IF_NOT, label=node.otherwise.label)
    unknown = {"then": Tell.UNKNOWN_THEN, "otherwise": Tell.UNKNOWN_OTHERWISE}
    yield say(unknown.get(node.if_unknown, Tell.UNKNOWN_ASK))


def _condition(test: Condition) -> Says:
    fact = test.fact
    if test.equals is not None:
        yield say(Tell.IF_EQUALS, fact=fact, value=test.equals)
    if test.one_of:
        values = either(tuple(str(one) for one in test.one_of))
        yield say(Tell.IF_ONE_OF, fact=fact, values=values)
    if test.none_of:
        values = either(tuple(str(one) for one in test.none_of))
        yield say(Tell.IF_NONE_OF, fact=fact, values=values)
    if test.at_least is not None:
        yield say(Tell.IF_AT_LEAST, fact=fact, number=a_number(test.at_least))
    if test.at_most is not None:
        yield say(Tell.IF_AT_MOST, fact=fact, number=a_number(test.at_most))
    if test.on_or_after is not None:
        yield say(Tell.IF_ON_OR_AFTER, fact=fact, day=test.on_or_after)
    if test.before is not None:
        yield say(Tell.IF_BEFORE, fact=fact, day=test.before)
    if test.drawn != "":
        yield say(Tell.IF_DRAWN, fact=fact, percent=a_percent(test.drawn))


def _completions(node: nodes.Completions) -> Says:
    names = content(*node.modules)
    if node.min_credits is not None:
        yield say(Tell.CREDITS, number=a_number(node.min_credits))
    if node.at_least is not None:
        yield say(Tell.MODULES_SOME, number=a_number(node.at_least))
    if node.at_least is not None or node.min_credits is not None:
        yield say(Tell.MODULES_AMONG, names=names)
    else:
        yield say(Tell.MODULES, names=names)
    if node.credits:
        yield say(Tell.CREDITS_EACH, pairs=Levels(tuple(node.credits.items())))
    if node.since_version:
        yield say(Tell.SINCE_VERSION, pairs=Levels(tuple(node.since_version.items())))


def _sum(node: nodes.Sum) -> Says:
    if node.min:
        yield say(Tell.HOURS_MIN, amount=a_time(node.min), ledger=ledger_of(node.hours))
    if node.max:
        yield say(Tell.HOURS_MAX, amount=a_time(node.max), ledger=ledger_of(node.hours))


def part_asks(part: HoursPart) -> Says:
    """Say how much of a sum a part is, at least and at most."""
    if part.min:
        code = Tell.PART_MIN if part.inside else Tell.PART_ON_TOP
        yield say(code, amount=a_time(part.min))
    if part.cap:
        yield say(Tell.PART_CAP, amount=Amount(Sort.TIME_OR_SHARE, part.cap))


def _count(node: nodes.Count) -> Says:
    yield say(Tell.ENTRIES, ledger=ledger_of(node.hours), number=a_number(node.min))
    if node.distinct:
        yield say(Tell.DIFFERENT, names=plain(node.distinct))
    if node.among:
        yield say(Tell.AMONG, names=plain(*node.among))


def _share(node: nodes.Share) -> Says:
    yield say(Tell.HOURS_OF, ledger=ledger_of(node.hours))
    if node.min != "":
        yield say(Tell.SHARE_MIN, percent=a_percent(node.min))
    if node.max != "":
        yield say(Tell.SHARE_MAX, percent=a_percent(node.max))


def _cadence(node: nodes.Cadence) -> Says:
    yield say(
        Tell.CADENCE,
        stretch=a_stretch(node.every),
        ledger=ledger_of(node.hours),
        number=a_number(node.times),
    )
    yield say(Tell.COUNTED_FROM, day=moment_from(node.since))
    yield say(Tell.COUNTED_UNTIL, day=moment_from(node.until))
    if node.tolerate:
        yield say(Tell.TOLERATE, number=a_number(node.tolerate))


def _ratio(node: nodes.Ratio) -> Says:
    yield say(
        Tell.RATIO,
        per=a_time(node.per),
        other=ledger_of(node.to),
        give=a_time(node.give),
        ledger=ledger_of(node.hours),
    )


def _gap(node: nodes.Gap) -> Says:
    ledger = ledger_of(node.hours)
    if node.over is None:
        yield say(Tell.GAP_DAYS, amount=a_stretch(node.max), ledger=ledger)
    else:
        yield say(Tell.GAP_WORK, amount=a_time(node.max), other=ledger_of(node.over), ledger=ledger)
    if node.since:
        yield say(Tell.COUNTED_FROM, day=moment_from(node.since))


def _span(node: nodes.Span) -> Says:
    if node.min:
        yield say(Tell.SPAN_MIN, stretch=a_stretch(node.min))
    if node.max:
        yield say(Tell.SPAN_MAX, stretch=a_stretch(node.max))
    if node.hours is not None:
        yield say(Tell.SPAN_OF, ledger=ledger_of(node.hours))
    if node.since:
        days = {"since": moment_from(node.since), "until": moment_from(node.until)}
        yield say(Tell.SPAN_BETWEEN, **days)


def _document(node: nodes.Document) -> Says:
    yield say(Tell.DOCUMENTS, names=either(node.kinds))
    yield say(Tell.HOW_MANY, number=a_number(node.count))
    if node.outcomes:
        yield say(Tell.OUTCOMES, names=either(node.outcomes))
    else:
        yield say(Tell.OUTCOMES_USUAL)
    if node.max_age:
        yield say(Tell.MAX_AGE, stretch=a_stretch(node.max_age))
    if node.known_for:
        yield say(Tell.KNOWN_FOR, stretch=a_stretch(node.known_for))
    yield from _signed(node)


def _signed(node: nodes.Document) -> Says:
    if node.barred:
        yield say(Tell.WRITER_BARRED, names=either(node.barred))
    if node.signers:
        yield say(Tell.SIGNERS, number=a_number(node.signers))
    if node.signer_credentials:
        yield say(Tell.SIGNER_CREDENTIALS, names=either(node.signer_credentials))
    if node.different_signers:
        yield say(Tell.DIFFERENT_SIGNERS)


def _attest(node: nodes.Attest) -> Says:
    yield say(Tell.ATTEST, names=plain(node.what))
    if node.types:
        yield say(Tell.TYPES, names=either(node.types))
    if node.each:
        yield say(Tell.EACH, names=plain(*node.each))


def _signature(node: nodes.Signature) -> Says:
    yield say(Tell.SIGNATURE, names=content(node.agreement))
    if node.versions:
        yield say(Tell.VERSIONS, names=either(node.versions))


def _score(node: nodes.Score) -> Says:
    yield say(Tell.SCORE, names=content(node.assessment))
    for mark in node.parts:
        values = {"label": mark.label, "percent": a_percent(mark.min)}
        if mark.part.replace("-", " ") in mark.label.replace("-", " ").casefold():
            yield say(Tell.MARK, **values)
        else:
            yield say(Tell.MARK_OF, names=plain(mark.part), **values)
        if mark.weight != 1:
            yield say(Tell.WEIGHT, label=mark.label, number=a_number(mark.weight))
    if node.combined != "":
        yield say(Tell.COMBINED, percent=a_percent(node.combined))
    if node.attempts.limit:
        yield say(Tell.TRIES, number=a_number(node.attempts.limit))
    else:
        yield say(Tell.TRIES_FREE)
    if node.attempts.wait:
        yield say(Tell.WAIT, stretch=a_stretch(node.attempts.wait))


def _rubric(node: nodes.RubricStandard) -> Says:
    names = content(node.rubric)
    yield say(Tell.ROLE_PLAYS, number=a_number(node.performances), names=names)
    if node.percent != "":
        yield say(Tell.POINTS, percent=a_percent(node.percent))
    yield say(Tell.SCALE, number=a_number(node.max_level))
    if node.floor:
        yield say(Tell.FLOOR, number=a_number(node.floor))
    if node.floors:
        yield say(Tell.FLOORS, pairs=Levels(tuple(node.floors.items())))
    if node.cover:
        yield say(Tell.COVER, pairs=Levels(tuple(node.cover.items())))
    yield say(Tell.SCENARIOS_DIFFER if node.different else Tell.SCENARIOS_REPEAT)
    if node.scenarios:
        yield say(Tell.SCENARIOS, names=content(*node.scenarios, joined="or"))
    yield say(Tell.MARKERS, number=a_number(node.markers))
    if node.sample != "":
        yield say(Tell.SAMPLE, percent=a_percent(node.sample))
    if node.settle_above is not None:
        yield say(Tell.SETTLE, number=a_number(node.settle_above))


def _decision(node: nodes.DecisionBy) -> Says:
    yield say(Tell.DECISION, names=plain(node.what))
    yield say(Tell.DECISION_OUTCOMES, names=either(node.outcomes))
    if node.due:
        yield say(Tell.DUE, stretch=a_stretch(node.due))
    if node.since:
        yield say(Tell.COUNTED_FROM, day=moment_from(node.since))


def _certificate(node: nodes.HoldsCertificate) -> Says:
    yield say(Tell.CERTIFICATE, names=content(*node.programmes, joined="or"))
    yield say(Tell.STATES, names=either(node.states))
    yield say(Tell.IN_DATE if node.in_date else Tell.OUT_OF_DATE)


def _substitute(node: nodes.Substitute) -> Says:
    yield say(Tell.SUBSTITUTE, label=node.into.label)
    rate = {"give": a_time(node.give), "ledger": ledger_of(node.hours), "get": a_time(node.get)}
    yield say(Tell.RATE, **rate)
    if node.cap:
        yield say(Tell.REPLACED_AT_MOST, amount=a_time(node.cap))


ASKS: Mapping[type, Callable[[Any], Says]] = {
    nodes.All: _all,
    nodes.AnyOf: _any,
    nodes.AtLeast: _at_least,
    nodes.Sequence: _sequence,
    nodes.When: _if,
    nodes.Completions: _completions,
    nodes.Sum: _sum,
    nodes.Count: _count,
    nodes.Share: _share,
    nodes.Cadence: _cadence,
    nodes.Ratio: _ratio,
    nodes.Gap: _gap,
    nodes.Span: _span,
    nodes.Document: _document,
    nodes.Attest: _attest,
    nodes.Signature: _signature,
    nodes.Score: _score,
    nodes.RubricStandard: _rubric,
    nodes.DecisionBy: _decision,
    nodes.HoldsCertificate: _certificate,
    nodes.Substitute: _substitute,
}
"""How each kind says what it asks."""
