"""Every kind of requirement and every field of it is read aloud, and every figure can be set."""

import ast
import inspect
import re
import textwrap
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from typing import Any, get_args

import pytest

from lms.rules.programmes import documents, evidence, nodes, programme
from lms.rules.programmes.figures import CHOICES, FIGURES, figures_of, figures_of_head, rules_of
from lms.rules.programmes.telling import read_aloud, tell
from lms.rules.programmes.telling.codes import Amount, Tell
from lms.rules.programmes.telling.head import tell_head
from lms.rules.programmes.telling.kinds import ASKS
from lms.rules.programmes.telling.sentences import TELLS
from tests.cast import library

KINDS = [*get_args(nodes.Combinator), *get_args(nodes.Leaf)]
HOURS = evidence.Hours(ledger="practice")
SIGN = nodes.Signature(id="code", label="Code", agreement="code-of-ethics")
SUM = nodes.Sum(id="hours", label="Hours", hours=HOURS, min="1 h")
DAY = date(2026, 3, 4)
# what each kind cannot be without
LEAST: dict[type, dict[str, Any]] = {
    nodes.All: {"of": (SIGN,)},
    nodes.AnyOf: {"of": (SIGN,)},
    nodes.AtLeast: {"of": (SIGN,), "count": 1},
    nodes.Sequence: {"of": (SIGN,)},
    nodes.When: {"condition": evidence.Condition(fact="degree", equals="bachelor"), "then": SIGN},
    nodes.Completions: {"modules": ("boundaries",)},
    nodes.Sum: {"hours": HOURS, "min": "1 h"},
    nodes.Count: {"hours": HOURS, "min": 1},
    nodes.Share: {"hours": HOURS, "of_hours": HOURS},
    nodes.Cadence: {"hours": HOURS, "every": "1 month", "since": "enrolled"},
    nodes.Ratio: {"hours": HOURS, "to": HOURS, "give": "1 h", "per": "20 h"},
    nodes.Gap: {"hours": HOURS, "max": "45 days"},
    nodes.Span: {"since": "fact:born_on"},
    nodes.Document: {"kinds": ("check",)},
    nodes.Attest: {"what": "lived-experience", "by": ("self",)},
    nodes.Signature: {"agreement": "code-of-ethics"},
    nodes.Score: {
        "assessment": "readiness",
        "parts": (evidence.PartMark(part="whole", label="Whole", min="70 %"),),
    },
    nodes.RubricStandard: {"rubric": "twelve", "performances": 2},
    nodes.DecisionBy: {"what": "readiness", "outcomes": ("ready",), "by": ("coordinator",)},
    nodes.HoldsCertificate: {"programmes": ("trainee",)},
    nodes.Substitute: {"into": SUM, "hours": HOURS, "give": "2 h", "get": "1 h"},
}
# another value for every field that is not a name, a text, a switch or a plain list of names
OTHER: dict[str, Any] = {
    "of": (SUM,),
    "then": SUM,
    "otherwise": SUM,
    "into": replace(SUM, label="Other hours"),
    "condition": evidence.Condition(fact="stage", before=DAY),
    "if_unknown": "then",
    "at_least": 3,
    "at_most": 4,
    "credits": {"boundaries": 2},
    "min_credits": 5,
    "since_version": {"boundaries": 2},
    "within": evidence.Window(last="2 years"),
    "hours": evidence.Hours(ledger="supervision"),
    "of_hours": evidence.Hours(ledger="training"),
    "to": evidence.Hours(ledger="training"),
    "over": evidence.Hours(ledger="training"),
    "also": (evidence.Hours(ledger="training"),),
    "parts": (evidence.HoursPart(id="p", label="Part", of=evidence.Subset(), min="1 h"),),
    "distinct": "topic",
    "floors": {"C1": 1},
    "cover": {"C2": 2},
    "attempts": evidence.AttemptsPolicy(limit=3),
    "waivable": evidence.Waivable(by=("coordinator",)),
    "checked_on": DAY,
    "effective_from": DAY,
    "severity": "recommended",
    "since": "certificate:trainee - 14 days",
    "until": "fact:left_on",
    "on_or_after": DAY,
    "before": DAY,
    "equals": "yes",
    "accept": evidence.Acceptance(confirmed=False),
    "providers": ("p9",),
    "supervisors": (evidence.EligibleSupervisor(credentials=("cps",)),),
    "assurance": "link",
    "ledger": "supervision",
    "settle_above": 1,
    "latest_of": ("trainee",),
    "paid": True,
    "anchor": "month-end",
    "unsigned_lessons": "off",
    "overdue_pack": "off",
    "years": "odd",
    "months": 24,
}
SCORE_PARTS = (evidence.PartMark(part="whole", label="Whole", min="80 %"),)
PASSED_OVER = {"id", "kind"}  # how a machine names it; the label is what a person reads


def another(owner: type, field: Any, value: Any) -> Any:
    """Return a value for a field that differs from the one it has."""
    special = SPECIAL.get((owner, field.name), OTHER.get(field.name))
    if special is not None:
        return special
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return "to be set" if field.name in FIGURES.get(owner, {}) else "something else"
    assert isinstance(value, tuple), f"Nothing is known to try {owner.__name__}.{field.name} with."
    return (*value, "something-else")


LIVED = documents.LivedWords(title="Peer")
SPECIAL: dict[tuple[type, str], Any] = {
    (nodes.Score, "parts"): SCORE_PARTS,
    (evidence.Acceptance, "providers"): (evidence.ApprovedProvider(id="p9"),),
    (evidence.Hours, "of"): evidence.Subset(kinds=("group",)),
    (evidence.HoursPart, "of"): evidence.Subset(kinds=("group",)),
    (programme.Renewal, "requirements"): (SUM,),
    (documents.CertificateWords, "implies_lived_experience"): LIVED,
    (documents.CertificateWords, "document"): "training",
    (documents.FurtherDocument, "implies_lived_experience"): LIVED,
    (documents.FurtherDocument, "kind"): "training",
    (evidence.ApprovedProvider, "since"): DAY,
    (evidence.ApprovedProvider, "until"): DAY,
    (evidence.EligibleSupervisor, "until"): DAY,
    (evidence.Waivable, "until"): DAY,
}


def made(kind: type, **more: Any) -> Any:
    return kind(**{"id": "it", "label": "It", **LEAST[kind], **more})


def test_every_kind_there_is_can_be_read_aloud():
    assert set(ASKS) == set(KINDS) == set(LEAST)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_field_of_a_requirement_is_passed_over_in_silence(kind):
    silent = []
    for field in fields(kind):
        if field.name in PASSED_OVER:
            continue
        more = {"hours": HOURS} if (kind, field.name) == (nodes.Span, "until") else {}
        node = made(kind, **more)
        other = another(kind, field, getattr(node, field.name))
        if tell(node) == tell(made(kind, **{**more, field.name: other})):
            silent.append(field.name)
    assert silent == []


HOLDERS: dict[type, Any] = {
    evidence.Window: lambda one: made(nodes.Attest, within=one),
    evidence.Subset: lambda one: made(nodes.Count, hours=replace(HOURS, of=one)),
    evidence.Acceptance: lambda one: made(nodes.Count, hours=replace(HOURS, accept=one)),
    evidence.Hours: lambda one: made(nodes.Count, hours=one),
    evidence.ApprovedProvider: lambda one: HOLDERS[evidence.Acceptance](
        evidence.Acceptance(providers=(one,))
    ),
    evidence.EligibleSupervisor: lambda one: HOLDERS[evidence.Acceptance](
        evidence.Acceptance(supervisors=(one,))
    ),
    evidence.HoursPart: lambda one: made(nodes.Sum, parts=(one,)),
    evidence.PartMark: lambda one: made(nodes.Score, parts=(one,)),
    evidence.AttemptsPolicy: lambda one: made(nodes.Score, attempts=one),
    evidence.Condition: lambda one: made(nodes.When, condition=one),
    evidence.Waivable: lambda one: made(nodes.Signature, waivable=one),
}
SMALLEST: dict[type, Any] = {
    evidence.Hours: HOURS,
    evidence.ApprovedProvider: evidence.ApprovedProvider(id="p1"),
    evidence.HoursPart: evidence.HoursPart(id="p", label="Part", of=evidence.Subset(), min="1 h"),
    evidence.PartMark: evidence.PartMark(part="whole", label="Whole", min="70 %"),
    evidence.Condition: evidence.Condition(fact="degree", equals="bachelor"),
    evidence.Waivable: evidence.Waivable(by=("coordinator",)),
}


def test_everything_that_a_requirement_may_hold_is_looked_at():
    found = {
        kind for kind in vars(evidence).values() if isinstance(kind, type) and is_dataclass(kind)
    }
    assert found == set(HOLDERS)


@pytest.mark.parametrize("kind", HOLDERS, ids=lambda kind: kind.__name__)
def test_no_field_of_what_a_requirement_holds_is_passed_over(kind):
    smallest, silent = SMALLEST.get(kind) or kind(), []
    for field in fields(kind):
        if kind is evidence.HoursPart and field.name == "id":
            continue
        other = another(kind, field, getattr(smallest, field.name))
        changed = replace(smallest, **{field.name: other})
        if tell(HOLDERS[kind](smallest)) == tell(HOLDERS[kind](changed)):
            silent.append(field.name)
    assert silent == []


WORDS = documents.CertificateWords(title="Peer", covers="Much.", does_not_qualify="Most.")
FIXED = programme.FixedDay(month=9, day=1)
WHOLE = programme.Programme(
    id="it",
    title="It",
    version="1",
    zone="Europe/Copenhagen",
    language="en",
    requirements=(SIGN,),
    certificate=WORDS,
    renewal=programme.Renewal(requirements=(SIGN,), opens="90 days"),
)
LETTER = documents.FurtherDocument(
    kind="letter", title="Letter", covers="Part.", does_not_qualify="All."
)
OF_THE_WHOLE: dict[str, Any] = {
    "stages": (programme.Stage(id="one", title="One"),),
    "validity": programme.Validity(months=24),
    "renewal": None,
    "omits": (programme.LeftOut(module="boundaries", lesson="first", reason="Why."),),
    "gates": programme.Gates(overdue_pack="off"),
    "keeping": programme.Keeping(training="2 years"),
    "while_held": (SIGN,),
    "due_process": programme.DueProcess(answer="30 days"),
    "appeals": programme.AppealClock(ask_within="30 days"),
    "certificate": replace(WORDS, covers="Little."),
    "documents": (LETTER,),
}
# read beside the title, or read aloud rule by rule
ELSEWHERE = {"id", "title", "version", "source", "checked_on", "effective_from", "requirements"}


def test_no_field_of_the_whole_is_passed_over():
    silent = []
    for field in fields(programme.Programme):
        if field.name in ELSEWHERE:
            continue
        value = getattr(WHOLE, field.name)
        other = OF_THE_WHOLE.get(field.name, None if field.name == "renewal" else MISSING)
        other = another(programme.Programme, field, value) if other is MISSING else other
        if tell_head(WHOLE) == tell_head(replace(WHOLE, **{field.name: other})):
            silent.append(field.name)
    assert silent == []


INSIDE: dict[type, Any] = {
    programme.Validity: lambda one: replace(WHOLE, validity=one),
    programme.FixedDay: lambda one: replace(
        WHOLE, validity=programme.Validity(anchor="fixed-day", fixed_day=one)
    ),
    programme.Renewal: lambda one: replace(WHOLE, renewal=one),
    documents.CertificateWords: lambda one: replace(WHOLE, certificate=one),
    programme.Gates: lambda one: replace(WHOLE, gates=one),
    programme.DueProcess: lambda one: replace(WHOLE, due_process=one),
    documents.FurtherDocument: lambda one: replace(WHOLE, documents=(one,)),
    documents.LivedWords: lambda one: replace(
        WHOLE, certificate=replace(WORDS, implies_lived_experience=one)
    ),
    programme.Keeping: lambda one: replace(WHOLE, keeping=one),
    programme.AppealClock: lambda one: replace(WHOLE, appeals=one),
    programme.LeftOut: lambda one: replace(WHOLE, omits=(one,)),
    programme.Stage: lambda one: replace(WHOLE, stages=(one,)),
}
SMALLEST_INSIDE: dict[type, Any] = {
    programme.Validity: programme.Validity(months=12),
    programme.FixedDay: FIXED,
    programme.Renewal: programme.Renewal(requirements=(SIGN,)),
    documents.CertificateWords: WORDS,
    programme.Gates: programme.Gates(),
    programme.DueProcess: programme.DueProcess(),
    documents.FurtherDocument: LETTER,
    documents.LivedWords: documents.LivedWords(),
    programme.Keeping: programme.Keeping(),
    programme.AppealClock: programme.AppealClock(),
    programme.LeftOut: programme.LeftOut(module="boundaries", lesson="first", reason="Why."),
    programme.Stage: programme.Stage(id="one", title="One"),
}


def test_everything_that_the_whole_may_hold_is_looked_at():
    written = [*vars(programme).values(), *vars(documents).values()]
    kinds = {one for one in written if isinstance(one, type)}
    found = {kind for kind in kinds if hasattr(kind, "__pydantic_config__")}
    assert found - {programme.Programme} == set(INSIDE)


@pytest.mark.parametrize("kind", INSIDE, ids=lambda kind: kind.__name__)
def test_no_field_of_what_the_whole_holds_is_passed_over(kind):
    smallest, silent = SMALLEST_INSIDE[kind], []
    for field in fields(kind):
        if (kind, field.name) in {(programme.Stage, "id"), (programme.Validity, "fixed_day")}:
            continue
        other = another(kind, field, getattr(smallest, field.name))
        changed = INSIDE[kind](replace(smallest, **{field.name: other}))
        if read_aloud(INSIDE[kind](smallest)) == read_aloud(changed):
            silent.append(field.name)
    assert silent == []


def test_every_sentence_has_words_and_none_is_left_over():
    assert set(TELLS) == set(Tell)
    assert all(words.one for words in TELLS.values())


@pytest.mark.parametrize("one", library().programmes, ids=lambda one: one.id)
def test_a_shipped_programme_is_read_aloud_with_a_value_for_every_place(one):
    reading = read_aloud(one)
    waiting = [reading.head, *(told.groups for told in every(reading))]
    for says in (group.says for groups in waiting for group in groups):
        for spoken in says:
            assert TELLS[spoken.code].one % dict(spoken.values)


def every(reading: Any) -> list[Any]:
    found, waiting = [], [*reading.requirements, *reading.renewal]
    while waiting:
        told = waiting.pop()
        found.append(told)
        waiting += told.children
    return found


def test_a_figure_that_is_still_to_be_set_is_marked_where_it_stands():
    told = tell(made(nodes.Sum, min="to be set"))
    assert told.is_unset
    assert Amount("time", "to be set") in [v for _, v in told.groups[0].says[0].values]
    assert not tell(made(nodes.Sum, min="2 h")).is_unset
    inner = nodes.All(id="all", label="All", of=(made(nodes.Sum, min="to be set"),))
    assert not tell(inner).is_unset
    assert tell(inner).children[0].is_unset


# Figures


WRITTEN_AS = re.compile(r"\b(int|bool|date|Duration|Calendar|Number|Percent|Literal|Switch)\b")


def annotations_of(kind: type) -> dict[str, str]:
    """Return the fields that a definition itself adds, each as its type is written."""
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    lines = (line for line in made.body if isinstance(line, ast.AnnAssign))
    return {line.target.id: ast.unparse(line.annotation) for line in lines}


NOT_FIGURES = {
    (evidence.Subset, "paid"),  # which entries are meant, as kinds and topics are
    (evidence.Condition, "equals"),  # what a fact is compared with
    (evidence.Condition, "one_of"),
    (evidence.Condition, "none_of"),
    (nodes.Requirement, "checked_on"),  # beside the source
    (nodes.Requirement, "effective_from"),
    (programme.Programme, "checked_on"),
    (programme.Programme, "effective_from"),
    (evidence.Hours, "ledger"),  # which hours are meant
    (nodes.Count, "distinct"),  # what is counted
    (programme.Programme, "demo"),  # what a programme is, not how much it asks
    (programme.Programme, "example"),
}


@pytest.mark.parametrize(
    "kind",
    [nodes.Requirement, *KINDS, *HOLDERS, programme.Programme, *INSIDE],
    ids=lambda kind: kind.__name__,
)
def test_every_number_switch_day_and_choice_can_be_set(kind):
    figures = {
        name
        for name, written in annotations_of(kind).items()
        if WRITTEN_AS.search(written) and name != "kind" and (kind, name) not in NOT_FIGURES
    }
    if kind is nodes.Gap:
        figures.add("max")  # written as plain text: a time or a stretch
    assert figures == set(FIGURES.get(kind, {}))


def test_every_choice_names_what_may_be_chosen():
    chosen = {
        (k, n) for k, names in FIGURES.items() for n, sort in names.items() if sort == "choice"
    }
    assert chosen == set(CHOICES)


@pytest.mark.parametrize("one", library().programmes, ids=lambda one: one.id)
def test_every_figure_to_be_set_is_found_by_its_path(one):
    def count(value: Any) -> int:
        if isinstance(value, tuple):
            return sum(count(entry) for entry in value)
        if is_dataclass(value):
            return sum(count(getattr(value, f.name)) for f in fields(value))
        return value == "to be set"

    figures = [*figures_of_head(one), *(f for rule in rules_of(one) for f in figures_of(rule))]
    assert sum(figure.is_unset for figure in figures) == count(one)
    for figure in figures:
        value: Any = one
        for step in figure.path:
            value = (
                value[step]
                if isinstance(step, int) or isinstance(value, dict)
                else getattr(value, step)
            )
        assert value == figure.value
