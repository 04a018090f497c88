"""A verdict in the reader's language: steps, reasons and numbers turned into words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms.rules.record import Record
from lms.rules.verdict import (
    REASONS,
    STEPS,
    WHO,
    Amount,
    Bounds,
    Counted,
    NotCounted,
    Phrase,
    Row,
    Step,
    Summary,
    ToGo,
    Unit,
    Verdict,
    WaitingOn,
    summary_of,
)
from lms.web.filters import date_words, minutes_words, percent_words

NAMED = 3
NEXT_URLS = {
    "completions": "/modules",
    "score": "/assessments",
    "rubric": "/role-plays",
    "sum": "/hours",
    "signature": "/agreements",
    "attest": "/attestation",
}


Facts = dict[str, tuple[date, str]]
"""The day and the words of every piece of evidence by its id."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence as a page shows it."""

    on: str
    what: str
    amount: str
    reason: str = ""
    remedy: str = ""


Found = TypeVar("Found", Counted, NotCounted)
Show = Callable[[Found, Unit, Facts], Evidence]


@dataclass(slots=True)
class RequirementRow:
    """One requirement as `components/requirement.html` wants it."""

    id: str
    label: str
    state: str
    words: str
    have: int
    need: int
    counted: list[Evidence]
    not_counted: list[Evidence]
    turn: str
    next_step: str
    next_url: str
    kind: str
    severity: str
    waiting_on: str
    rows: list["RequirementRow"] = field(default_factory=list)


def translated(words: Phrase, values: dict[str, Any]) -> str:
    """Return a template in the reader's language with its values filled in."""
    if words.many and "count" in values:
        text = ngettext(words.one, words.many, values["count"], **values)
    else:
        text = _(words.one, **values)
    return str(text[:1].upper() + text[1:])


def amount_words(amount: Amount) -> str:
    """Return a number with its unit."""
    if amount.unit is Unit.MINUTES:
        return minutes_words(int(amount.value))
    if amount.unit is Unit.PERCENT:
        return percent_words(amount.value)
    if amount.unit is Unit.DAYS:
        days = int(amount.value)
        return str(ngettext("%(num)s day", "%(num)s days", days))
    return str(int(amount.value) if amount.value == int(amount.value) else float(amount.value))


def value_words(value: Any, titles: dict[str, str]) -> Any:
    """Return one value of a step in words; `titles` are those of modules and the like by id."""
    if isinstance(value, Amount):
        return amount_words(value)
    if isinstance(value, WaitingOn):
        return _(WHO[value].one)
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, tuple):
        return ", ".join(titles.get(str(part), str(part)) for part in value)
    return value


def step_words(step: Step | None, titles: dict[str, str]) -> str:
    """Return what comes next, in words; nothing where nothing does."""
    if step is None:
        return ""
    values = {name: value_words(value, titles) for name, value in step.values.items()}
    return translated(STEPS[step.code], values)


def number_words(row: Row) -> str:
    """Return "19 h of 25 h" and the like."""
    tally = row.tally
    if tally.have is None or tally.unit in {Unit.NONE, Unit.LEVEL}:
        return ""
    have = amount_words(Amount(tally.have, tally.unit))
    need = tally.need.min if isinstance(tally.need, Bounds) else tally.need
    if need is None:
        return have
    if tally.unit is Unit.COUNT and need == 1:
        return ""
    return str(_("%(have)s of %(need)s", have=have, need=amount_words(Amount(need, tally.unit))))


def turn_words(row: Row, *, own: bool) -> str:
    """Return whose turn it is."""
    if row.state.is_settled or row.waiting_on is WaitingOn.NOBODY:
        return ""
    if own and row.waiting_on is WaitingOn.TRAINEE:
        return str(_("It is your turn."))
    return str(_("It is the turn of %(who)s.", who=_(WHO[row.waiting_on].one)))


def rows_of(
    verdict: Verdict, record: Record | None, *, own: bool, titles: dict[str, str]
) -> list[RequirementRow]:
    """Return the requirements of a verdict as nested rows, in the programme's order.

    Edge: without a record the rows carry no evidence, for pages that show none.
    """
    facts = None if record is None else _facts_of(record, titles)
    made: dict[str | None, RequirementRow] = {}
    top: list[RequirementRow] = []
    root = verdict.rows[0].id if verdict.rows else None
    for row in verdict.rows[1:]:
        shown = _shown(row, facts, titles, own)
        made[row.id] = shown
        above = made.get(row.parent)
        (above.rows if above is not None and row.parent != root else top).append(shown)
    return top


def _shown(row: Row, facts: Facts | None, titles: dict[str, str], own: bool) -> RequirementRow:
    need = row.tally.need.min if isinstance(row.tally.need, Bounds) else row.tally.need
    bar = row.tally.unit in {Unit.MINUTES, Unit.COUNT} and bool(need) and need != 1
    return RequirementRow(
        id=row.id,
        label=row.label,
        state=_state(row),
        words=number_words(row),
        have=int(row.tally.have or 0) if bar else 0,
        need=int(need or 0) if bar else 0,
        counted=_evidence(row.tally.counted, _counted, row.tally.unit, facts),
        not_counted=_evidence(row.tally.not_counted, _not_counted, row.tally.unit, facts),
        turn=turn_words(row, own=own),
        next_step=step_words(row.next_step, titles),
        next_url=NEXT_URLS.get(row.kind, "") if own else "",
        kind=row.kind,
        severity=row.severity,
        waiting_on=row.waiting_on.value,
    )


def _state(row: Row) -> str:
    begun = row.tally.have or row.tally.counted
    return "under-way" if row.state.value == "not-yet" and begun else row.state.value


def _amount(value: Any, unit: Unit) -> str:
    return "" if unit in {Unit.NONE, Unit.LEVEL} else amount_words(Amount(value, unit))


def _evidence(
    found: Iterable[Found], shown: Show[Found], unit: Unit, facts: Facts | None
) -> list[Evidence]:
    return [] if facts is None else [shown(one, unit, facts) for one in found]


def _counted(one: Counted, unit: Unit, facts: Facts) -> Evidence:
    on, what = _fact(one.id, facts)
    return Evidence(on, what, _amount(one.amount, unit))


def _not_counted(one: NotCounted, unit: Unit, facts: Facts) -> Evidence:
    on, what = _fact(one.id, facts)
    words = REASONS[one.detail or one.reason]
    limit = "" if one.limit is None else amount_words(Amount(one.limit, unit))
    reason = translated(words, {"limit": limit})
    return Evidence(on, what, _amount(one.amount, unit), reason + ".")


def _fact(key: str, facts: Facts) -> tuple[str, str]:
    if key not in facts:
        return "", str(_("Part of this requirement"))
    day, what = facts[key]
    return date_words(day), what


def _facts_of(record: Record, titles: dict[str, str]) -> Facts:
    """Return the day and words of every piece of evidence by its id."""
    found: Facts = {}
    for completion in record.completions:
        found[completion.id] = (completion.on, titles.get(completion.module, completion.module))
    for entry in record.hours:
        found[entry.id] = (entry.on, _kind_words(entry.kind))
    for score in record.scores:
        name = titles.get(score.assessment, score.assessment)
        found[score.id] = (score.on, f"{name}: {titles.get(score.part, score.part)}")
    for played in record.rubrics:
        found[played.id] = (played.on, titles.get(played.scenario, played.scenario))
    for signature in record.signatures:
        found[signature.id] = (signature.on, titles.get(signature.agreement, signature.agreement))
    for attestation in record.attestations:
        found[attestation.id] = (attestation.on, str(_("Said by you or for you")))
    for decision in record.decisions:
        found[decision.id] = (decision.on, str(_("A person's decision")))
    for waiver in record.waivers:
        found[waiver.id] = (waiver.on, str(_("Waived, with a reason")))
    return found


KINDS = {
    "individual": _l("One to one"),
    "group": _l("In a group"),
    "triadic": _l("Three together"),
    "co-reflection": _l("Co-reflection with a peer"),
    "observation": _l("Practice observed"),
}


def _kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def summary_words(verdict: Verdict) -> str:
    """Return the one sentence at the top: how many are met, and what is still to go."""
    summary = summary_of(verdict)
    if not summary.to_go:
        return str(_("All is met."))
    return f"{_met_words(summary)} {_left_words(summary)}"


def _met_words(summary: Summary) -> str:
    if summary.settled == 0:
        return str(_("Nothing is met yet."))
    return str(
        ngettext(
            "%(num)s of %(total)s is met.",
            "%(num)s of %(total)s are met.",
            summary.settled,
            total=summary.total,
        )
    )


def _left_words(summary: Summary) -> str:
    """Return how many are still to go, by name; of many only the first few are named."""
    names = [_to_go_words(one) for one in summary.to_go[:NAMED]]
    left = len(summary.to_go)
    if left > NAMED:
        words = _("%(num)s to go. First: %(names)s.", num=left, names="; ".join(names))
    else:
        words = ngettext(
            "%(num)s to go: %(names)s.", "%(num)s to go: %(names)s.", left, names="; ".join(names)
        )
    return str(words)


def _to_go_words(one: ToGo) -> str:
    if one.missing is None:
        return one.noun
    return str(_("%(amount)s of %(what)s", amount=amount_words(one.missing), what=one.noun))
