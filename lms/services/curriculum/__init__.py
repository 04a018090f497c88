"""Modules and lessons: what there is, what one person has read, answering on the way, finishing."""

from lms.services.curriculum.keeping import (
    Answer,
    Finished,
    begin_again,
    finish_lesson,
    keep_answer,
    refuse_answer,
)
from lms.services.curriculum.local import (
    LocalPack,
    asks_for_local,
    find_local_pack,
    find_pack,
    list_packs,
)
from lms.services.curriculum.opening import LessonPage, open_lesson
from lms.services.curriculum.pages import (
    ModulePage,
    ModuleRow,
    NextLesson,
    Waiting,
    find_next_lesson,
    find_waiting,
    list_modules,
    list_titles,
    open_module,
)
from lms.services.curriculum.paper import PaperLesson, list_paper_lessons
from lms.services.curriculum.searching import Found, find_texts
from lms.services.curriculum.shown import ShownMoments, has_reflections, shown_moments
from lms.services.curriculum.ways import find_ways, set_wishes, take_way

__all__ = [
    "Answer",
    "Finished",
    "Found",
    "LessonPage",
    "LocalPack",
    "ModulePage",
    "ModuleRow",
    "NextLesson",
    "PaperLesson",
    "ShownMoments",
    "Waiting",
    "asks_for_local",
    "begin_again",
    "find_local_pack",
    "find_next_lesson",
    "find_pack",
    "find_texts",
    "find_waiting",
    "find_ways",
    "finish_lesson",
    "has_reflections",
    "keep_answer",
    "list_modules",
    "list_packs",
    "list_paper_lessons",
    "list_titles",
    "open_lesson",
    "open_module",
    "refuse_answer",
    "set_wishes",
    "shown_moments",
    "take_way",
]
