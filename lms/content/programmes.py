"""Programmes from their files; whether they make sense is asked of the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.content.checks import check_file_name
from lms.content.definitions import Written, read_written
from lms.content.errors import ContentProblem, ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, is_kebab, read_text
from lms.content.yaml import Place
from lms.rules.programmes import Programme
from lms.rules.programmes.circles import circles_in
from lms.rules.verdict import Known, problems_in

_CODES: Mapping[str, ProblemCode] = {
    "doubled": ProblemCode.DUPLICATE_ID,
    "empty": ProblemCode.EMPTY,
    "figure": ProblemCode.FIGURE,
    "id": ProblemCode.BAD_ID,
    "no-source": ProblemCode.NO_SOURCE,
    "unknown": ProblemCode.UNKNOWN_NAME,
}


def load_programme(path: Path) -> Programme:
    """Return the programme of a file, checked by itself.

    Raises: `ContentError` with every problem. Whether what it names exists is checked by
            `load_library`.
    """
    problems = Problems(path.name)
    written = read_programme(path, problems)
    if written is not None:
        check_programme(written, Known())
    problems.settle()
    if written is None:
        raise AssertionError("A programme that cannot be read has problems.")
    return written.value


def read_programme(path: Path, problems: Problems) -> Written[Programme] | None:
    """Return a programme as written, or None where it cannot be used."""
    text = read_text(path, problems, YAML_LIMIT_BYTES)
    return read_written(Programme, text, problems) if text is not None else None


def check_programme(written: Written[Programme], known: Known) -> None:
    """Note everything the rules find wrong with a programme. What is None in `known` may be."""
    for problem in problems_in(written.value, known):
        code = _CODES.get(problem.code, ProblemCode.OUT_OF_RANGE)
        written.add(code, problem.message, *problem.path)


def check_circles(programmes: Iterable[Written[Programme]]) -> None:
    """Note each programme that asks for a certificate which asks for its own first."""
    by_id = {written.value.id: written for written in programmes}
    found = circles_in({name: written.value for name, written in by_id.items()})
    for name, path, others in found:
        _add_circle(by_id[name], path, others)


def check_programme_file(written: Written[Programme], path: Path) -> None:
    """Note an id that differs from the name of the file."""
    check_file_name(written, written.value.id, path)


@dataclass(frozen=True, slots=True)
class Checked:
    """A programme's text as it was read. `programme` is None where it cannot be made out."""

    programme: Programme | None
    problems: tuple[ContentProblem, ...]


def checked_text(
    text: str, file: str, known: Known, others: Mapping[str, Programme], *, slug: str = ""
) -> Checked:
    """Return a programme from its text, checked as strictly as a file.

    Shape: `others` are the programmes beside it by id, for circles; `slug` is the id it must have,
           "" for any.
    """
    problems = Problems(file)
    written = read_written(Programme, text, problems)
    if written is None:
        return Checked(None, tuple(problems.found))
    one = written.value
    if slug and one.id != slug:
        message = f"The id must stay “{slug}”. To make another programme, take its text in anew."
        written.add(ProblemCode.BAD_ID, message, "id")
    if not is_kebab(one.id):
        written.add(ProblemCode.BAD_ID, "Write an id in small letters, digits and hyphens.", "id")
    check_programme(written, known)
    for name, path, asked in circles_in({**others, one.id: one}):
        if name == one.id:
            _add_circle(written, path, asked)
    return Checked(one, tuple(sorted(set(problems.found))))


def _add_circle(written: Written[Programme], path: Place, others: tuple[str, ...]) -> None:
    message = (
        f"Nobody could ever meet this: {', '.join(others)} cannot be had without "
        f"“{written.value.id}”. Open another way in one of them."
    )
    written.add(ProblemCode.OUT_OF_RANGE, message, *path)
