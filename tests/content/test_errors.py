"""Problems are listed in order, once each, for people and for machines."""

import pytest

from lms.content.errors import ContentError, ProblemCode, Problems


def test_problems_of_all_files_come_sorted_and_once():
    problems = Problems("b.md")
    problems.add(ProblemCode.EMPTY, "Later.", line=9, path="title")
    problems.add(ProblemCode.EMPTY, "Later.", line=9, path="title")
    problems.on("a.md").add(ProblemCode.DEAD_LINK, "Sooner.")
    with pytest.raises(ContentError) as caught:
        problems.settle()
    assert [str(problem) for problem in caught.value.problems] == [
        "a.md:1: Sooner.",
        "b.md:9: title: Later.",
    ]


def test_the_machine_form_has_the_five_keys():
    problems = Problems("a.md")
    problems.add(ProblemCode.MISSING_KEY, "Add it.", line=3, path="title")
    assert ContentError(problems.found).as_json() == {
        "errors": [
            {
                "file": "a.md",
                "line": 3,
                "path": "title",
                "code": "missing-key",
                "message": "Add it.",
            }
        ]
    }


def test_nothing_found_raises_nothing():
    assert Problems("a.md").settle() is None
