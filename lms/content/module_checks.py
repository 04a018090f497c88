"""A module against everything beside it: the same checks from a folder and from a browser."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from lms.content.curriculum_checks import check_curriculum
from lms.content.errors import ProblemCode, Problems
from lms.content.local_law import check_local_law, warn_of_figures
from lms.content.modules import WrittenModule, check_module_shared
from lms.content.pictures import Picture, read_picture
from lms.content.texts import TextChecks, Used
from lms.content.translations import check_translations
from lms.content.vocabulary import Vocabulary
from lms.rules.curriculum import Module, PhaseShown, PictureRef


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a module: texts to link, the shared lists, ids of sources, competencies.

    Edge: `references` is None where the list could not be read; without competencies (no rubric
          was read) those are not judged.
    """

    texts: TextChecks
    vocabulary: Vocabulary
    references: set[str] | None
    competencies: Collection[str]


def check_module(written: WrittenModule, beside: Beside, problems: Problems) -> Used:
    """Check a module, and return what its texts use. `problems` is on its folder."""
    check_module_shared(written, beside.references)
    used = beside.texts.check_module(written, problems)
    check_curriculum(written, beside.vocabulary, problems)
    check_translations(written)
    _check_competencies(written, beside.competencies)
    _check_words(written)
    return used


def pictures_used(folder: Path, used: Used) -> tuple[Picture, ...]:
    """Return the pictures that a module's texts show."""
    found = (read_picture(folder, name) for name in used.pictures)
    return tuple(picture for picture in found if picture is not None)


def whole_module(
    module: Module, used: Used, lists: Vocabulary, pictures: tuple[Picture, ...]
) -> Module:
    """Return a module with the terms, phases and pictures that its texts use, in reading order."""
    bodies = [lesson.parts for lesson in module.lessons]
    bodies += [route.parts for route in module.equal_routes]
    shown = (part.id for body in bodies for part in body if isinstance(part, PhaseShown))
    terms, phases = lists.terms or {}, lists.phases_by_id or {}
    return replace(
        module,
        terms=tuple(terms[word] for word in used.terms if word in terms),
        phases=tuple(phases[phase] for phase in dict.fromkeys(shown) if phase in phases),
        pictures=tuple(PictureRef(picture.name, picture.stamp) for picture in pictures),
    )


def _check_words(module: WrittenModule) -> None:
    """Note local law, and warn of figures without a source."""
    check_local_law(module.text, module.head.problems)
    if module.card:
        check_local_law(module.card.text, module.card.problems)
    for lesson in module.lessons:
        check_local_law(lesson.text, lesson.head.problems)
        warn_of_figures(lesson.lesson.parts, lesson.text, lesson.head.problems)
    for route in module.routes:
        check_local_law(route.text, route.head.problems)
        warn_of_figures(route.route.parts, route.text, route.head.problems)
    for text, problems in module.translated.texts:
        check_local_law(text, problems)


def _check_competencies(module: WrittenModule, known: Collection[str]) -> None:
    """Note competencies of lessons that no rubric has."""
    if not known:
        return
    for lesson in module.lessons:
        for position, identifier in enumerate(lesson.lesson.head.competencies):
            if identifier not in known:
                message = f"No rubric has a competency '{identifier}'."
                code = ProblemCode.UNKNOWN_COMPETENCY
                lesson.head.add(code, message, "competencies", position)
