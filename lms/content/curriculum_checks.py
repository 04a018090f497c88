"""What a module's lessons must keep to between each other, and with the lists that all share."""

from collections.abc import Iterable
from typing import Any

from lms.content.definitions import Written
from lms.content.errors import ProblemCode, Problems
from lms.content.lessons import WrittenLesson, WrittenRoute
from lms.content.modules import CARD_FILE, WrittenModule
from lms.content.vocabulary import COVERAGE_FILE, COVERS, PHASES_FILE, Vocabulary, unknown
from lms.rules.curriculum import LocalEntries, PhaseShown, needs_equal_route
from lms.rules.definitions import ContentNote

_INTENSITY = {"mention": 0, "light": 1, "close": 2}


def check_curriculum(written: WrittenModule, vocabulary: Vocabulary, problems: Problems) -> None:
    """Check a module against the lists and itself; `problems` is on its folder."""
    _check_module_head(written, problems)
    routes = {route.route.slug for route in written.routes}
    topics = {need.topic for need in written.head.value.jurisdiction}
    for lesson in written.lessons:
        _check_covers(lesson.head, vocabulary)
        if needs_equal_route(lesson.head.value) and lesson.lesson.slug not in routes:
            message = (
                "This lesson's content note is more than a mention, so it needs an equal route. "
                "Write one beside it: the same name, ending in '.equal.md'."
            )
            lesson.head.add(ProblemCode.EQUAL_ROUTE, message, "content_note", "intensity")
    for route in written.routes:
        note = route.head.value.content_note
        if note is not None and note.intensity != "mention":
            message = "An equal route may mention hard things, no more. Write 'mention'."
            place = ("content_note", "intensity")
            route.head.add(ProblemCode.CONTENT_NOTE, message, *place)
    for text in written.texts:
        _check_blocks(text, vocabulary, topics)


def _check_module_head(written: WrittenModule, problems: Problems) -> None:
    head = written.head
    if head.value.principles is None:
        message = "'principles' is missing. Say for each of the six what the learner sees done."
        head.add(ProblemCode.PRINCIPLES, message, "principles")
    if written.card is None and not (written.folder / CARD_FILE).is_file():
        message = "The module has no summary card. Add 'card.md'."
        problems.add(ProblemCode.CARD, message)
    _note_doubles(head, [need.topic for need in head.value.jurisdiction], "jurisdiction")


def _note_doubles(written: Written[Any], words: Iterable[str], *place: str | int) -> None:
    seen: set[str] = set()
    for position, word in enumerate(words):
        if word in seen:
            message = f"'{word}' is named twice. Keep one."
            written.add(ProblemCode.DUPLICATE_ID, message, *place, position)
        seen.add(word)


def _check_covers(head: Written[Any], vocabulary: Vocabulary) -> None:
    for key, kind in COVERS.items():
        named = getattr(head.value.covers, key)
        _note_doubles(head, named, "covers", key)
        if vocabulary.coverage is None:
            continue
        known = [subject.id for subject in getattr(vocabulary.coverage.value, key)]
        for position, identifier in enumerate(named):
            if identifier not in known:
                message = unknown(identifier, kind, COVERAGE_FILE, known)
                head.add(ProblemCode.UNKNOWN_SUBJECT, message, "covers", key, position)


def _check_blocks(
    text: WrittenLesson | WrittenRoute, vocabulary: Vocabulary, topics: set[Any]
) -> None:
    phases = vocabulary.phases_by_id
    whole = text.head.value.content_note
    for block in text.blocks:
        value = block.value
        if isinstance(value, PhaseShown):
            if phases is not None and value.id not in phases:
                message = unknown(value.id, "phase", PHASES_FILE, phases)
                block.add(ProblemCode.UNKNOWN_PHASE, message, "id")
        elif isinstance(value, LocalEntries):
            if value.topic not in topics:
                message = (
                    f"module.md does not name '{value.topic}' under 'jurisdiction'. Add it there."
                )
                block.add(ProblemCode.PACK, message, "topic")
        else:
            note = getattr(value, "content_note", None)
            if note is not None:
                _check_note(block, note, whole)


def _check_note(block: Written[Any], note: ContentNote, whole: ContentNote | None) -> None:
    """A lesson's own note must prepare for every block in it."""
    if whole is None:
        message = "The lesson has no content note of its own. Add one to its head."
        block.add(ProblemCode.CONTENT_NOTE, message, "content_note")
        return
    if _INTENSITY[note.intensity] > _INTENSITY[whole.intensity]:
        message = (
            f"The lesson's own note says '{whole.intensity}'. Say '{note.intensity}' there too."
        )
        block.add(ProblemCode.CONTENT_NOTE, message, "content_note", "intensity")
    for position, topic in enumerate(note.topics):
        if topic not in whole.topics:
            message = f"The lesson's own note does not name '{topic}'. Add it there."
            block.add(ProblemCode.CONTENT_NOTE, message, "content_note", "topics", position)
