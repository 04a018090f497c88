"""What is taught, tried and practised is counted by subject; what is not is a gap."""

from dataclasses import replace

import pytest

from lms.rules.assessments.definition import Assessment, Domain, TrueFalseItem
from lms.rules.coverage import Taught, reach_of
from lms.rules.curriculum import (
    Check,
    CheckOption,
    Coverage,
    Covers,
    Lesson,
    LessonHead,
    Module,
    ModuleHead,
    Omission,
    Subject,
    Text,
)
from lms.rules.definitions import ContentNote, SourceRef
from lms.rules.roleplays import Competency, Criterion, Rubric, Scenario, Standard

SOURCE = SourceRef("a")
COVERAGE = Coverage(
    topics=(Subject("boundaries", "Boundaries", SOURCE), Subject("grief", "Grief", SOURCE)),
    phases=(Subject("enough", "Enough", SOURCE), Subject("enlist", "Enlist", SOURCE)),
)
CHECK = Check("c", "Which?", (CheckOption("a", "A", "A."), CheckOption("b", "B", "B.", True)))


def make_module(slug="boundaries", *, core=True, covers=None, competencies=("C1",), parts=()):
    head = LessonHead("A", 10, "B", competencies, covers=covers or Covers())
    lesson = Lesson("one", head, parts or (Text("Words."),))
    about = ModuleHead("T", "S", ("O",), slug, ("W",), core=core)
    return Module(slug, about, "I", (lesson,))


def make_scenario(phase="4 Enough, on the way", competencies=("C2",)):
    note = ContentNote(("control",), "light", "W")
    criterion = Criterion("k", "W", competencies, essential=False)
    words = ("S", "Y", "D", "O", "P")
    about = ("tonight", "T", "r", 10, ("voice",), phase, ("boundaries",), note)
    return Scenario(*about, *words, (), (criterion,), (), ("Q",))


RUBRIC = Rubric(
    id="r",
    title="R",
    introduction="I",
    levels=(),
    competencies=(Competency("C1", "One", "W", ()), Competency("C2", "Two", "W", ())),
    harm_items=(),
    standard=Standard(70, 1, "Ours"),
)
ITEM = TrueFalseItem(
    id="i1",
    type="true-false",
    key=True,
    domain="boundaries",
    stem="S",
    taught_in=("boundaries/one",),
)
ASSESSMENT = Assessment(id="q", items=(ITEM,), domains=(Domain("boundaries", "B"),))


def found(*modules, scenarios=(), assessments=(), coverage=COVERAGE):
    taught = Taught(modules, assessments, (RUBRIC,), scenarios)
    return {(reach.kind, reach.id): reach for reach in reach_of(taught, coverage)}


def test_every_subject_is_looked_at_competencies_first():
    assert list(found()) == [
        ("competency", "C1"),
        ("competency", "C2"),
        ("topic", "boundaries"),
        ("topic", "grief"),
        ("phase", "enough"),
        ("phase", "enlist"),
    ]
    assert all(reach.is_gap for reach in found().values())


def test_a_lesson_its_checks_and_the_items_it_teaches_are_counted():
    module = make_module(covers=Covers(topics=("boundaries",)), parts=(CHECK, Text("W"), CHECK))
    reach = found(module, assessments=(ASSESSMENT,))["topic", "boundaries"]
    assert (reach.lessons, reach.checks, reach.items) == (("boundaries/one",), 2, ("q/i1",))
    assert (reach.modules, reach.core_modules) == (("boundaries",), ("boundaries",))
    assert not reach.is_gap
    assert reach.lacks == ()


def test_an_item_that_another_lesson_teaches_is_not_counted():
    module = make_module("other", covers=Covers(topics=("boundaries",)))
    reach = found(module, assessments=(ASSESSMENT,))["topic", "boundaries"]
    assert reach.items == ()
    assert reach.lacks == ("check", "item")


def test_what_only_an_extension_teaches_is_a_gap_of_the_core():
    reach = found(make_module(core=False))["competency", "C1"]
    assert (reach.modules, reach.core_modules, reach.is_gap) == (("boundaries",), (), True)


def test_a_reason_closes_a_gap_and_is_idle_once_the_core_teaches_it():
    coverage = replace(COVERAGE, omitted=(Omission("topic", "grief", "Not ours."),))
    reach = found(coverage=coverage)["topic", "grief"]
    assert (reach.is_gap, reach.is_idle, reach.omitted) == (False, False, "Not ours.")
    taught = make_module(covers=Covers(topics=("grief",)))
    assert found(taught, coverage=coverage)["topic", "grief"].is_idle


def test_a_reason_of_another_kind_closes_nothing():
    coverage = replace(COVERAGE, omitted=(Omission("attribute", "grief", "Not ours."),))
    assert found(coverage=coverage)["topic", "grief"].is_gap


def test_scenarios_count_for_what_their_criteria_show():
    reaches = found(make_module(), scenarios=(make_scenario(),))
    assert reaches["competency", "C2"].scenarios == ("tonight",)
    assert reaches["competency", "C1"].scenarios == ()
    assert reaches["competency", "C1"].lacks == ("check", "item", "scenario")


@pytest.mark.parametrize(
    ("phase", "ids"),
    [
        ("4 Enough", {"enough"}),
        ("4 Enough, on the way to 5 ENLIST", {"enough", "enlist"}),
        ("Return", set()),
        ("", set()),
    ],
)
def test_scenarios_count_for_the_phases_they_name(phase, ids):
    reaches = found(scenarios=(make_scenario(phase),))
    counted = {key for (kind, key), reach in reaches.items() if kind == "phase" and reach.scenarios}
    assert counted == ids
    assert not reaches["topic", "grief"].scenarios
