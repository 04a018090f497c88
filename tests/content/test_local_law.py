"""Local law, services and numbers stay out of lessons; a figure without a source is pointed at."""

import time

import pytest

from lms.content.errors import Problems
from lms.content.local_law import check_local_law, warn_of_figures
from lms.rules.curriculum import Check, CheckOption, Text


def found_in(text):
    problems = Problems("lesson.md")
    check_local_law(text, problems)
    return [(p.line, p.code.value) for p in problems.found]


@pytest.mark.parametrize(
    "words",
    [
        "Ring 0808 2000 247.",
        "Ring +44 20 7946 0958 at night.",
        "The line is (555) 123-4567.",
        "It is 1-800-799-7233.",
        "In danger, dial 911.",
        "Call 112 at once.",
        "Text 741741 from any phone.",
        "Call the number 1737.",
        "Call 13 11 14.",
        "The Mental Health Act says so.",
        "the Protection of Children and Young Persons Act 1989",
        "It stands in the Family\nViolence Act.",
        "See section 47.",
        "See § 218 of the code.",
        "Under Article 8 you may.",
        "The GDPR gives a right.",
        "Ask the NHS.",
        "Somebody rang the Jugendamt.",
    ],
)
def test_what_holds_in_one_place_is_refused(words):
    assert found_in(f"First line.\n{words}\n")[0] == (2, "local-law")


@pytest.mark.parametrize(
    "words",
    [
        "Five said so [@campbell-2012: §11.12.1].",
        "A law differs [@one: Act of 1998; @two: section 4].",
        "sources:\n  - {ref: campbell-2012, where: §11.12.1}",
        "reading:\n  - ref: campbell-2012\n    where: section 4",
        "reviews: [{on: \"2026-11-21\"}]",
        "From 2021 to 2024, and 2015-2019.",
        "About 10,000,000 people, or 1,234.5.",
        "Act early. Then act again. Acts of kindness.",
        "Pause. Act. Look back.",
        "Call her back in 20 minutes.",
        "112 people answered.",
        "Ring three people.",
        "A garden, and a refuge. Section by section.",
        "[A page](https://example.org/911/0808-2000-247)",
        "minutes: 20\n    - id: step-1",
        "At 22:40 she calls.",
    ],
)  # fmt: skip
def test_other_words_and_numbers_are_not(words):
    assert found_in(words) == []


@pytest.mark.parametrize(
    "words",
    [
        "1 2 " * 45_000,
        "1" * 180_000 + "x",
        "1-" * 90_000 + "%",
        "A" * 100_000 + " B" * 40_000,
        "Call " * 36_000,
        "Call" + " " * 180_000,
        "[@" * 90_000,
        "{ref:" * 36_000,
        "](" * 90_000,
        "\n" * 180_000,
        "- > " * 45_000,
        "§ 1 " * 20_000,
    ],
)
def test_whatever_is_written_is_looked_at_in_a_moment(words):
    started = time.process_time()
    found_in(words)
    warnings_in(Text(words, 7))
    assert time.process_time() - started < 3


def warnings_in(*parts):
    problems = Problems("lesson.md")
    warn_of_figures(parts, "x", problems)
    return [(p.line, p.code.value) for p in problems.warnings]


@pytest.mark.parametrize(
    "words", ["40 women said so.", "It was 12%.", "Three per cent left.", "It is one in three."]
)
def test_a_figure_without_a_source_is_pointed_at(words):
    assert warnings_in(Text(f"Before.\n\n{words}", 7)) == [(9, "not-cited")]


@pytest.mark.parametrize(
    "words",
    [
        "40 women said so\n[@gilbert-2025: Findings].",
        "1. First\n2. Second",
        "Take 10 to 15 minutes.",
        "At 9:30 the bus leaves.",
        "See lesson 3 and phases 5 to 8.",
        "Competency C12.",
        "| Phase | Who |\n|---|---|\n| 1 Awareness | Peer |",
    ],
)
def test_other_numbers_are_not(words):
    assert warnings_in(Text(words, 7)) == []


def test_a_check_with_a_source_may_name_figures():
    option = CheckOption("a", "Yes.", "It was 40 of 50.")
    assert warnings_in(Check("a", "Which?", (option,))) == [(1, "not-cited")]
