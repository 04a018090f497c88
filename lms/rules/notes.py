"""Content notes: which of them stand before a lesson, by what its reader wishes to be told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from lms.rules.definitions import CONTENT_TOPICS, ContentNote, ContentTopic

Intensity = Literal["mention", "light", "close"]
INTENSITIES: tuple[Intensity, ...] = get_args(Intensity)
"""From the least to the most."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which topics somebody wishes to be told of first, and from which intensity on."""

    topics: frozenset[ContentTopic] = frozenset(CONTENT_TOPICS)
    since: Intensity = "light"


USUAL = Wishes()
"""What holds where nothing is set: light and close come first, a mention is a line in the text."""


def wishes_from(topics: Iterable[str], since: str) -> Wishes:
    """Return wishes from what was chosen; what is not offered is passed over."""
    chosen = frozenset(topic for topic in CONTENT_TOPICS if topic in set(topics))
    known: dict[str, Intensity] = {intensity: intensity for intensity in INTENSITIES}
    return Wishes(chosen, known.get(since, USUAL.since))


def stands_first(note: ContentNote | None, wishes: Wishes) -> bool:
    """Say whether a note is shown alone, before the text, to somebody with these wishes.

    Edge: whoever chose no topic meets every note as a line at the top of the text.
    """
    if note is None or not wishes.topics & set(note.topics):
        return False
    return INTENSITIES.index(note.intensity) >= INTENSITIES.index(wishes.since)


def _strength(note: ContentNote) -> int:
    return INTENSITIES.index(note.intensity)


def added_note(kept: ContentNote | None, newest: ContentNote | None) -> ContentNote | None:
    """Return what the newest note of a text tells beyond the one of the version kept, if anything.

    Edge: where it has grown closer, everything that it touches is to be told of again.
    """
    if kept is None or newest is None:
        return newest
    if _strength(newest) > _strength(kept):
        return newest
    topics = tuple(topic for topic in newest.topics if topic not in kept.topics)
    return replace(newest, topics=topics) if topics else None


def note_with(kept: ContentNote | None, newest: ContentNote | None) -> ContentNote | None:
    """Return the note to tell with a version that is kept: its own, with what the newest adds.

    Edge: its own words stay, for they are of the text that is shown; the newest one's are told
          beside them.
    """
    if kept is None or newest is None:
        return kept or newest
    if added_note(kept, newest) is None:
        return kept
    topics = tuple(topic for topic in CONTENT_TOPICS if topic in {*kept.topics, *newest.topics})
    return replace(kept, topics=topics, intensity=INTENSITIES[max(map(_strength, (kept, newest)))])
