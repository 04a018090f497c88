"""Looking for a word in the titles and headings of the modules."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.rules.curriculum import SOURCE_LANGUAGE, Module
from lms.rules.learning import Wording, lesson_title, module_title
from lms.services.curriculum.shown import ShownModule, shown_at
from lms.services.curriculum.texts import KIND, module_at
from lms.services.publishing import list_current_versions

MOST_SHOWN = 60


NOTHING = Wording("")


@dataclass(frozen=True, slots=True)
class Found:
    """A title or heading with the words looked for.

    Shape: `lesson` is empty for the title of a module; `anchor` is the id of a heading, empty for
           a title. A heading is in the language of its lesson's title.
    """

    module: str
    module_title: Wording
    lesson: str = ""
    lesson_title: Wording = NOTHING
    anchor: str = ""
    heading: str = ""


def find_texts(session: Session, words: str, language: str = SOURCE_LANGUAGE) -> list[Found]:
    """Return the titles and headings that hold every word, in reading order, 60 at most.

    Edge: parts of words count; capitals and accents do not. Without words nothing is found. What
          is translated into `language` is looked through so.
    """
    sought = plain(words).split()
    if not sought:
        return []
    found: list[Found] = []
    for version in list_current_versions(session, KIND):
        module = module_at(session, version.id, version.hash)
        for entry, text in _entries(module, shown_at(session, version), language):
            if all(word in plain(text) for word in sought):
                found.append(entry)
    return found[:MOST_SHOWN]


def plain(words: str) -> str:
    """Return words as they are compared."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _entries(module: Module, shown: ShownModule, language: str) -> Iterator[tuple[Found, str]]:
    title = module_title(module, language)
    yield Found(module.slug, title), title.words
    for lesson in module.lessons:
        called = lesson_title(module, lesson, language)
        names = (module.slug, title, lesson.slug, called)
        yield Found(*names), called.words
        told = shown.translations.get((lesson.slug, language))
        text = told.lesson if told else shown.lessons[lesson.slug]
        for heading in text.headings:
            yield Found(*names, heading.id, heading.text), heading.text
