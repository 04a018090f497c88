"""What can be published: each thing of a library with its kind, slug, title and rendering."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.content.library import Library
from lms.content.rendering import rendered_module_json
from lms.content.versions import ContentKind
from lms.rules.curriculum import Module
from lms.rules.definitions import ReferenceList


@dataclass(frozen=True, slots=True)
class Publication:
    """One thing to publish: its kind, slug, title, definition, and how its cache is rendered.

    Shape: `source` are a module's files as they were written, by name; `note` is what its author
           says of the change, and `changes_learning` whether it alters what is learnt.
    """

    kind: ContentKind
    slug: str
    title: str
    definition: Any
    render: Callable[[], str] | None = None
    source: Mapping[str, str] | None = None
    note: str = ""
    changes_learning: bool = True


def publications(library: Library) -> Iterator[Publication]:
    """Yield everything of a library in the order that it must be published in."""
    kind = ContentKind
    yield Publication(kind.REFERENCES, "references", "References", library.references)
    yield Publication(kind.GLOSSARY, "glossary", "Words", library.glossary)
    yield Publication(kind.PHASES, "phases", "Phases", library.phases)
    yield Publication(kind.COVERAGE, "coverage", "Coverage", library.coverage)
    for module in library.modules:
        render = _renderer(module, library.references)
        yield publication_of(module, render, library.sources.get(module.slug))
    for assessment in library.assessments:
        for item in assessment.items:
            slug = f"{assessment.id}/{item.id}"
            yield Publication(kind.ITEM, slug, item.id, item)
        yield Publication(kind.ASSESSMENT, assessment.id, assessment.title, assessment)
    for rubric in library.rubrics:
        yield Publication(kind.RUBRIC, rubric.id, rubric.title, rubric)
    for scenario in library.scenarios:
        yield Publication(kind.SCENARIO, scenario.id, scenario.title, scenario)
    for agreement in library.agreements:
        yield Publication(kind.AGREEMENT, agreement.slug, agreement.head.title, agreement)
    for programme in library.programmes:
        yield Publication(kind.PROGRAMME, programme.id, programme.title, programme)
    for pack in library.packs:
        yield Publication(kind.PACK, pack.id, pack.title, pack)


def publication_of(
    module: Module,
    rendered: str | Callable[[], str],
    source: Mapping[str, str] | None,
    *,
    note: str = "",
    changes_learning: bool = True,
) -> Publication:
    """Return what it takes to publish a module; `rendered` may wait until it is needed."""
    render = (lambda: rendered) if isinstance(rendered, str) else rendered
    title = module.head.title
    kind = ContentKind.MODULE
    return Publication(kind, module.slug, title, module, render, source, note, changes_learning)


def _renderer(module: Module, references: ReferenceList) -> Callable[[], str]:
    return lambda: rendered_module_json(module, references)
