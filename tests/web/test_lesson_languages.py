"""Lessons in the reader's language: translated, outdated, back to the source; English marked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lms.models import CheckAnswer
from lms.services.authoring import (
    Order,
    files_at,
    open_desk,
    prepare,
    publish_module,
    put_files,
    rename_file,
)
from lms.services.publishing import current_version
from tests.cast import NOW, grant
from tests.reading import LESSON, MODULE, module_named, publish_again, statements, with_new_words
from tests.services.test_authoring import change

FIRST = "what-a-boundary-is-for"
HERE = f"/modules/{MODULE}/{FIRST}"
TRANSLATED = f"01-{FIRST}.es.md"
TITLE, ENGLISH = "Para qué sirve un límite", "What a boundary is for"
WORDS, ENGLISH_WORDS = "No es un muro.", "It is not a wall."
MARKED = f'<span lang="en" dir="ltr">{ENGLISH}</span>'


@pytest.fixture
def reader(page, cast, session):
    """Return the trainee, who reads Spanish."""
    cast.people["trainee"].language = "es"
    session.commit()
    return page.as_("trainee")


def test_a_reader_meets_the_translation_at_the_same_address(reader):
    text = reader.get(HERE).text
    assert f"<h1>{TITLE}</h1>" in text
    assert f"<title>{TITLE}" in text
    assert WORDS in text
    assert ENGLISH_WORDS not in text
    assert "Traducido por" in text
    assert "Leer el original" in text
    assert f'href="{HERE}?in=en&amp;on=1"' in text or f'href="{HERE}?on=1&amp;in=en"' in text


def test_the_way_to_the_original_and_back(reader):
    text = reader.get(f"{HERE}?in=en").text
    assert f"<h1>{MARKED}</h1>" in text
    assert '<div class="prose" lang="en" dir="ltr"><p>A <a' in text
    assert WORDS not in text
    assert "Leer la traducción" in text


@pytest.mark.parametrize("query", ["?in=fr", "?in=", "?in=%00"])
def test_an_odd_language_in_an_address_changes_nothing(reader, query):
    assert WORDS in reader.get(HERE + query).text


def test_who_reads_english_meets_english_unmarked(page):
    text = page.as_("trainee").get(HERE).text
    assert f"<h1>{ENGLISH}</h1>" in text
    assert text.count('lang="en" dir') == 1  # the page's own
    assert WORDS not in text


def test_an_answer_counts_in_every_language(reader, session, cast):
    data = {"check": "two-sentences", "answer": "b"}
    reply = reader.post(f"{HERE}/answers", data=data)
    assert "in=" not in reply.location
    assert "no haces este trabajo en soledad" in reader.get(HERE).text
    text = reader.get(f"{HERE}?in=en").text
    assert "not alone in this" in text
    assert "en soledad" not in text
    reply = reader.post(f"{HERE}/answers?in=en", data={**data, "answer": "a"})
    assert "in=en" in reply.location
    assert session.query(CheckAnswer).one().chosen == "a"


def test_the_forms_of_the_original_stay_with_it(reader):
    assert f'action="{HERE}/answers?v=1&amp;in=en' in reader.get(f"{HERE}?in=en").text


def test_an_earlier_text_is_said_to_be_one(reader, session):
    publish_again(session, with_new_words(module_named(), FIRST))
    text = reader.get(HERE).text
    assert "Esta traducción es de una versión anterior de la lección" in text
    assert "Leer la más reciente en inglés" in text
    assert "One more thing." not in text
    assert "One more thing." in reader.get(f"{HERE}?in=en").text


def test_a_reader_who_asked_for_the_note_first_is_told_of_it_in_their_language(reader, session):
    module = module_named()
    first = module.lessons[0]
    note = replace(first.head.content_note, intensity="close")
    first = replace(first, head=replace(first.head, content_note=note))
    publish_again(session, replace(module, lessons=(first, *module.lessons[1:])))
    text = reader.get(HERE).text
    assert "la presión que ejerce una pareja" in text
    assert WORDS not in text
    assert WORDS in reader.get(f"{HERE}?on=1").text


def test_a_lesson_without_a_translation_is_marked_as_english(reader):
    text = reader.get(f"/modules/{MODULE}/{LESSON}").text
    assert '<h1><span lang="en" dir="ltr">' in text
    assert '<div class="prose" lang="en" dir="ltr">' in text
    assert '<span class="choice-words"><span lang="en" dir="ltr">' in text


@pytest.mark.parametrize("path", ["", "/card", "/print"])
def test_pages_of_a_module_mark_their_english(reader, path):
    text = reader.get(f"/modules/{MODULE}{path}").text
    assert '<div class="prose" lang="en" dir="ltr">' in text
    assert '<h1><span lang="en" dir="ltr">' in text
    assert "&lt;span" not in text


def test_the_list_marks_the_titles_of_modules(reader):
    text = reader.get("/modules").text
    assert '<span lang="en" dir="ltr">' in text
    assert "&lt;span" not in text


def test_a_module_is_printed_in_the_readers_language_where_it_is_translated(reader):
    text = reader.get(f"/modules/{MODULE}/print").text
    assert WORDS in text
    assert ENGLISH_WORDS not in text
    assert "Traducido por" in text


def test_two_readers_of_two_languages_never_get_each_others_words(page, cast, session):
    cast.people["classmate"].language = "es"
    session.commit()
    for _twice in range(2):
        assert WORDS in page.as_("classmate").get(HERE).text
        assert ENGLISH_WORDS in page.as_("classmate").get(f"{HERE}?in=en").text
        assert ENGLISH_WORDS in page.as_("trainee").get(HERE).text


def test_a_translation_asks_the_database_nothing_more(reader, page, session):
    with statements(session) as translated:
        reader.get(HERE)
    with statements(session) as original:
        reader.get(f"{HERE}?in=en")
    assert len(translated) == len(original)


# Authors in the browser


def test_a_source_changed_in_the_browser_keeps_its_translation_and_makes_it_outdated(
    reader, session, cast
):
    before = files_at(session, current_version(session, "module", MODULE))[TRANSLATED]
    change(session, cast.trainer)
    session.commit()
    assert files_at(session, current_version(session, "module", MODULE))[TRANSLATED] == before
    assert "de una versión anterior" in reader.get(HERE).text


def test_a_translation_goes_with_its_lesson_when_that_is_renamed(session, cast):
    rename_file(session, cast.trainer.id, MODULE, f"01-{FIRST}.md", "01-a-handrail.md", now=NOW)
    files = open_desk(session, MODULE).files
    assert "01-a-handrail.es.md" in files
    assert TRANSLATED not in files


def test_a_translation_is_shown_and_written_on_and_taken_out_of_a_package(page, session, cast):
    grant(session, cast.second_trainer, "author")
    session.commit()
    author = page.as_("second_trainer")
    assert "Translation of a lesson" in author.get(f"/authoring/{MODULE}").text
    assert author.get(f"/authoring/{MODULE}/files/{TRANSLATED}").status_code == 200
    reply = author.get(f"/authoring/{MODULE}/files/{TRANSLATED}/preview")
    assert WORDS in author.get(reply.location).text
    assert author.get(f"/authoring/{MODULE}/preview/{FIRST}?in=fr").status_code == 404


def test_what_is_taken_in_as_files_is_published_with_its_translations(reader, session, cast):
    files = open_desk(session, MODULE).files
    files[TRANSLATED] = files[TRANSLATED].replace(WORDS.encode(), b"No es una pared.")
    put_files(session, cast.trainer.id, MODULE, files, now=NOW)
    prepared = prepare(session, MODULE)
    order = Order("A better word.", False, prepared.fingerprint)
    later = NOW + timedelta(hours=1)
    publish_module(session, cast.trainer.id, MODULE, prepared, order, now=later)
    session.commit()
    assert "No es una pared." in reader.get(HERE).text
