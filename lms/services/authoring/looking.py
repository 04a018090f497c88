"""Checking a module on the desk against the whole library, as it is published now."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.desk import Looked, Shelf, leads_of, look_over
from lms.content.errors import ContentProblem, ProblemCode
from lms.content.versions import ContentKind
from lms.models import ContentVersion
from lms.rules.authoring import FileKind, kind_of
from lms.rules.curriculum import Module
from lms.services.authoring.desk import Desk, fingerprint_of
from lms.services.authoring.skeletons import unwritten_lines
from lms.services.publishing import definition_of, find_current_version, list_current_versions

KEPT_IN_MEMORY = 40

_KINDS = ("module", "rubric", "references", "glossary", "phases", "coverage")
_leads: dict[str, tuple[tuple[str, str, str], ...]] = {}
_shelves: dict[tuple[str, int], Shelf] = {}
_looked: dict[tuple[str, str, int], Looked] = {}


def look(session: Session, desk: Desk, instead: Mapping[str, bytes] | None = None) -> Looked:
    """Check a module as it is on the desk; `instead` are files as they are being typed."""
    files = {**desk.files, **(instead or {})}
    stamp = _stamp(session)
    key = (desk.slug, fingerprint_of(desk.base_hash, files), stamp)
    if key not in _looked:
        _make_room(_looked)
        looked = look_over(desk.slug, files, shelf_for(session, desk.slug, stamp))
        found = sorted((*looked.problems, *_unwritten(files)))
        _looked[key] = replace(looked, problems=tuple(found))
    return _looked[key]


def _unwritten(files: Mapping[str, bytes]) -> Iterator[ContentProblem]:
    """Yield a problem for each sentence that a new file came with, and that still stands."""
    message = "This sentence came with the new file. Write your own in its place."
    for name, data in files.items():
        if kind_of(name) is not FileKind.PICTURE:
            for line in unwritten_lines(data.decode()):
                yield ContentProblem(name, line, "", ProblemCode.EMPTY, message)


def _stamp(session: Session) -> int:
    """Return what changes whenever something that a module may refer to is published."""
    query = select(ContentVersion.hash, ContentVersion.id).where(ContentVersion.kind.in_(_KINDS))
    return hash(tuple(sorted((row.id, row.hash) for row in session.execute(query))))


def shelf_for(session: Session, slug: str, stamp: int) -> Shelf:
    """Return the rest of the library beside a module."""
    if (slug, stamp) not in _shelves:
        _make_room(_shelves)
        _shelves[slug, stamp] = _shelf(session, slug)
    return _shelves[slug, stamp]


def _shelf(session: Session, slug: str) -> Shelf:
    versions = [v for v in list_current_versions(session, "module") if v.slug != slug]
    modules: list[Module] = [definition_of(session, version) for version in versions]
    for version, module in zip(versions, modules, strict=True):
        if version.hash not in _leads:
            _leads[version.hash] = leads_of(module)
    found = (lead for version in versions for lead in _leads[version.hash])
    rubrics = [definition_of(session, v) for v in list_current_versions(session, "rubric")]
    return Shelf(
        references=_list(session, ContentKind.REFERENCES),
        lessons={m.slug: frozenset(lesson.slug for lesson in m.lessons) for m in modules},
        glossary=_list(session, ContentKind.GLOSSARY),
        phases=_list(session, ContentKind.PHASES),
        coverage=_list(session, ContentKind.COVERAGE),
        competencies={entry.id for rubric in rubrics for entry in rubric.competencies},
        leads=tuple((where, lesson) for where, module, lesson in found if module == slug),
    )


def _list(session: Session, kind: ContentKind) -> Any:
    version = find_current_version(session, kind, kind.value)
    return definition_of(session, version) if version else None


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= KEPT_IN_MEMORY:
        kept.clear()
