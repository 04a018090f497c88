"""Modules and lessons made into what pages need."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from lms.content.markdown import Finding, Page, plain_text
from lms.content.rendering.shapes import (
    RENDERER_VERSION,
    RenderedCard,
    RenderedCardTold,
    RenderedCheck,
    RenderedChoice,
    RenderedExercise,
    RenderedLesson,
    RenderedLocal,
    RenderedModule,
    RenderedOption,
    RenderedPageTold,
    RenderedPart,
    RenderedPhase,
    RenderedReflection,
    RenderedSituation,
    RenderedSource,
    RenderedStep,
    RenderedTerm,
    RenderedText,
    RenderedTranslation,
)
from lms.content.rendering.surroundings import Surroundings
from lms.content.translations import is_outdated
from lms.rules.curriculum import (
    Card,
    Check,
    Choice,
    EqualRoute,
    Exercise,
    Lesson,
    LocalEntries,
    Module,
    Part,
    Phase,
    PhaseShown,
    Reflection,
    Situation,
    Step,
    Term,
    Text,
)
from lms.rules.definitions import ReferenceList, SourceRef
from lms.rules.learning import route_told, translated


def render_module(
    module: Module, references: ReferenceList, picture_at: Mapping[str, str] | None = None
) -> RenderedModule:
    """Return a module rendered for readers; `picture_at` are addresses of pictures of drafts."""
    around = replace(Surroundings.of(references, module), picture_at=picture_at or {})
    page = around.page(module.slug)
    introduction = page.prose(module.introduction)
    return RenderedModule(
        module.slug,
        module.head.title,
        introduction,
        _sources(around, (*module.head.reading, *page.cited)),
        tuple(render_lesson(lesson, module.slug, around)[0] for lesson in module.lessons),
        tuple(render_lesson(route, module.slug, around)[0] for route in module.equal_routes),
        render_card(module.card, around)[0] if module.card else None,
        tuple(_translations(module, around)),
        tuple(_route_translations(module, around)),
        tuple(_cards_told(module, around)),
        tuple(_pages_told(module, around)),
    )


def _translations(module: Module, around: Surroundings) -> Iterator[RenderedTranslation]:
    lessons = {lesson.slug: lesson for lesson in module.lessons}
    for one in module.translations:
        source = lessons.get(one.slug)
        if source is None:  # on a desk it may be gone already
            continue
        yield RenderedTranslation(
            one.language,
            one.head.translator,
            one.head.translated_on,
            is_outdated(one, source),
            render_lesson(translated(source, one), module.slug, around)[0],
        )


def _route_translations(module: Module, around: Surroundings) -> Iterator[RenderedTranslation]:
    routes = {route.slug: route for route in module.equal_routes}
    for one in module.route_translations:
        source = routes.get(one.slug)
        if source is None:
            continue
        yield RenderedTranslation(
            one.language,
            one.head.translator,
            one.head.translated_on,
            is_outdated(one, source),
            render_lesson(route_told(source, one), module.slug, around)[0],
        )


def _cards_told(module: Module, around: Surroundings) -> Iterator[RenderedCardTold]:
    for one in module.card_translations if module.card else ():
        yield RenderedCardTold(
            one.language,
            one.head.translator,
            one.head.translated_on,
            module.card is None or is_outdated(one, module.card),
            render_card(Card(one.head.title, one.words), around)[0],
        )


def _pages_told(module: Module, around: Surroundings) -> Iterator[RenderedPageTold]:
    for one in module.page_translations:
        head = one.head
        yield RenderedPageTold(
            one.language,
            head.translator,
            head.translated_on,
            is_outdated(one, module),
            head.title,
            head.summary,
            head.objectives,
            head.principles,
            around.page(module.slug).prose(one.introduction),
        )


def render_card(card: Card, around: Surroundings) -> tuple[RenderedCard, tuple[Finding, ...]]:
    """Return a card rendered for readers, and what is wrong with its Markdown."""
    page = around.card()
    return RenderedCard(card.title, page.prose(card.words)), page.findings


def render_lesson(
    lesson: Lesson | EqualRoute, module: str, around: Surroundings
) -> tuple[RenderedLesson, tuple[Finding, ...]]:
    """Return a lesson or an equal route rendered for readers, and what is wrong with its words."""
    page = around.page(module)
    parts = tuple(_part(part, page, around) for part in lesson.parts)
    linked = [around.terms[word] for word in dict.fromkeys(page.linked)] if around.terms else []
    terms = tuple(_term(term, page, around) for term in linked)
    sources = _sources(around, (*lesson.head.sources, *page.cited))
    words = sum(len(text.split()) for text in texts_of(parts))
    rendered = RenderedLesson(
        slug=lesson.slug,
        title=lesson.head.title,
        parts=parts,
        headings=page.headings,
        sources=sources,
        words=words,
        terms=terms,
        pictures=tuple(dict.fromkeys(page.pictured)),
    )
    return rendered, page.findings


def rendered_module_json(module: Module, references: ReferenceList) -> str:
    """Return a module rendered for readers as JSON text, to be kept with its version."""
    return to_json(render_module(module, references))


def to_json(rendered: RenderedModule) -> str:
    """Return a rendered module as JSON text."""
    return _adapter().dump_json(rendered).decode("utf-8")


def from_json(text: str) -> RenderedModule:
    """Return the rendered module of a text made by `to_json` of this renderer's version.

    Raises: `ValueError` where it is not one; then it is rendered again.
    """
    rendered: RenderedModule = _adapter().validate_json(text)
    if rendered.renderer != RENDERER_VERSION:
        raise ValueError(f"This was rendered by version {rendered.renderer}.")
    return rendered


def texts_of(parts: Iterable[RenderedPart]) -> list[str]:
    """Return every text of a lesson's parts as plain words, in reading order."""
    found: list[str] = []
    for part in parts:
        _gather(part, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, Markup):
        found.append(plain_text(value))
    elif isinstance(value, tuple):
        for entry in value:
            _gather(entry, found)
    elif isinstance(value, _WITH_TEXTS):
        for name in value.__slots__:
            _gather(getattr(value, name), found)


_WITH_TEXTS = (
    RenderedText,
    RenderedCheck,
    RenderedOption,
    RenderedSituation,
    RenderedStep,
    RenderedChoice,
    RenderedReflection,
    RenderedExercise,
    RenderedPhase,
    RenderedLocal,
)


@cache
def _adapter() -> TypeAdapter[RenderedModule]:
    return TypeAdapter(RenderedModule)


def _sources(around: Surroundings, named: Iterable[SourceRef]) -> tuple[RenderedSource, ...]:
    """Return each source once, with every place in it that was named."""
    places: dict[str, dict[str, None]] = {}
    for source in named:
        places.setdefault(source.ref, {}).update(dict.fromkeys(filter(None, [source.where])))
    return tuple(around.source(SourceRef(ref, "; ".join(where))) for ref, where in places.items())


def _part(part: Part, page: Page, around: Surroundings) -> RenderedPart:
    if isinstance(part, Text):
        return RenderedText(page.prose(part.markdown))
    if isinstance(part, Check):
        return _check(part, page, around)
    if isinstance(part, Situation):
        return _situation(part, page, around)
    if isinstance(part, Reflection):
        return RenderedReflection(part.id, page.line(part.prompt), page.line(part.hint))
    if isinstance(part, PhaseShown):
        return _phase(part, page, around)
    if isinstance(part, LocalEntries):
        return RenderedLocal(part.topic, page.line(part.words))
    return _exercise(part, page)


def _exercise(part: Exercise, page: Page) -> RenderedExercise:
    title, words = page.line(part.title), page.block(part.words)
    return RenderedExercise(part.id, title, part.minutes, words, part.content_note)


def _check(check: Check, page: Page, around: Surroundings) -> RenderedCheck:
    question = page.line(check.question)
    options = tuple(
        RenderedOption(option.id, page.line(option.text), page.line(option.feedback), option.right)
        for option in check.options
    )
    source = _source(check.source, around)
    return RenderedCheck(check.id, question, check.several, options, source, check.content_note)


def _situation(situation: Situation, page: Page, around: Surroundings) -> RenderedSituation:
    title = page.line(situation.title)
    steps = tuple(_step(step, page) for step in situation.steps)
    closing, source = page.line(situation.closing), _source(situation.source, around)
    return RenderedSituation(situation.id, title, steps, closing, source, situation.content_note)


def _phase(shown: PhaseShown, page: Page, around: Surroundings) -> RenderedPhase:
    """Return a phase; one that is not known comes out empty, and is noted elsewhere."""
    phase = around.phases.get(shown.id) or Phase(shown.id, shown.id, "", (), (), "", "", "")
    return replace(render_phase(phase, page), source=_source(phase.source, around))


def render_phase(phase: Phase, page: Page) -> RenderedPhase:
    """Return a phase for readers of whatever tells of it, without its source."""

    def lines(entries: tuple[str, ...]) -> tuple[Markup, ...]:
        return tuple(page.line(entry) for entry in entries)

    return RenderedPhase(
        phase.id,
        page.line(phase.title),
        page.line(phase.words),
        lines(phase.peers),
        lines(phase.peers_not),
        page.line(phase.supervisors),
        page.line(phase.staff),
        page.line(phase.hand_over),
        None,
    )


def _term(term: Term, page: Page, around: Surroundings) -> RenderedTerm:
    source = _source(term.source, around)
    return RenderedTerm(term.id, page.line(term.term), page.line(term.words), source)


def _source(source: SourceRef | None, around: Surroundings) -> RenderedSource | None:
    return around.source(source) if source else None


def _step(step: Step, page: Page) -> RenderedStep:
    words, question = page.line(step.words), page.line(step.question)
    choices = tuple(_choice(choice, page) for choice in step.choices)
    return RenderedStep(step.id, words, question, choices)


def _choice(choice: Choice, page: Page) -> RenderedChoice:
    text, outcome = page.line(choice.text), page.line(choice.outcome)
    return RenderedChoice(choice.id, text, outcome, choice.fit, choice.then)
