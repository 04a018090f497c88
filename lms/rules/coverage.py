"""What a curriculum reaches: which subjects its lessons, checks, items and scenarios are about."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms.rules.assessments.definition import Assessment
from lms.rules.curriculum import Check, Coverage, CoveredKind, Lesson, Module
from lms.rules.roleplays import Rubric, Scenario, names_phase

LISTS: Mapping[CoveredKind, str] = {
    "topic": "topics",
    "attribute": "attributes",
    "standard": "standards",
    "role": "roles",
    "phase": "phases",
}
"""Where the subjects of a kind are listed; competencies are those of the rubrics."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one subject is met.

    Shape: lessons as `module/lesson`, items as `assessment/item`; `checks` counts the checks in
           the lessons; an item counts for a subject where a lesson that teaches the item names it.
    Edge:  `omitted` is the reason why the core leaves it out, "" where there is none.
    """

    kind: CoveredKind
    id: str
    title: str
    modules: tuple[str, ...]
    core_modules: tuple[str, ...]
    lessons: tuple[str, ...]
    checks: int
    items: tuple[str, ...]
    scenarios: tuple[str, ...]
    omitted: str

    @property
    def is_gap(self) -> bool:
        """Say whether no core module teaches it, and nobody has said why."""
        return not self.core_modules and not self.omitted

    @property
    def is_idle(self) -> bool:
        """Say whether something is left out that the core teaches after all."""
        return bool(self.core_modules and self.omitted)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return which ways to practise what is taught are not there yet."""
        if not self.lessons:
            return ()
        ways = {"check": self.checks, "item": self.items}
        if self.kind in ("competency", "phase"):
            ways["scenario"] = self.scenarios
        return tuple(way for way, found in ways.items() if not found)


@dataclass(frozen=True, slots=True)
class Taught:
    """Everything that a curriculum is made of."""

    modules: tuple[Module, ...]
    assessments: tuple[Assessment, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    scenarios: tuple[Scenario, ...] = ()


def reach_of(taught: Taught, coverage: Coverage) -> tuple[Reach, ...]:
    """Return where every subject is met: competencies first, then the lists in their order."""
    reasons = {(entry.kind, entry.id): entry.reason for entry in coverage.omitted}
    return tuple(
        _reach(taught, kind, identifier, title, reasons.get((kind, identifier), ""))
        for kind, identifier, title in _subjects(taught, coverage)
    )


def _subjects(taught: Taught, coverage: Coverage) -> Iterator[tuple[CoveredKind, str, str]]:
    seen: set[str] = set()
    for rubric in taught.rubrics:
        for competency in rubric.competencies:
            if competency.id not in seen:
                seen.add(competency.id)
                yield "competency", competency.id, competency.title
    for kind, name in LISTS.items():
        for subject in getattr(coverage, name):
            yield kind, subject.id, subject.title


def _reach(taught: Taught, kind: CoveredKind, identifier: str, title: str, omitted: str) -> Reach:
    found = [
        (module, lesson)
        for module in taught.modules
        for lesson in module.lessons
        if identifier in _named(lesson, kind)
    ]
    modules = list(dict.fromkeys(module.slug for module, _ in found))
    lessons = tuple(f"{module.slug}/{lesson.slug}" for module, lesson in found)
    return Reach(
        kind=kind,
        id=identifier,
        title=title,
        modules=tuple(modules),
        core_modules=tuple(dict.fromkeys(module.slug for module, _ in found if module.head.core)),
        lessons=lessons,
        checks=sum(isinstance(part, Check) for _, lesson in found for part in lesson.parts),
        items=tuple(_items(taught.assessments, lessons)),
        scenarios=tuple(_scenarios(taught.scenarios, kind, identifier, title)),
        omitted=omitted,
    )


def _named(lesson: Lesson, kind: CoveredKind) -> tuple[str, ...]:
    """Return what a lesson names of a kind."""
    if kind == "competency":
        return lesson.head.competencies
    named: tuple[str, ...] = getattr(lesson.head.covers, LISTS[kind])
    return named


def _items(assessments: Iterable[Assessment], lessons: Collection[str]) -> Iterator[str]:
    for assessment in assessments:
        for item in assessment.items:
            if any(name in lessons for name in item.taught_in):
                yield f"{assessment.id}/{item.id}"


def _scenarios(
    scenarios: Iterable[Scenario], kind: CoveredKind, identifier: str, title: str
) -> Iterator[str]:
    """Yield the scenarios whose criteria show a competency, or that are set in a phase."""
    for scenario in scenarios:
        shown = [name for criterion in scenario.criteria for name in criterion.competencies]
        in_phase = kind == "phase" and names_phase(scenario, title)
        if identifier in shown if kind == "competency" else in_phase:
            yield scenario.id
