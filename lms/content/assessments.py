"""Assessments from their files, and whether their credits and domains make sense."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from lms.content.checks import check_file_name, check_ids, check_shared
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, read_text
from lms.rules.assessments.definition import (
    Assessment,
    Credit,
    Item,
    MultipleItem,
    Option,
    SingleItem,
    TrueFalseItem,
)

_CREDIT = re.compile(r"-?[0-9]{1,6}(?:/0*[1-9][0-9]{0,5}|\.[0-9]{1,6})?")


def load_assessment(path: Path) -> Assessment:
    """Return the assessment of a file; it may leave out words, so that one item is enough.

    Raises: `ContentError` with every problem. What a published assessment needs besides (words,
            feedback, sources, a full mark that can be reached) is checked by `load_library`.
    """
    problems = Problems(path.name)
    written = read_assessment(path, problems)
    problems.settle()
    if written is None:
        raise AssertionError("An assessment that cannot be read has problems.")
    return written.value


def read_assessment(path: Path, problems: Problems) -> Written[Assessment] | None:
    """Return an assessment as written, or None; ids, credits and domains are checked."""
    text = read_text(path, problems, YAML_LIMIT_BYTES)
    written = read_written(Assessment, text, problems) if text is not None else None
    if written is None:
        return None
    assessment = written.value
    check_ids(written, assessment.items, "items")
    check_ids(written, assessment.domains, "domains")
    if not assessment.items:
        written.add(ProblemCode.EMPTY, "An assessment needs an item.", "items")
    for position, item in enumerate(assessment.items):
        _check_domain(written, item, position)
        _check_figures(written, item, position)
    return written


def check_assessment(
    written: Written[Assessment],
    path: Path,
    references: set[str] | None,
    lessons: Mapping[str, frozenset[str]],
) -> None:
    """Check what an assessment needs before it is published; `lessons` are those of each module."""
    check_file_name(written, written.value.id, path)
    check_shared(written, references)
    for key in ("title", "introduction"):
        if not getattr(written.value, key).strip():
            written.add(ProblemCode.MISSING_KEY, f"'{key}' is missing. Add it.", key)
    used = {item.domain for item in written.value.items}
    for position, domain in enumerate(written.value.domains):
        if domain.id not in used:
            message = f"No item is of the domain '{domain.id}'. Add one, or take it out."
            written.add(ProblemCode.UNKNOWN_DOMAIN, message, "domains", position, "id")
    for position, item in enumerate(written.value.items):
        _check_words(written, item, position)
        _check_taught(written, item, position, lessons)
        if isinstance(item, SingleItem):
            _check_single(written, item, position)
        elif isinstance(item, MultipleItem):
            _check_multiple(written, item, position)


def exact(credit: Credit) -> Fraction | None:
    """Return a credit such as `1`, `"-1/3"` or `"0.25"` exactly, or None if it is no number."""
    written = str(credit)
    return Fraction(written) if _CREDIT.fullmatch(written) else None


def _check_domain(written: Written[Assessment], item: Item, position: int) -> None:
    known = [domain.id for domain in written.value.domains]
    if known and item.domain not in known:
        message = f"'{item.domain}' is no domain of this assessment: {', '.join(known)}."
        written.add(ProblemCode.UNKNOWN_DOMAIN, message, "items", position, "domain")


def _check_figures(written: Written[Assessment], item: Item, position: int) -> None:
    """Note credits, points and bounds that are no numbers, and lists of options that are none."""
    points = exact(item.points)
    if points is None or points <= 0:
        message = "'points' must be a number above 0, such as 1 or 1/2."
        written.add(ProblemCode.CREDIT, message, "items", position, "points")
    if isinstance(item, TrueFalseItem):
        return
    check_ids(written, item.options, "items", position, "options")
    if len(item.options) < 2:
        message = "An item needs two options or more."
        written.add(ProblemCode.EMPTY, message, "items", position, "options")
    for number, option in enumerate(item.options):
        if exact(option.credit) is None:
            message = f"'{option.credit}' is no credit. Write a number such as 1, 1/4 or -1/3."
            spot = ("items", position, "options", number, "credit")
            written.add(ProblemCode.CREDIT, message, *spot)
    if isinstance(item, MultipleItem):
        _check_bounds(written, item, position)


def _check_bounds(written: Written[Assessment], item: MultipleItem, position: int) -> None:
    floor, cap = exact(item.floor), exact(item.cap)
    if floor is None or cap is None or floor >= cap or cap > 1:
        message = "'floor' must be below 'cap', and 'cap' at most 1."
        written.add(ProblemCode.CREDIT, message, "items", position, "cap")


def _check_words(written: Written[Assessment], item: Item, position: int) -> None:
    place = ("items", position)
    keys = ["stem"]
    if isinstance(item, TrueFalseItem):
        keys += ["feedback_true", "feedback_false"]
    for key in keys:
        if not getattr(item, key).strip():
            message = f"'{key}' is missing. Add it."
            written.add(ProblemCode.MISSING_KEY, message, *place, key)
    for number, option in enumerate(() if isinstance(item, TrueFalseItem) else item.options):
        for key in ("text", "feedback"):
            if not getattr(option, key).strip():
                message = f"'{key}' is missing. Each option has its own."
                written.add(ProblemCode.MISSING_KEY, message, *place, "options", number, key)


def _check_taught(
    written: Written[Assessment],
    item: Item,
    position: int,
    lessons: Mapping[str, frozenset[str]],
) -> None:
    for number, name in enumerate(item.taught_in):
        module, _, lesson = name.partition("/")
        if lesson not in lessons.get(module, ()):
            message = f"There is no lesson '{name}'. Write it as module/lesson, or take it out."
            spot = ("items", position, "taught_in", number)
            written.add(ProblemCode.UNKNOWN_LESSON, message, *spot)


def _check_single(written: Written[Assessment], item: SingleItem, position: int) -> None:
    earned = _credits(item.options)
    best = sum(credit == 1 for credit in earned)
    if max(earned, default=Fraction(0)) > 1:
        message = "No option earns more than 1. Use 'points' to make an item count more."
        written.add(ProblemCode.CREDIT, message, "items", position, "options")
    elif best != 1 and not item.reason.strip():
        message = f"{best} options have credit 1. Give it to exactly one, or say why in 'reason'."
        written.add(ProblemCode.RIGHT_ANSWER, message, "items", position, "options")


def _check_multiple(written: Written[Assessment], item: MultipleItem, position: int) -> None:
    cap = exact(item.cap)
    earned = _credits(item.options)
    if cap is None or len(earned) < len(item.options):
        return
    if sum(earned) >= cap:
        message = "Ticking everything earns the full mark. Give wrong options a credit below 0."
        written.add(ProblemCode.RIGHT_ANSWER, message, "items", position, "options")
    if sum(credit for credit in earned if credit > 0) < cap:
        message = "The full mark cannot be reached. The right options must add up to 'cap'."
        written.add(ProblemCode.RIGHT_ANSWER, message, "items", position, "options")


def _credits(options: Sequence[Option]) -> list[Fraction]:
    return [credit for option in options if (credit := exact(option.credit)) is not None]
