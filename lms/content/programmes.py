"""Programmes from their files; whether they make sense is asked of the rules."""

from collections.abc import Mapping
from pathlib import Path

from lms.content.checks import check_file_name
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, read_text
from lms.rules.programmes import Programme
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


def check_programme_file(written: Written[Programme], path: Path) -> None:
    """Note an id that differs from the name of the file."""
    check_file_name(written, written.value.id, path)
