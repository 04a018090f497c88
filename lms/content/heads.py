"""The YAML head of a Markdown file, and the body under it."""

from dataclasses import dataclass

from lms.content.errors import ProblemCode, Problems

_RULE = "---"


@dataclass(frozen=True, slots=True)
class Divided:
    """A file in two: the head's YAML, which starts on line 2, and the body with its first line."""

    head: str
    body: str
    body_line: int


def divide(text: str, problems: Problems) -> Divided | None:
    """Return head and body, or None where the head is missing or not closed."""
    lines = text.split("\n")
    if lines[0].rstrip() != _RULE:
        message = "The file must start with a head: a line of ---, the keys, a line of ---."
        problems.add(ProblemCode.BROKEN_HEAD, message)
        return None
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _RULE:
            head, body = "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
            return Divided(head, body, number + 2)
    message = "The head is not closed. Add a line of --- after its last key."
    problems.add(ProblemCode.BROKEN_HEAD, message)
    return None
