"""A module as it is shown: what was rendered at publishing, and how far a situation has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lms.content.rendering import (
    RenderedCardTold,
    RenderedChoice,
    RenderedLesson,
    RenderedModule,
    RenderedPageTold,
    RenderedReflection,
    RenderedSituation,
    RenderedStep,
    RenderedTranslation,
    from_json,
    render_module,
)
from lms.models import ContentVersion
from lms.rules.curriculum import Module, Situation
from lms.rules.definitions import ReferenceList
from lms.rules.learning import moments_of
from lms.services.curriculum.texts import VersionRef
from lms.services.publishing import definition_of, find_current_version, rendered_of

KEPT_IN_MEMORY = 500


@dataclass(frozen=True, slots=True)
class ShownModule:
    """A rendered module with its lessons, and their equal routes, by slug.

    Shape: `translations` of lessons and `other_translations` of equal routes are by slug and
           language.
    """

    rendered: RenderedModule
    lessons: dict[str, RenderedLesson]
    others: dict[str, RenderedLesson]
    translations: dict[tuple[str, str], RenderedTranslation] = field(default_factory=dict)
    other_translations: dict[tuple[str, str], RenderedTranslation] = field(default_factory=dict)

    def page_in(self, language: str) -> RenderedPageTold | None:
        """Return the module's own page in a language, None where nobody has translated it."""
        there = self.rendered.page_translations
        return next((one for one in there if one.language == language), None)

    def card_in(self, language: str) -> RenderedCardTold | None:
        """Return the card in a language, None where nobody has translated it."""
        there = self.rendered.card_translations
        return next((one for one in there if one.language == language), None)

    @classmethod
    def of(cls, rendered: RenderedModule) -> "ShownModule":
        """Return a rendered module with its texts to be found by name."""
        return cls(
            rendered,
            {lesson.slug: lesson for lesson in rendered.lessons},
            {route.slug: route for route in rendered.equal_routes},
            {(one.lesson.slug, one.language): one for one in rendered.translations},
            {(one.lesson.slug, one.language): one for one in rendered.route_translations},
        )


@dataclass(frozen=True, slots=True)
class ShownMoments:
    """How far a situation has come: steps with what was chosen, then the step to answer, if any."""

    taken: tuple[tuple[RenderedStep, RenderedChoice], ...]
    step: RenderedStep | None

    @property
    def so_far(self) -> tuple[str, ...]:
        """Return the choices taken, as ids: what is shown follows from them."""
        return tuple(f"{step.id}:{choice.id}" for step, choice in self.taken)


_shown: dict[tuple[str, int], ShownModule] = {}


def shown_at(session: Session, version: ContentVersion | VersionRef) -> ShownModule:
    """Return a version's rendering, parsed once a process; a version never changes.

    Edge: what an older renderer made is rendered again, with the sources as they are now.
    """
    key = (version.hash, version.id)
    if key not in _shown:
        if len(_shown) >= KEPT_IN_MEMORY:
            _shown.clear()
        rendered = _rendered(session, session.get_one(ContentVersion, version.id))
        _shown[key] = ShownModule.of(rendered)
    return _shown[key]


def _rendered(session: Session, version: ContentVersion) -> RenderedModule:
    try:
        return from_json(rendered_of(session, version))
    except ValueError:
        module: Module = definition_of(session, version)
        found = find_current_version(session, "references", "references")
        references = definition_of(session, found) if found else ReferenceList()
        return render_module(module, references)


def has_reflections(lesson: RenderedLesson) -> bool:
    """Say whether there is anything to write in."""
    return any(isinstance(part, RenderedReflection) for part in lesson.parts)


def shown_moments(
    situation: Situation, shown: RenderedSituation, chosen: Mapping[str, Sequence[str]]
) -> ShownMoments:
    """Return how far a situation has come; `chosen` maps `situation/step` to what was chosen."""
    picks = {
        step.id: ids[0] for step in situation.steps if (ids := chosen.get(f"{shown.id}/{step.id}"))
    }
    steps = {step.id: step for step in shown.steps}
    taken: list[tuple[RenderedStep, RenderedChoice]] = []
    waiting = None
    for moment in moments_of(situation, picks):
        step = steps[moment.step.id]
        if moment.choice is None:
            waiting = step
        else:
            taken.append((step, next(c for c in step.choices if c.id == moment.choice.id)))
    return ShownMoments(tuple(taken), waiting)
