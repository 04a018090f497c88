"""What a programme says as a whole, read aloud."""

from collections.abc import Mapping
from dataclasses import fields

from lms.rules.programmes.documents import LivedWords
from lms.rules.programmes.figures import rules_of
from lms.rules.programmes.programme import (
    AppealClock,
    Keeping,
    Programme,
    Validity,
    documents_of,
    gates_of,
)
from lms.rules.programmes.telling.codes import Area, Group, Heading, Names, Tell, say
from lms.rules.programmes.telling.values import Says, a_number, a_stretch, content, grouped


def tell_head(programme: Programme) -> tuple[Group, ...]:
    """Return what a programme says as a whole, in sentences; its requirements aside."""
    return grouped(
        {
            Heading.WHOLE: _whole(programme),
            Heading.TERM: _term(programme),
            Heading.PRINTED: _printed(programme),
            Heading.GATES: _gates(programme),
        }
    )


def _whole(programme: Programme) -> Says:
    if programme.example:
        yield say(Tell.EXAMPLE)
    if programme.demo:
        yield say(Tell.DEMO)
    if programme.summary:
        yield say(Tell.SUMMARY, words=programme.summary)
    for stage in programme.stages:
        yield say(Tell.STAGE, words=stage.title)
    if programme.complete_within:
        yield say(Tell.WITHIN, stretch=a_stretch(programme.complete_within))
    else:
        yield say(Tell.NO_LIMIT)
    for one in programme.omits:
        names = {"lesson": one.lesson.replace("-", " "), "module": content(one.module)}
        yield say(Tell.OMITS, **names, words=one.reason)
    yield from _appeals(programme.appeals)
    yield say(Tell.ZONE, words=programme.zone.replace("_", " "))
    yield say(Tell.LANGUAGE, words=programme.language)


def _appeals(clock: AppealClock) -> Says:
    if clock.ask_within:
        yield say(Tell.ASK_WITHIN, stretch=a_stretch(clock.ask_within))
    else:
        yield say(Tell.ASK_ALWAYS)
    if clock.decide_within:
        yield say(Tell.ANSWER_WITHIN, stretch=a_stretch(clock.decide_within))


_ANCHORS: Mapping[str, Tell] = {
    "issued": Tell.FROM_ISSUED,
    "month-start": Tell.FROM_MONTH_START,
    "month-end": Tell.FROM_MONTH_END,
    "year-end": Tell.FROM_YEAR_END,
}


def _term(programme: Programme) -> Says:
    yield from _validity(programme.validity)
    yield from _holding(programme)
    yield from _keeping(programme.keeping)
    renewal = programme.renewal
    if renewal is None:
        yield say(Tell.NO_RENEWAL)
        return
    for code, stretch in (
        (Tell.RENEWAL_OPENS, renewal.opens),
        (Tell.GRACE, renewal.grace),
        (Tell.LATE, renewal.late),
        (Tell.REINSTATE, renewal.reinstate),
    ):
        if stretch:
            yield say(code, stretch=a_stretch(stretch))
    if renewal.terms:
        yield say(Tell.TERMS, number=a_number(renewal.terms))


def _holding(programme: Programme) -> Says:
    if programme.validity.provisional:
        yield say(Tell.PROVISIONAL)
    for node in programme.while_held:
        yield say(Tell.WHILE_HELD, words=node.label)
    process = programme.due_process
    if process is not None and process.answer:
        yield say(Tell.TIME_TO_ANSWER, stretch=a_stretch(process.answer))


def _validity(validity: Validity) -> Says:
    fixed = validity.fixed_day
    if fixed is not None:
        yield say(Tell.FIXED_DAY, day=a_number(fixed.day), month=a_number(fixed.month))
        if fixed.years != "every":
            yield say(Tell.FIXED_ODD if fixed.years == "odd" else Tell.FIXED_EVEN)
    elif not validity.months:
        yield say(Tell.VALID_ALWAYS)
    else:
        yield say(Tell.VALID_MONTHS, number=a_number(validity.months))
        yield say(_ANCHORS.get(validity.anchor, Tell.FROM_ISSUED))
    if validity.latest_of:
        yield say(Tell.FROM_LATEST, names=content(*validity.latest_of))


def _keeping(keeping: Keeping) -> Says:
    for field in fields(keeping):
        stretch = getattr(keeping, field.name)
        if stretch and field.name == "documents":
            yield say(Tell.KEPT_PAPERS, stretch=a_stretch(stretch))
        elif stretch:
            ledger = Names(Area.LEDGER, (field.name.replace("_", "-"),))
            yield say(Tell.KEPT, ledger=ledger, stretch=a_stretch(stretch))


_OWN: Mapping[str, Tell] = {
    "credential": Tell.PRINTS_CREDENTIAL,
    "training": Tell.PRINTS_TRAINING,
}
_BESIDE: Mapping[str, Tell] = {
    "training": Tell.BESIDE_TRAINING,
    "letter": Tell.BESIDE_LETTER,
}


def _printed(programme: Programme) -> Says:
    labels = {rule.id: rule.node.label for rule in rules_of(programme)}
    for terms in documents_of(programme):
        yield say((_OWN if terms.is_whole else _BESIDE)[terms.kind.value])
        yield say(Tell.PRINTED_TITLE, words=terms.title)
        if terms.endorsement:
            yield say(Tell.ENDORSEMENT, words=terms.endorsement)
        if terms.requires:
            named = tuple(labels.get(one, one) for one in terms.requires)
            yield say(Tell.RESTS_ON, names=Names(Area.LABEL, named))
        yield say(Tell.COVERS, words=terms.covers)
        yield say(Tell.NOT_QUALIFY, words=terms.does_not_qualify)
        yield from _chosen(terms.lived)


def _chosen(lived: LivedWords) -> Says:
    if lived.title:
        yield say(Tell.CHOSEN_TITLE, words=lived.title)
    if lived.endorsement:
        yield say(Tell.CHOSEN_ENDORSEMENT, words=lived.endorsement)
    for line in lived.lines:
        yield say(Tell.CHOSEN_LINE, words=line)


def _gates(programme: Programme) -> Says:
    gates = gates_of(programme)
    is_on = gates.unsigned_lessons == "on"
    yield say(Tell.GATE_LESSONS if is_on else Tell.GATE_LESSONS_OFF)
    yield say(Tell.GATE_PACK if gates.overdue_pack == "on" else Tell.GATE_PACK_OFF)
