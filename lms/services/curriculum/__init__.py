"""Modules and lessons: what there is, what one person has read, answering on the way, finishing."""

from lms.services.curriculum.keeping import (
    Answer,
    Finished,
    begin_again,
    finish_lesson,
    keep_answer,
    refuse_answer,
)
from lms.services.curriculum.pages import (
    LessonPage,
    ModulePage,
    ModuleRow,
    NextLesson,
    find_next_lesson,
    list_modules,
    open_lesson,
    open_module,
)
from lms.services.curriculum.shown import ShownMoments, has_reflections, shown_moments

__all__ = [
    "Answer",
    "Finished",
    "LessonPage",
    "ModulePage",
    "ModuleRow",
    "NextLesson",
    "ShownMoments",
    "begin_again",
    "find_next_lesson",
    "finish_lesson",
    "has_reflections",
    "keep_answer",
    "list_modules",
    "open_lesson",
    "open_module",
    "refuse_answer",
    "shown_moments",
]
