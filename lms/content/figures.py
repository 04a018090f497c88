"""Reading figures of a library, lesson by lesson, for those who write it."""

from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.library import Library
from lms.content.readability import count_words, grade
from lms.content.rendering import Surroundings, render_lesson, texts_of


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """How long a lesson is and how hard, roughly. `grade` is years of school, to one decimal."""

    module: str
    lesson: str
    minutes: int
    words: int
    grade: float


def reading_figures(library: Library) -> Iterator[ReadingFigures]:
    """Yield the figures of every lesson, in reading order."""
    around = Surroundings.of(library.references)
    for module in library.modules:
        for lesson in module.lessons:
            rendered, _ = render_lesson(lesson, module.slug, around)
            text = "\n".join(texts_of(rendered.parts))
            yield ReadingFigures(
                module.slug, lesson.slug, lesson.head.minutes, count_words(text), grade(text)
            )
