"""Translations of lessons: read strictly, the same blocks as the source, outdated ones told."""

from datetime import date

import pytest

from lms.content.errors import ProblemCode, Problems
from lms.content.modules import read_module
from lms.content.rendering import render_module
from lms.content.translations import check_translations, fingerprint_of
from lms.content.writing import files_of
from lms.rules.curriculum import LESSON_LANGUAGES
from lms.rules.definitions import ReferenceList
from lms.words import LANGUAGES
from tests.content.building import CARD, CHECK, LESSON_HEAD, MODULE_HEAD

BODY = f"Words.\n\n{CHECK}"
ESPANOL = """\
```check
id: who
question: ¿Quién puede leerlo?
options:
  - {id: a, text: Ella., feedback: Quizá.}
  - {id: b, text: Cualquiera., feedback: Sí., right: true}
```
"""
NAME = "01-one.es.md"


def head(of="000000000000", more=""):
    return (
        f"---\ntitle: Primer contacto\ntranslator: Ana\ntranslated_on: 2026-11-22\nof: '{of}'\n"
        f"{more}---\n"
    )


def module_of(tmp_path, text, *, name=NAME, lesson=LESSON_HEAD + BODY):
    folder = tmp_path / "new"
    folder.mkdir(exist_ok=True)
    texts = {"module.md": MODULE_HEAD, "card.md": CARD, "01-one.md": lesson, name: text}
    for file, words in texts.items():
        (folder / file).write_text(words, encoding="utf-8")
    problems = Problems()
    written = read_module(folder, problems.on("new"))
    if written is not None:
        check_translations(written)
    return written, problems


def found(problems):
    return [(one.file, one.line, one.code) for one in problems.found]


def current(tmp_path):
    written, _problems = module_of(tmp_path, head() + "Palabras.\n\n" + ESPANOL)
    return fingerprint_of(written.module.lessons[0])


def test_lessons_may_be_in_every_language_that_pages_speak():
    assert set(LESSON_LANGUAGES) == LANGUAGES.keys() - {"en"}


def test_a_translation_is_part_of_its_module_and_is_written_out_again(tmp_path):
    text = head(current(tmp_path)) + "Palabras.\n\n" + ESPANOL
    written, problems = module_of(tmp_path, text)
    assert problems.found == problems.warnings == []
    (one,) = written.module.translations
    assert (one.slug, one.language, one.head.translator) == ("one", "es", "Ana")
    assert one.head.translated_on == date(2026, 11, 22)
    again, problems = module_of(tmp_path, files_of(written.module)[NAME])
    assert problems.found == problems.warnings == []
    assert again.module == written.module


def test_a_translation_of_another_text_is_told_and_stops_nothing(tmp_path):
    written, problems = module_of(tmp_path, head() + "Palabras.\n\n" + ESPANOL)
    assert problems.found == []
    (warning,) = problems.warnings
    assert (warning.file, warning.line, warning.code) == (f"new/{NAME}", 5, ProblemCode.OUTDATED)
    assert fingerprint_of(written.module.lessons[0]) in warning.message
    assert render_module(written.module, ReferenceList()).translations[0].is_outdated


def test_the_fingerprint_is_of_what_is_read_and_nothing_else(tmp_path):
    def of(lesson):
        return fingerprint_of(module_of(tmp_path, head(), lesson=lesson)[0].module.lessons[0])

    before = of(LESSON_HEAD + BODY)
    assert of(LESSON_HEAD.replace("minutes: 20", "minutes: 25") + BODY) == before
    assert of(LESSON_HEAD + BODY.replace("She.", "He.")) != before
    assert of(LESSON_HEAD.replace("First", "A first") + BODY) != before


def test_without_a_fingerprint_the_one_to_copy_is_said(tmp_path):
    fingerprint = current(tmp_path)
    text = head().replace("of: '000000000000'\n", "") + "Palabras.\n\n" + ESPANOL
    _written, problems = module_of(tmp_path, text)
    (problem,) = problems.found
    assert (problem.code, problem.line) == (ProblemCode.MISSING_KEY, 2)
    assert fingerprint in problem.message


@pytest.mark.parametrize(
    ("blocks", "line", "path"),
    [
        ("", 1, ""),
        (ESPANOL + ESPANOL.replace("id: who", "id: when"), 17, ""),
        (ESPANOL.replace("id: who", "id: when"), 10, "id"),
        (ESPANOL.replace("id: b", "id: c"), 14, "options[1].id"),
        (
            ESPANOL.replace("Quizá.}", "Quizá., right: true}").replace("Sí., right: true", "Sí."),
            13,
            "options[0].right",
        ),
        (ESPANOL.replace("```\n", "  - {id: c, text: No., feedback: No.}\n```\n"), 12, "options"),
        (ESPANOL.replace("question", "several: true\nquestion"), 11, "several"),
        (ESPANOL.replace("```\n", "source: {ref: gilbert-2025}\n```\n"), 15, "source"),
    ],
)
def test_each_difference_of_the_blocks_is_named_at_its_line(tmp_path, blocks, line, path):
    text = head(current(tmp_path)) + "Palabras.\n\n" + blocks
    _written, problems = module_of(tmp_path, text)
    first = problems.found[0]
    assert (first.file, first.line, first.code) == (f"new/{NAME}", line, ProblemCode.TRANSLATION)
    assert first.path == path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("01-one.xx.md", ProblemCode.TRANSLATION),
        ("02-two.es.md", ProblemCode.UNKNOWN_LESSON),
    ],
)
def test_an_unknown_language_and_an_unknown_lesson_are_named(tmp_path, name, code):
    _written, problems = module_of(tmp_path, head() + "Palabras.\n\n" + ESPANOL, name=name)
    assert found(problems) == [(f"new/{name}", 1, code)]


def test_a_content_note_is_translated_too(tmp_path):
    note = "content_note:\n  topics: [control]\n  intensity: mention\n  words: Mentions it.\n---\n"
    lesson = LESSON_HEAD.removesuffix("---\n") + note + BODY
    text = "Palabras.\n\n" + ESPANOL
    _written, problems = module_of(tmp_path, head() + text, lesson=lesson)
    assert [(one.path, one.code) for one in problems.found] == [("note", ProblemCode.TRANSLATION)]
    _written, problems = module_of(tmp_path, head(more="note: Habla de ello.\n") + text)
    assert [(one.line, one.path) for one in problems.found] == [(6, "note")]


def test_a_day_that_is_none_is_named(tmp_path):
    text = head().replace("2026-11-22", "yesterday") + "Palabras.\n\n" + ESPANOL
    _written, problems = module_of(tmp_path, text)
    assert found(problems) == [(f"new/{NAME}", 4, ProblemCode.WRONG_TYPE)]
