"""Everything that is written in files, read and checked together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lms.content.agreements import WrittenAgreement, read_agreement
from lms.content.assessments import check_assessment, read_assessment
from lms.content.checks import check_shared
from lms.content.definitions import Written
from lms.content.errors import ContentProblem, Problems
from lms.content.local_law import check_local_law_in
from lms.content.module_checks import Beside, check_module, pictures_used, whole_module
from lms.content.modules import (
    REFERENCES_FILE,
    WrittenModule,
    lesson_slugs,
    module_folders,
    module_texts,
    read_module,
    read_references,
)
from lms.content.packs import FOLDER as PACKS
from lms.content.packs import check_pack, read_pack
from lms.content.pictures import Picture
from lms.content.programmes import (
    check_circles,
    check_programme,
    check_programme_file,
    read_programme,
)
from lms.content.roleplays import check_scenario, read_rubric, read_scenario
from lms.content.strangers import note_strangers
from lms.content.texts import TextChecks, Used
from lms.content.vocabulary import (
    Vocabulary,
    check_vocabulary,
    read_vocabulary,
)
from lms.rules.agreements import Agreement
from lms.rules.assessments.definition import Assessment
from lms.rules.curriculum import (
    Coverage,
    Glossary,
    Module,
    Pack,
    PhaseList,
)
from lms.rules.definitions import ReferenceList
from lms.rules.programmes import Programme
from lms.rules.roleplays import Rubric, Scenario
from lms.rules.verdict import Known

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Library:
    """All definitions, each kind in the order of its file names, and what to look at.

    Shape: `sources` are the files of each module as they are written, by name.
    """

    references: ReferenceList
    modules: tuple[Module, ...]
    assessments: tuple[Assessment, ...]
    rubrics: tuple[Rubric, ...]
    scenarios: tuple[Scenario, ...]
    agreements: tuple[Agreement, ...]
    programmes: tuple[Programme, ...]
    packs: tuple[Pack, ...] = ()
    glossary: Glossary = field(default_factory=Glossary)
    phases: PhaseList = field(default_factory=PhaseList)
    coverage: Coverage = field(default_factory=Coverage)
    pictures: dict[str, tuple[Picture, ...]] = field(default_factory=dict)
    warnings: tuple[ContentProblem, ...] = ()
    sources: dict[str, dict[str, str]] = field(default_factory=dict)


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
    packs: dict[Path, Written[Pack]]
    vocabulary: Vocabulary


def load_library(root: Path) -> Library:
    """Return everything under `root`, which holds `modules/`, `assessments/` and `programmes/`.

    Raises: one `ContentError` with every problem of every file.
    """
    problems = Problems()
    read = _read(root, problems)
    used = _check(read, root, problems)
    problems.settle()
    lists = read.vocabulary
    if not (read.references and lists.glossary and lists.phases and lists.coverage):
        raise AssertionError("A list that cannot be read has problems.")
    pictures = {
        written.module.slug: pictures_used(written.folder, used[path])
        for path, written in read.modules.items()
    }
    return Library(
        read.references.value,
        tuple(
            whole_module(written.module, used[path], lists, pictures[written.module.slug])
            for path, written in read.modules.items()
        ),
        _values(read.assessments),
        _values(read.rubrics),
        _values(read.scenarios),
        tuple(written.agreement for written in read.agreements.values()),
        _values(read.programmes),
        _values(read.packs),
        lists.glossary.value,
        lists.phases.value,
        lists.coverage.value,
        pictures,
        tuple(sorted(set(problems.warnings))),
        {w.module.slug: module_texts(w.folder) for w in read.modules.values()},
    )


def _values(written: dict[Path, Written[T]]) -> tuple[T, ...]:
    return tuple(one.value for one in written.values())


def _read(root: Path, problems: Problems) -> _Read:
    modules, assessments = root / "modules", root / "assessments"
    programmes = root / "programmes"
    references_file = modules / REFERENCES_FILE
    for folder in (modules, assessments, programmes):
        note_strangers(folder, root, problems)
    return _Read(
        read_references(references_file, _on(references_file, root, problems)),
        _each(read_module, module_folders(modules), root, problems),
        _each(read_assessment, _files(assessments, "*.yaml"), root, problems),
        _each(read_rubric, _files(assessments / "rubrics", "*.yaml"), root, problems),
        _each(read_scenario, _files(assessments / "scenarios", "*.yaml"), root, problems),
        _each(read_agreement, _files(programmes / "agreements", "*.md"), root, problems),
        _each(read_programme, _files(programmes, "*.yaml"), root, problems),
        _each(read_pack, _files(modules / PACKS, "*.yaml"), root, problems),
        read_vocabulary(modules, problems.on(modules.name)),
    )


def _each(
    read: Callable[[Path, Problems], T | None],
    paths: Iterable[Path],
    root: Path,
    problems: Problems,
) -> dict[Path, T]:
    found = ((path, read(path, _on(path, root, problems))) for path in paths)
    return {path: written for path, written in found if written is not None}


def _check(read: _Read, root: Path, problems: Problems) -> dict[Path, Used]:
    """Check what files say of each other; return what the texts of each module use."""
    references = read.references.value if read.references else None
    ids = {reference.id for reference in references.references} if references else None
    folders = module_folders(root / "modules")
    lessons = {folder.name: frozenset(lesson_slugs(folder)) for folder in folders}
    vocabulary = read.vocabulary
    texts = TextChecks(references, lessons, vocabulary.terms, vocabulary.phases_by_id)
    competencies = {e.id for rubric in read.rubrics.values() for e in rubric.value.competencies}
    beside = Beside(texts, vocabulary, ids, competencies)
    used: dict[Path, Used] = {}
    for path, module in read.modules.items():
        used[path] = check_module(module, beside, _on(path, root, problems))
    _check_lists(read, ids, texts)
    for path, assessment in read.assessments.items():
        check_assessment(assessment, path, ids, lessons)
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
    known = _known(read, root, lessons)
    for path, programme in read.programmes.items():
        check_programme_file(programme, path)
        check_programme(programme, known)
    check_circles(read.programmes.values())
    return used


def _check_lists(read: _Read, ids: set[str] | None, texts: TextChecks) -> None:
    """Check the lists that all modules share, and the packs."""
    rubrics = (written.value for written in read.rubrics.values())
    competencies = {entry.id for rubric in rubrics for entry in rubric.competencies}
    lists = read.vocabulary
    check_vocabulary(lists, ids, competencies)
    for written in (lists.glossary, lists.phases, lists.coverage, *read.packs.values()):
        if written is not None:
            texts.check_fields(written)
    for words in (lists.glossary, lists.phases):
        if words is not None:
            check_local_law_in(words)
    for pack in read.packs.values():
        check_pack(pack, ids)


def _known(read: _Read, root: Path, lessons: Mapping[str, frozenset[str]]) -> Known:
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
        modules=frozenset(lessons),
        assessments=assessments if all_assessments else None,
        rubrics=rubrics if all_rubrics else None,
        scenarios=frozenset(path.stem for path in _files(folder / "scenarios", "*.yaml")),
        agreements=frozenset(path.stem for path in _files(papers / "agreements", "*.md")),
        programmes=frozenset(path.stem for path in _files(papers, "*.yaml")),
        lessons=lessons,
    )


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith((".", "_")))


def _on(path: Path, root: Path, problems: Problems) -> Problems:
    return problems.on(path.relative_to(root).as_posix())
