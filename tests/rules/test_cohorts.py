"""Places, assignments, and what a programme must be before a cohort opens under it."""

from dataclasses import replace

import pytest

from lms.rules.cohorts import (
    MOVES,
    AdmitRefusal,
    AssignmentKind,
    AssignRefusal,
    EnrolmentState,
    OpenRefusal,
    StepRefusal,
    figures_to_be_set,
    modules_named,
    office_moves,
    refusal_to_admit,
    refusal_to_assign,
    refusal_to_move,
    refusal_to_office_move,
    refusal_to_open,
    waiting_lessons,
)
from lms.rules.curriculum import Lesson, LessonHead, Module, ModuleHead
from lms.rules.definitions import Review
from lms.rules.programmes import (
    TO_BE_SET,
    CertificateWords,
    Gates,
    LeftOut,
    Programme,
    Renewal,
    Validity,
)
from lms.rules.programmes.nodes import All, Completions, Span
from lms.rules.roles import Role

S = EnrolmentState


@pytest.mark.parametrize("now", list(S))
@pytest.mark.parametrize("to", list(S))
def test_a_place_moves_by_the_table_alone(now, to):
    allowed = to in MOVES[now]
    assert (refusal_to_move(now, to) is None) is allowed
    if not allowed:
        assert refusal_to_office_move(now, to) is StepRefusal.NOT_FROM_HERE


@pytest.mark.parametrize("now", list(S))
def test_a_coordinator_moves_every_place_but_brings_nobody_back(now):
    left_out = set(MOVES[now]) - set(office_moves(now))
    assert left_out == ({S.ACTIVE} if now is S.PAUSED else set())


def test_nobody_admits_themselves():
    asked = {"actor_id": 1, "person_id": 1, "at_home": True, "has_place": False}
    assert refusal_to_admit(**asked) is AdmitRefusal.OWN_PLACE
    assert refusal_to_admit(**{**asked, "person_id": 2}) is None
    assert (
        refusal_to_admit(**{**asked, "person_id": 2, "has_place": True}) is AdmitRefusal.HAS_PLACE
    )
    assert refusal_to_admit(**{**asked, "person_id": 2, "at_home": False}) is AdmitRefusal.NOT_HERE


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"person_id": 1}, AssignRefusal.OWN_PLACE),
        ({"roles": {Role.SUPERVISOR}}, AssignRefusal.NOT_HOLDER),
        ({"other_trainer_id": 2}, AssignRefusal.SAME_TRAINER),
        (
            {"kind": AssignmentKind.SECOND_TRAINER, "other_trainer_id": 2},
            AssignRefusal.SAME_TRAINER,
        ),
        ({"kind": AssignmentKind.SUPERVISOR}, AssignRefusal.NOT_HOLDER),
        (
            {
                "kind": AssignmentKind.SUPERVISOR,
                "roles": {Role.SUPERVISOR},
                "other_trainer_id": 2,
            },
            None,
        ),
    ],
)
def test_who_may_be_beside_a_trainee(change, refusal):
    asked = {
        "kind": AssignmentKind.TRAINER,
        "person_id": 2,
        "trainee_id": 1,
        "roles": {Role.TRAINER},
        "other_trainer_id": 3,
    }
    assert refusal_to_assign(**{**asked, **change}) is refusal


WORDS = CertificateWords(title="t", covers="c", does_not_qualify="d")
SAFE = Completions(id="m", label="Modules", modules=("safety", "words"))
PROGRAMME = Programme(
    id="p",
    title="P",
    version="1",
    zone="UTC",
    language="en",
    requirements=(All(id="a", label="All", of=(SAFE,)),),
    certificate=WORDS,
)


def module(slug: str, sensitive: str = "no", *, read: bool = False) -> Module:
    """Return a module of one lesson."""
    reviews = (Review(reviewer="N", capacity="qualified", on="2026-01-01"),) if read else ()
    head = ModuleHead(
        title=slug.title(),
        summary="s",
        objectives=(),
        domain="d",
        authors=(),
        reviews=reviews,
    )
    lesson_head = LessonHead(
        title="l",
        minutes=5,
        objective="o",
        competencies=(),
        sensitive=sensitive,  # type: ignore[arg-type]
    )
    return Module(slug, head, "", (Lesson("one", lesson_head, ()),))


READ = {"safety": module("safety", "safety", read=True), "words": module("words")}


def test_figures_to_be_set_are_named_by_their_requirement():
    unset = replace(SAFE, at_least=TO_BE_SET, label="Enough modules")
    programme = replace(
        PROGRAMME,
        requirements=(
            All(id="a", label="All", of=(unset, Span(id="s", label="Time", min=TO_BE_SET))),
        ),
        validity=Validity(months=TO_BE_SET),
        renewal=Renewal(requirements=(), grace=TO_BE_SET),
        complete_within=TO_BE_SET,
    )
    assert figures_to_be_set(programme) == (
        "Enough modules",
        "Time",
        "validity",
        "renewal",
        "complete_within",
    )
    assert figures_to_be_set(PROGRAMME) == ()


def test_the_modules_of_a_programme_are_found_however_deep():
    assert modules_named(PROGRAMME) == ("safety", "words")


def waiting(programme=PROGRAMME, *, is_demo=False, **modules):
    """Return the lessons that wait, each as lesson and module."""
    found = waiting_lessons(programme, {**READ, **modules}, is_demo=is_demo)
    return [tuple(one) for one in found]


@pytest.mark.parametrize("sensitive", ["safety", "risk", "law"])
def test_lessons_that_can_harm_wait_for_a_qualified_reader(sensitive):
    assert waiting(safety=module("safety", sensitive)) == [("l", "Safety")]
    assert waiting(safety=module("safety", sensitive, read=True)) == []


def test_only_a_qualified_review_signs_and_only_named_modules_count():
    touchy = module("safety", "risk")
    lived = Review(reviewer="N", capacity="lived-experience", on="2026-01-01")
    told = replace(touchy, head=replace(touchy.head, reviews=(lived,)))
    assert waiting(safety=told) == [("l", "Safety")]
    assert waiting(elsewhere=module("elsewhere", "risk")) == []
    assert waiting_lessons(PROGRAMME, {}, is_demo=False) == ()


def test_what_a_programme_omits_is_not_waited_for():
    one, other = (replace(module("safety", "risk").lessons[0], slug=slug) for slug in "ab")
    touchy = replace(module("safety", "risk"), lessons=(one, other))
    assert len(waiting(safety=touchy)) == 2
    omits = (LeftOut(module="safety", lesson="a", reason="r"),)
    assert len(waiting(replace(PROGRAMME, omits=omits), safety=touchy)) == 1


def test_nothing_is_waited_for_where_the_gate_is_off():
    touchy = module("safety", "risk")
    off = Gates(unsigned_lessons="off")
    assert waiting(replace(PROGRAMME, gates=off), safety=touchy) == []
    assert waiting(replace(PROGRAMME, gates=Gates(overdue_pack="off")), safety=touchy) != []
    assert waiting(replace(PROGRAMME, demo=True), safety=touchy) == []
    assert waiting(is_demo=True, safety=touchy) == []


@pytest.mark.parametrize(
    ("programme", "modules", "is_demo", "refusal"),
    [
        (PROGRAMME, READ, False, None),
        (PROGRAMME, {"words": READ["words"]}, True, OpenRefusal.MODULES_MISSING),
        (PROGRAMME, {**READ, "safety": module("safety", "risk")}, False, OpenRefusal.UNREVIEWED),
        (PROGRAMME, {**READ, "safety": module("safety", "risk")}, True, None),
        (
            replace(PROGRAMME, gates=Gates(unsigned_lessons="off")),
            {**READ, "safety": module("safety", "risk")},
            False,
            None,
        ),
        (replace(PROGRAMME, demo=True), READ, False, OpenRefusal.FIGURES_INVENTED),
        (replace(PROGRAMME, example=True), READ, False, OpenRefusal.EXAMPLE),
        (replace(PROGRAMME, example=True), READ, True, OpenRefusal.EXAMPLE),
        (replace(PROGRAMME, demo=True), READ, True, None),
        (
            replace(PROGRAMME, complete_within=TO_BE_SET),
            READ,
            True,
            OpenRefusal.FIGURES_TO_BE_SET,
        ),
    ],
)
def test_a_cohort_opens_on_set_figures_and_read_lessons(programme, modules, is_demo, refusal):
    assert refusal_to_open(programme, modules, is_demo=is_demo) is refusal
