"""Reading figures of a library, text by text, for those who write it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Literal

from lms.content.library import Library
from lms.content.readability import count_words, grade
from lms.content.rendering import Surroundings, render_lesson, texts_of
from lms.rules.curriculum import EqualRoute, Lesson

HIGHEST_GRADE = 8.0
HIGHEST_MEDIAN = 6.5
"""How hard the texts may be, in years of school: each of them, and half of them."""


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """How long a text is and how hard, roughly. `grade` is years of school, to one decimal."""

    module: str
    lesson: str
    route: Literal["lesson", "equal"]
    minutes: int
    words: int
    grade: float

    @property
    def is_hard(self) -> bool:
        """Say whether the text is harder than it may be."""
        return self.grade > HIGHEST_GRADE


def reading_figures(library: Library) -> Iterator[ReadingFigures]:
    """Yield the figures of every lesson and equal route, module by module in reading order."""
    for module in library.modules:
        around = Surroundings.of(library.references, module)
        texts: list[Lesson | EqualRoute] = [*module.lessons, *module.equal_routes]
        for text in texts:
            rendered, _ = render_lesson(text, module.slug, around)
            words = "\n".join(texts_of(rendered.parts))
            yield ReadingFigures(
                module.slug,
                text.slug,
                "lesson" if isinstance(text, Lesson) else "equal",
                text.head.minutes,
                count_words(words),
                grade(words),
            )


def median_grade(figures: Iterable[ReadingFigures]) -> float:
    """Return the median grade, to one decimal; 0 where there is no text."""
    grades = [figure.grade for figure in figures]
    return round(median(grades), 1) if grades else 0.0
