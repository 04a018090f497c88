"""The body of a lesson, cut into prose and fenced blocks; each block is read and checked."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lms.content.checks import check_ids
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import is_kebab
from lms.rules.curriculum import (
    Check,
    Exercise,
    LocalEntries,
    PhaseShown,
    Reflection,
    Situation,
    Text,
)

_FENCE = re.compile(r"(?P<marks>`{3,}|~{3,})[ \t]*(?P<kind>[^`]*?)[ \t]*")
_INDENTED_FENCE = re.compile(r"[ \t]+(?:`{3,}|~{3,})")

_SHAPES: dict[str, type[Any]] = {
    "check": Check,
    "situation": Situation,
    "reflection": Reflection,
    "exercise": Exercise,
    "phase": PhaseShown,
    "local": LocalEntries,
}


@dataclass(frozen=True, slots=True)
class Run:
    """Some lines of a body: prose where `kind` is empty, else the inside of a fenced block."""

    kind: str
    text: str
    line: int


def cut(body: str, first_line: int, problems: Problems) -> list[Run]:
    """Return a body as runs in reading order. `first_line` is the line of the body's first line."""
    runs: list[Run] = []
    lines = enumerate(body.split("\n"), start=first_line)
    prose: list[tuple[int, str]] = []
    for number, line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is None:
            _note_indented(line, number, problems)
            prose.append((number, line))
            continue
        runs.extend(_prose(prose))
        prose = []
        inside = list(_until_closed(lines, fence["marks"], number, problems))
        runs.append(Run(fence["kind"] or "?", "\n".join(inside), number + 1))
    runs.extend(_prose(prose))
    return runs


def read_part(run: Run, problems: Problems) -> Text | Written[Any] | None:
    """Return prose as it is and a block as its definition, or None where it cannot be used."""
    if not run.kind:
        return Text(run.text, run.line)
    shape = _SHAPES.get(run.kind)
    if shape is None:
        message = f"'{run.kind}' is not a block. A fence names one of: {', '.join(_SHAPES)}."
        problems.add(ProblemCode.UNKNOWN_BLOCK, message, line=run.line - 1)
        return None
    written = read_written(shape, run.text, problems, run.line)
    if written is not None:
        _check_block(written)
    return written


def _prose(lines: list[tuple[int, str]]) -> Iterator[Run]:
    """Yield the prose between two blocks, without the empty lines around it."""
    filled = [position for position, (_, line) in enumerate(lines) if line.strip()]
    if filled:
        kept = lines[filled[0] : filled[-1] + 1]
        yield Run("", "\n".join(line for _, line in kept), kept[0][0])


def _until_closed(
    lines: Iterator[tuple[int, str]], marks: str, opened: int, problems: Problems
) -> Iterator[str]:
    """Yield the lines of a block and use up its closing fence."""
    for _, line in lines:
        closing = line.rstrip()
        if len(closing) >= len(marks) and set(closing) == set(marks):
            return
        yield line
    message = f"The block that starts here is never closed. End it with a line of {marks}."
    problems.add(ProblemCode.BROKEN_BLOCK, message, line=opened)


def _note_indented(line: str, number: int, problems: Problems) -> None:
    if _INDENTED_FENCE.match(line):
        message = "A block starts at the left edge. Remove the spaces before the fence."
        problems.add(ProblemCode.BROKEN_BLOCK, message, line=number)


def _check_block(written: Written[Any]) -> None:
    block = written.value
    if not isinstance(block, LocalEntries) and not is_kebab(block.id):
        message = f"The id '{block.id}' must be in kebab-case, such as 'first-contact'."
        written.add(ProblemCode.BAD_ID, message, "id")
    check = _CHECKS.get(type(block))
    if check is not None:
        check(written)


def _check_check(written: Written[Check]) -> None:
    check = written.value
    check_ids(written, check.options, "options")
    right = sum(option.right for option in check.options)
    if len(check.options) < 2:
        message = "A check needs two options or more."
        written.add(ProblemCode.RIGHT_ANSWER, message, "options")
    elif right == 0:
        message = "No option is right. Add `right: true` to one."
        written.add(ProblemCode.RIGHT_ANSWER, message, "options")
    elif right > 1 and not check.several:
        message = f"{right} options are right. Keep one, or write `several: true`."
        written.add(ProblemCode.RIGHT_ANSWER, message, "options")


def _check_situation(written: Written[Situation]) -> None:
    steps = written.value.steps
    check_ids(written, steps, "steps")
    if not steps:
        written.add(ProblemCode.EMPTY, "A situation needs a step.", "steps")
    places = {step.id: position for position, step in enumerate(steps)}
    reached = {0}
    for position, step in enumerate(steps):
        check_ids(written, step.choices, "steps", position, "choices")
        if len(step.choices) < 2:
            message = "A step needs two choices or more."
            written.add(ProblemCode.EMPTY, message, "steps", position, "choices")
        for number, choice in enumerate(step.choices):
            if not choice.then:
                continue
            target = places.get(choice.then, -1)
            reached.add(target)
            if target <= position:
                message = f"'then' must name a later step. '{choice.then}' is none."
                spot = ("steps", position, "choices", number, "then")
                written.add(ProblemCode.NEXT_STEP, message, *spot)
    _check_reached(written, reached)


def _check_reached(written: Written[Situation], reached: set[int]) -> None:
    for position, step in enumerate(written.value.steps):
        if position not in reached:
            message = f"No choice leads to the step '{step.id}'. Let a `then` name it."
            written.add(ProblemCode.NEXT_STEP, message, "steps", position, "id")


_CHECKS: dict[type[Any], Callable[[Written[Any]], None]] = {
    Check: _check_check,
    Situation: _check_situation,
}
