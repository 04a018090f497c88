"""Small programmes and records for the tests of the verdict."""

from datetime import date
from fractions import Fraction
from typing import Any

from lms.rules.programmes import CertificateWords, Programme
from lms.rules.programmes.evidence import Acceptance, Hours, Subset, Window
from lms.rules.programmes.nodes import Node, Sum
from lms.rules.record import CompletionFact, HoursFact, PerformanceFact, Record, ScoreFact
from lms.rules.verdict import Row, Verdict, verdict

TODAY = date(2026, 11, 21)
WORDS = CertificateWords(title="T", covers="C", does_not_qualify="D")


def day(text: str) -> date:
    return date.fromisoformat(text)


def make_programme(*nodes: Node, **others: Any) -> Programme:
    given = {"id": "p", "title": "P", "version": "1", "zone": "UTC", "language": "en"}
    return Programme(
        **{**given, "requirements": nodes, "certificate": WORDS, "demo": True, **others}
    )


def judge(*nodes: Node, on: date = TODAY, programme: dict[str, Any] | None = None, **facts: Any):
    """Return the verdict of a programme of these nodes over a record of these facts."""
    record = Record(facts.pop("person", "p1"), **facts)
    return verdict(make_programme(*nodes, **(programme or {})), record, on)


def row_of(*nodes: Node, **facts: Any) -> Row:
    """Return the row of the first node."""
    return judge(*nodes, **facts).row(nodes[0].id)


def hours_of(ledger: str = "supervision", **others: Any) -> Hours:
    """Return a selector; what is not its own goes to its acceptance, window or subset."""
    parts: dict[str, Any] = {"accept": {}, "within": {}, "of": {}}
    own = {}
    for name, value in others.items():
        for key, shape in (("accept", Acceptance), ("within", Window), ("of", Subset)):
            if name in shape.__slots__:
                parts[key][name] = value
                break
        else:
            own[name] = value
    return Hours(
        ledger=ledger,
        of=Subset(**parts["of"]),
        accept=Acceptance(**parts["accept"]),
        within=Window(**parts["within"]),
        **own,
    )


def make_sum(least: str = "10 h", **others: Any) -> Sum:
    hours = others.pop("hours", None) or hours_of()
    return Sum(id="s", label="Supervision", hours=hours, min=least, **others)


def entry(own_id: str, minutes: int, on: str = "2026-05-01", **others: Any) -> HoursFact:
    given = {"ledger": "supervision", "kind": "individual", "state": "confirmed"}
    return HoursFact(own_id, minutes=minutes, on=day(on), **{**given, **others})


def done(module: str, on: str = "2026-05-01", **others: Any) -> CompletionFact:
    return CompletionFact(others.pop("id", f"c-{module}-{on}"), module, day(on), **others)


def score(percent: int | str, part: str = "whole", on: str = "2026-05-01", **others: Any):
    given = {"assessment": "exam", "state": "released", "id": f"t-{part}-{on}-{percent}"}
    return ScoreFact(score_percent=Fraction(percent), part=part, on=day(on), **{**given, **others})


def played(scenario: str, levels: dict[str, int], on: str = "2026-05-01", **others: Any):
    given = {"rubric": "twelve", "state": "released", "id": f"r-{scenario}-{on}"}
    return PerformanceFact(
        scenario=scenario, levels=levels, on=day(on), **{**given, "markers": ("m1", "m2"), **others}
    )


def counted(row: Row) -> dict[str, Any]:
    return {one.id: one.amount for one in row.tally.counted}


def refused(row: Row) -> dict[str, tuple[Any, ...]]:
    return {one.id: (one.amount, one.reason, one.limit) for one in row.tally.not_counted}


def states(found: Verdict) -> dict[str, str]:
    return {row.id: row.state.value for row in found.rows}
