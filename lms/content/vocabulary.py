"""The lists that all modules share: words, phases, and what a curriculum is measured against."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lms.content.checks import check_ids, check_shared
from lms.content.definitions import Written, read_written
from lms.content.errors import TO_ADD, ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, read_text
from lms.rules.curriculum import Coverage, Glossary, Phase, PhaseList, Subject, Term

T = TypeVar("T")

GLOSSARY_FILE = "glossary.yaml"
PHASES_FILE = "phases.yaml"
COVERAGE_FILE = "coverage.yaml"

COVERS = {
    "topics": "topic",
    "attributes": "attribute",
    "standards": "standard",
    "roles": "role",
    "phases": "phase",
}
"""The lists of a lesson's `covers` and of the coverage file, and what one entry of each is."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The three lists as written. None is one that could not be read: then it is not judged."""

    glossary: Written[Glossary] | None
    phases: Written[PhaseList] | None
    coverage: Written[Coverage] | None

    @property
    def terms(self) -> dict[str, Term] | None:
        """The words by id."""
        return {term.id: term for term in self.glossary.value.terms} if self.glossary else None

    @property
    def phases_by_id(self) -> dict[str, Phase] | None:
        """The phases by id."""
        return {phase.id: phase for phase in self.phases.value.phases} if self.phases else None


def read_vocabulary(folder: Path, problems: Problems) -> Vocabulary:
    """Return the lists of a `modules/` folder; one without a file is empty."""
    found = Vocabulary(
        _read(Glossary, folder / GLOSSARY_FILE, problems),
        _read(PhaseList, folder / PHASES_FILE, problems),
        _read(Coverage, folder / COVERAGE_FILE, problems),
    )
    if found.glossary:
        check_ids(found.glossary, found.glossary.value.terms, "terms")
        _note_same_terms(found.glossary)
    if found.phases:
        check_ids(found.phases, found.phases.value.phases, "phases")
        _note_empty_lists(found.phases)
    if found.coverage:
        _check_subjects(found.coverage)
    return found


def check_vocabulary(
    vocabulary: Vocabulary, references: Collection[str] | None, competencies: Collection[str]
) -> None:
    """Check sources, that the phases are those of the coverage file, and what is left out."""
    for written in (vocabulary.glossary, vocabulary.phases, vocabulary.coverage):
        if written is not None:
            check_shared(written, references)
    if vocabulary.coverage and vocabulary.phases and vocabulary.phases.value.phases:
        _compare_phases(vocabulary.coverage, vocabulary.phases)
    if vocabulary.coverage:
        _check_omitted(vocabulary.coverage, competencies)


def unknown(word: str, kind: str, file: str, known: Iterable[str]) -> str:
    """Return the sentence for an id that a list does not hold."""
    near = difflib.get_close_matches(word, list(known), n=1)
    meant = f" Did you mean '{near[0]}'?" if near else f" {TO_ADD}"
    return f"The {kind} '{word[:80]}' is not in {file}.{meant}"


def _read(shape: type[T], path: Path, problems: Problems) -> Written[T] | None:
    own = problems.on(f"{problems.file}/{path.name}".lstrip("/"))
    if not path.is_file():
        return read_written(shape, "{}", own)
    text = read_text(path, own, YAML_LIMIT_BYTES)
    return read_written(shape, text, own) if text is not None else None


def _note_same_terms(written: Written[Glossary]) -> None:
    seen: dict[str, int] = {}
    for position, term in enumerate(written.value.terms):
        word = term.term.casefold()
        if word in seen:
            first = written.document.line_of(("terms", seen[word], "term"))
            message = f"'{term.term}' is on line {first} already. Keep one."
            written.add(ProblemCode.DUPLICATE_ID, message, "terms", position, "term")
        seen.setdefault(word, position)


def _note_empty_lists(written: Written[PhaseList]) -> None:
    for position, phase in enumerate(written.value.phases):
        for key in ("peers", "peers_not"):
            lines = getattr(phase, key)
            if not lines or not all(line.strip() for line in lines):
                message = f"'{key}' is empty, or has an empty line. Say at least one thing."
                written.add(ProblemCode.EMPTY, message, "phases", position, key)


def _check_subjects(written: Written[Coverage]) -> None:
    for key in COVERS:
        subjects: tuple[Subject, ...] = getattr(written.value, key)
        check_ids(written, subjects, key)


def _compare_phases(coverage: Written[Coverage], phases: Written[PhaseList]) -> None:
    listed = [subject.id for subject in coverage.value.phases]
    there = [phase.id for phase in phases.value.phases]
    for position, identifier in enumerate(listed):
        if identifier not in there:
            message = unknown(identifier, "phase", PHASES_FILE, there)
            coverage.add(ProblemCode.UNKNOWN_PHASE, message, "phases", position, "id")
    for position, identifier in enumerate(there):
        if identifier not in listed:
            message = unknown(identifier, "phase", COVERAGE_FILE, listed)
            phases.add(ProblemCode.UNKNOWN_PHASE, message, "phases", position, "id")


def _check_omitted(written: Written[Coverage], competencies: Collection[str]) -> None:
    plural = {kind: key for key, kind in COVERS.items()}
    seen: set[tuple[str, str]] = set()
    for position, omission in enumerate(written.value.omitted):
        place = ("omitted", position, "id")
        if omission.kind == "competency":
            known = list(competencies)
        else:
            known = [subject.id for subject in getattr(written.value, plural[omission.kind])]
        if omission.id not in known:
            message = f"There is no {omission.kind} '{omission.id}'. Mend the id, or take it out."
            written.add(ProblemCode.UNKNOWN_SUBJECT, message, *place)
        if (omission.kind, omission.id) in seen:
            message = f"'{omission.id}' is left out twice. Keep one reason."
            written.add(ProblemCode.DUPLICATE_ID, message, *place)
        seen.add((omission.kind, omission.id))
