"""A verdict in the reader's language: steps, reasons and numbers turned into words."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms.rules.programmes.walking import kind_words
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
    StepCode,
    Summary,
    ToGo,
    Unit,
    Verdict,
    WaitingOn,
    shown_state,
    summary_of,
)
from lms.web.filters import date_words, minutes_words, percent_words
from lms.web.languages import filled, joined, told_in

NAMED = 3
NOTHING: Mapping[str, str] = MappingProxyType({})
NEXT_URLS = {
    "completions": "/modules",
    "score": "/assessments",
    "rubric": "/role-plays",
    "sum": "/hours",
    "signature": "/agreements",
    "attest": "/attestation",
    "document": "/papers",
}


Facts = dict[str, tuple[date, Any]]
"""The day and the words of every piece of evidence by its id."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence as a page shows it."""

    on: str
    what: Any
    amount: str
    reason: str = ""
    remedy: str = ""


Found = TypeVar("Found", Counted, NotCounted)
Show = Callable[[Found, Unit, Facts], Evidence]


@dataclass(slots=True)
class RequirementRow:
    """One requirement as `components/requirement.html` wants it."""

    id: str
    label: Any
    state: str
    words: str
    have: int
    need: int
    counted: list[Evidence]
    not_counted: list[Evidence]
    turn: str
    next_step: Any
    next_url: str
    kind: str
    severity: str
    waiting_on: str
    help: str = ""
    by: str = ""
    can_still: str = "yes"
    rows: list["RequirementRow"] = field(default_factory=list)


def translated(words: Phrase, values: dict[str, Any]) -> Any:
    """Return a template in the reader's language with its values filled in."""
    if words.many and "count" in values:
        places = {name: f"%({name})s" for name in values}
        text = ngettext(words.one, words.many, values["count"], **places)
    else:
        text = _(words.one)
    return _capital(filled(text, **values))


_FIRST = re.compile(r"(?:<[^>]*>)*.", re.DOTALL)


def _capital(words: Any) -> Any:
    found = _FIRST.match(words)
    end = found.end() if found else 0
    return words[: end - 1] + words[end - 1 : end].upper() + words[end:] if end else words


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


def value_words(value: Any, titles: Mapping[str, Any]) -> Any:
    """Return one value of a step in words; `titles` are those of modules and the like by id."""
    if isinstance(value, Amount):
        return amount_words(value)
    if isinstance(value, WaitingOn):
        return _(WHO[value].one)
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, tuple):
        return joined(", ", [titles.get(str(part)) or told_in(str(part)) for part in value])
    return told_in(value) if isinstance(value, str) else value


def step_words(step: Step | None, titles: Mapping[str, Any]) -> Any:
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


def who_words(who: WaitingOn) -> str:
    """Return who it is, as it stands alone: "The trainee"."""
    words = str(_(WHO[who].one))
    return words[:1].upper() + words[1:]


def turn_words(row: Row, *, own: bool) -> str:
    """Return whose turn it is."""
    if row.state.is_settled or row.waiting_on is WaitingOn.NOBODY:
        return ""
    if own and row.waiting_on is WaitingOn.TRAINEE:
        return str(_("It is your turn."))
    return str(_("It is the turn of %(who)s.", who=_(WHO[row.waiting_on].one)))


def rows_of(
    verdict: Verdict,
    record: Record | None,
    *,
    own: bool,
    titles: Mapping[str, Any],
    helps: Mapping[str, str] = NOTHING,
) -> list[RequirementRow]:
    """Return the requirements of a verdict as nested rows, in the programme's order.

    Shape: `helps` are the programme's own words on its requirements, by id.
    Edge:  without a record the rows carry no evidence, for pages that show none.
    """
    facts = None if record is None else facts_of(record, titles)
    made: dict[str | None, RequirementRow] = {}
    top: list[RequirementRow] = []
    root = verdict.rows[0].id if verdict.rows else None
    for row in verdict.rows[1:]:
        shown = _shown(row, facts, titles, own)
        shown.help = helps.get(row.id, "")
        made[row.id] = shown
        above = made.get(row.parent)
        (above.rows if above is not None and row.parent != root else top).append(shown)
    return top


def _shown(row: Row, facts: Facts | None, titles: Mapping[str, Any], own: bool) -> RequirementRow:
    need = row.tally.need.min if isinstance(row.tally.need, Bounds) else row.tally.need
    bar = row.tally.unit in {Unit.MINUTES, Unit.COUNT} and bool(need) and need != 1
    return RequirementRow(
        id=row.id,
        label=told_in(row.label),
        state=shown_state(row),
        words=number_words(row),
        have=int(row.tally.have or 0) if bar else 0,
        need=int(need or 0) if bar else 0,
        counted=_evidence(row.tally.counted, _counted, row.tally.unit, facts),
        not_counted=_evidence(row.tally.not_counted, _not_counted, row.tally.unit, facts),
        turn=turn_words(row, own=own),
        next_step=step_words(row.next_step, titles),
        next_url=_next_url(row) if own else "",
        kind=row.kind,
        severity=row.severity,
        waiting_on=row.waiting_on.value,
        by="" if row.by is None or row.state.is_settled else date_words(row.by),
        can_still=row.can_still.value,
    )


def _next_url(row: Row) -> str:
    attended = row.next_step is not None and row.next_step.code is StepCode.TAKE_PART
    return "/gatherings" if attended else NEXT_URLS.get(row.kind, "")


def _amount(value: Any, unit: Unit) -> str:
    return "" if unit in {Unit.NONE, Unit.LEVEL} else amount_words(Amount(value, unit))


def _evidence(
    found: Iterable[Found], shown: Show[Found], unit: Unit, facts: Facts | None
) -> list[Evidence]:
    return [] if facts is None else [shown(one, unit, facts) for one in found]


def _counted(one: Counted, unit: Unit, facts: Facts) -> Evidence:
    on, what = fact_words(one.id, facts)
    return Evidence(on, what, _amount(one.amount, unit))


def _not_counted(one: NotCounted, unit: Unit, facts: Facts) -> Evidence:
    on, what = fact_words(one.id, facts)
    return Evidence(on, what, _amount(one.amount, unit), reason_words(one, unit))


def reason_words(one: NotCounted, unit: Unit) -> str:
    """Return why a piece of evidence does not count, as a sentence."""
    limit = "" if one.limit is None else amount_words(Amount(one.limit, unit))
    return str(translated(REASONS[one.detail or one.reason], {"limit": limit})) + "."


def fact_words(key: str, facts: Facts) -> tuple[str, Any]:
    """Return the day and the words of a piece of evidence."""
    if key not in facts:
        return "", str(_("Part of this requirement"))
    day, what = facts[key]
    return date_words(day), what


def facts_of(record: Record, titles: Mapping[str, Any]) -> Facts:
    """Return the day and words of every piece of evidence by its id."""
    found: Facts = {}
    for completion in record.completions:
        found[completion.id] = (completion.on, titles.get(completion.module, completion.module))
    for entry in record.hours:
        found[entry.id] = (entry.on, _kind_words(entry.kind))
    for score in record.scores:
        name = titles.get(score.assessment, score.assessment)
        part = titles.get(score.part) or told_in(score.part)
        found[score.id] = (score.on, filled("%(name)s: %(part)s", name=name, part=part))
    for played in record.rubrics:
        found[played.id] = (played.on, titles.get(played.scenario, played.scenario))
    for signature in record.signatures:
        found[signature.id] = (signature.on, titles.get(signature.agreement, signature.agreement))
    for attestation in record.attestations:
        found[attestation.id] = (attestation.on, str(_("Said by you or for you")))
    for paper in record.documents:
        found[paper.id] = (paper.on, kind_words(paper.kind))
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
    "teaching": _l("A gathering: teaching"),
    "practice": _l("A gathering: practice"),
    "story-sharing": _l("A gathering: stories shared"),
}


def _kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def summary_words(verdict: Verdict) -> Any:
    """Return the one sentence at the top: how many are met, and what is still to go."""
    summary = summary_of(verdict)
    if not summary.to_go:
        return str(_("All is met."))
    left = _left_words(summary)
    return filled("%(met)s %(left)s", met=_met_words(summary), left=left)


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


def _left_words(summary: Summary) -> Any:
    """Return how many are still to go, by name; of many only the first few are named."""
    names = joined("; ", [_to_go_words(one) for one in summary.to_go[:NAMED]])
    left, place = len(summary.to_go), "%(names)s"
    if left > NAMED:
        words = _("%(num)s to go. First: %(names)s.", num=left, names=place)
    else:
        words = ngettext(
            "%(num)s to go: %(names)s.", "%(num)s to go: %(names)s.", left, names=place
        )
    return filled(words, names=names)


def _to_go_words(one: ToGo) -> Any:
    noun = told_in(one.noun)
    if one.missing is None:
        return noun
    return filled(_("%(amount)s of %(what)s"), amount=amount_words(one.missing), what=noun)
