"""Everything that is written in files, read and checked together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lms.content.agreements import WrittenAgreement, read_agreement
from lms.content.assessments import check_assessment, read_assessment
from lms.content.checks import check_shared
from lms.content.definitions import Written
from lms.content.errors import ProblemCode, Problems
from lms.content.modules import (
    REFERENCES_FILE,
    WrittenModule,
    check_module_shared,
    lesson_slugs,
    module_folders,
    read_module,
    read_references,
)
from lms.content.programmes import check_programme, check_programme_file, read_programme
from lms.content.roleplays import check_scenario, read_rubric, read_scenario
from lms.content.texts import TextChecks
from lms.rules.agreements import Agreement
from lms.rules.assessments.definition import Assessment
from lms.rules.curriculum import Module
from lms.rules.definitions import ReferenceList
from lms.rules.programmes import Programme
from lms.rules.roleplays import Rubric, Scenario
from lms.rules.verdict import Known

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Library:
    """All definitions, each kind in the order of its file names."""

    references: ReferenceList
    modules: tuple[Module, ...]
    assessments: tuple[Assessment, ...]
    rubrics: tuple[Rubric, ...]
    scenarios: tuple[Scenario, ...]
    agreements: tuple[Agreement, ...]
    programmes: tuple[Programme, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """What could be read of a library, file by file. A file that could not be is absent."""

    references: Written[ReferenceList] | None
    modules: dict[Path, WrittenModule]
    assessments: dict[Path, Written[Assessment]]
    rubrics: dict[Path, Written[Rubric]]
    scenarios: dict[Path, Written[Scenario]]
    agreements: dict[Path, WrittenAgreement]
    programmes: dict[Path, Written[Programme]]


def load_library(root: Path) -> Library:
    """Return everything under `root`, which holds `modules/`, `assessments/` and `programmes/`.

    Raises: one `ContentError` with every problem of every file.
    """
    problems = Problems()
    read = _read(root, problems)
    _check(read, root, problems)
    problems.settle()
    if read.references is None:
        raise AssertionError("A list of references that cannot be read has problems.")
    return Library(
        read.references.value,
        tuple(written.module for written in read.modules.values()),
        _values(read.assessments),
        _values(read.rubrics),
        _values(read.scenarios),
        tuple(written.agreement for written in read.agreements.values()),
        _values(read.programmes),
    )


def _values(written: dict[Path, Written[T]]) -> tuple[T, ...]:
    return tuple(one.value for one in written.values())


def _read(root: Path, problems: Problems) -> _Read:
    modules, assessments = root / "modules", root / "assessments"
    programmes = root / "programmes"
    references_file = modules / REFERENCES_FILE
    for folder in (modules, assessments, programmes):
        _note_strangers(folder, root, problems)
    return _Read(
        read_references(references_file, _on(references_file, root, problems)),
        _each(read_module, module_folders(modules), root, problems),
        _each(read_assessment, _files(assessments, "*.yaml"), root, problems),
        _each(read_rubric, _files(assessments / "rubrics", "*.yaml"), root, problems),
        _each(read_scenario, _files(assessments / "scenarios", "*.yaml"), root, problems),
        _each(read_agreement, _files(programmes / "agreements", "*.md"), root, problems),
        _each(read_programme, _files(programmes, "*.yaml"), root, problems),
    )


def _each(
    read: Callable[[Path, Problems], T | None],
    paths: Iterable[Path],
    root: Path,
    problems: Problems,
) -> dict[Path, T]:
    found = ((path, read(path, _on(path, root, problems))) for path in paths)
    return {path: written for path, written in found if written is not None}


def _check(read: _Read, root: Path, problems: Problems) -> None:
    references = read.references.value if read.references else None
    ids = {reference.id for reference in references.references} if references else None
    folders = module_folders(root / "modules")
    lessons = {folder.name: frozenset(lesson_slugs(folder)) for folder in folders}
    texts = TextChecks(references, lessons)
    for path, module in read.modules.items():
        check_module_shared(module, ids)
        texts.check_module(module, _on(path, root, problems))
        _check_competencies(module, read)
    for path, assessment in read.assessments.items():
        check_assessment(assessment, path, ids)
        texts.check_fields(assessment)
    rubrics = {written.value.id: written.value for written in read.rubrics.values()}
    for scenario in read.scenarios.values():
        check_scenario(scenario, rubrics, lessons, ids)
        texts.check_fields(scenario)
    for rubric in read.rubrics.values():
        check_shared(rubric, ids)
        texts.check_fields(rubric)
    for agreement in read.agreements.values():
        check_shared(agreement.head, ids)
        texts.check_fields(agreement.head)
        texts.check_prose(agreement.agreement.text, agreement.text, agreement.head.problems)
    known = _known(read, root, frozenset(lessons))
    for path, programme in read.programmes.items():
        check_programme_file(programme, path)
        check_programme(programme, known)


def _check_competencies(module: WrittenModule, read: _Read) -> None:
    """Note competencies of lessons that no rubric has."""
    rubrics = [written.value for written in read.rubrics.values()]
    known = {competency.id for rubric in rubrics for competency in rubric.competencies}
    if not known:
        return
    for lesson in module.lessons:
        for position, identifier in enumerate(lesson.lesson.head.competencies):
            if identifier not in known:
                message = f"No rubric has a competency '{identifier}'."
                code = ProblemCode.UNKNOWN_COMPETENCY
                lesson.head.add(code, message, "competencies", position)


def _known(read: _Read, root: Path, modules: frozenset[str]) -> Known:
    """Return what programmes may name; a kind of which a file could not be read is not judged."""
    assessments = {
        written.value.id: frozenset(domain.id for domain in written.value.domains)
        for written in read.assessments.values()
    }
    rubrics = {
        written.value.id: frozenset(entry.id for entry in written.value.competencies)
        for written in read.rubrics.values()
    }
    folder, papers = root / "assessments", root / "programmes"
    all_assessments = len(_files(folder, "*.yaml")) == len(read.assessments)
    all_rubrics = len(_files(folder / "rubrics", "*.yaml")) == len(read.rubrics)
    return Known(
        modules=modules,
        assessments=assessments if all_assessments else None,
        rubrics=rubrics if all_rubrics else None,
        scenarios=frozenset(path.stem for path in _files(folder / "scenarios", "*.yaml")),
        agreements=frozenset(path.stem for path in _files(papers / "agreements", "*.md")),
        programmes=frozenset(path.stem for path in _files(papers, "*.yaml")),
    )


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith((".", "_")))


def _on(path: Path, root: Path, problems: Problems) -> Problems:
    return problems.on(path.relative_to(root).as_posix())


_PLACES = {
    "modules": (REFERENCES_FILE,),
    "assessments": ("*.yaml", "rubrics/*.yaml", "scenarios/*.yaml"),
    "programmes": ("*.yaml", "agreements/*.md"),
}


def _note_strangers(folder: Path, root: Path, problems: Problems) -> None:
    """Note files that look like content but stand where nobody reads them."""
    if not folder.is_dir():
        message = f"The folder '{folder.name}' is missing. Add it."
        problems.on(folder.name).add(ProblemCode.MISSING_FILE, message)
        return
    read = {path for pattern in _PLACES[folder.name] for path in folder.glob(pattern)}
    for path in sorted(folder.rglob("*")):
        if folder.name == "modules" and path.suffix == ".md" and path.parent.parent == folder:
            continue  # a module's own files are judged where it is read
        if path.suffix in (".yaml", ".yml", ".md") and path not in read:
            message = "Nothing reads a file of this name here. Move it, or rename it."
            _on(path, root, problems).add(ProblemCode.UNKNOWN_FILE, message)
