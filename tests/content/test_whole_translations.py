"""Translations of equal routes, cards and a module's own page; the first text of each."""

from datetime import date

import pytest

from lms.content.errors import ProblemCode, Problems
from lms.content.lessons import lesson_from
from lms.content.modules import read_module
from lms.content.rendering import render_module
from lms.content.translations import check_translations, fingerprint_of
from lms.content.writing import files_of, translation_begun
from lms.rules.definitions import ReferenceList
from tests.content.building import CARD, CHECK, LESSON_HEAD, MODULE_HEAD

ROUTE = "---\ntitle: Another way\nminutes: 20\n---\nGentle words.\n"
FILES = {
    "module.md": MODULE_HEAD,
    "card.md": CARD,
    "01-one.md": LESSON_HEAD + f"Words.\n\n{CHECK}",
    "01-one.equal.md": ROUTE,
}
HEAD = "---\ntitle: Título\ntranslator: Ana\ntranslated_on: 2026-11-22\nof: '{of}'\n{more}---\n"
PRINCIPLES = """\
principles:
  safety: Avisos primero.
  trust: Fuentes.
  peer_support: Pares.
  collaboration: En grupo.
  choice: Nada es obligatorio.
  culture: Nombres de todas partes.
"""
PAGE = f"summary: Qué es.\nobjectives: [Decir tu papel.]\n{PRINCIPLES}"
OTHERS = {
    "01-one.equal.es.md": ("", "Palabras suaves.\n"),
    "card.es.md": ("", "## Recuerda\n\n- Pregunta antes.\n"),
    "module.es.md": (PAGE, "Una introducción.\n"),
}


def written(name, of="000000000000", more=None):
    head, body = OTHERS[name]
    return HEAD.format(of=of, more=head if more is None else more) + body


def read(tmp_path, **others):
    folder = tmp_path / "new"
    folder.mkdir(exist_ok=True)
    for name, text in {**FILES, **others}.items():
        (folder / name).write_text(text, encoding="utf-8")
    problems = Problems()
    found = read_module(folder, problems.on("new"))
    check_translations(found)
    return found, problems


def source_of(module, name):
    return {
        "01-one.equal.es.md": module.equal_routes,
        "card.es.md": (module.card,),
        "module.es.md": (module,),
    }[name][0]


@pytest.mark.parametrize("name", OTHERS)
def test_each_is_part_of_its_module_and_is_written_out_again(tmp_path, name):
    found, _problems = read(tmp_path)
    of = fingerprint_of(source_of(found.module, name))
    found, problems = read(tmp_path, **{name: written(name, of)})
    assert problems.found == problems.warnings == []
    again, problems = read(tmp_path, **{name: files_of(found.module)[name]})
    assert problems.found == problems.warnings == []
    assert again.module == found.module
    rendered = render_module(found.module, ReferenceList())
    told = (
        *rendered.route_translations,
        *rendered.card_translations,
        *rendered.page_translations,
    )
    assert [(one.translator, one.is_outdated) for one in told] == [("Ana", False)]


@pytest.mark.parametrize("name", OTHERS)
def test_each_of_an_earlier_text_is_told(tmp_path, name):
    found, problems = read(tmp_path, **{name: written(name)})
    (warning,) = problems.warnings
    assert (warning.file, warning.code) == (f"new/{name}", ProblemCode.OUTDATED)
    assert fingerprint_of(source_of(found.module, name)) in warning.message
    assert problems.found == []


@pytest.mark.parametrize(
    ("name", "more", "path"),
    [
        ("module.es.md", PAGE.replace("[Decir tu papel.]", "[Uno., Dos.]"), "objectives"),
        ("module.es.md", PAGE.replace(PRINCIPLES, ""), "principles"),
        ("card.es.md", "note: Algo.\n", "note"),
        ("01-one.equal.es.md", "note: Algo.\n", "note"),
    ],
)
def test_what_differs_from_the_original_is_named(tmp_path, name, more, path):
    _found, problems = read(tmp_path, **{name: written(name, more=more)})
    assert [(one.path, one.code) for one in problems.found] == [(path, ProblemCode.TRANSLATION)]


@pytest.mark.parametrize(
    ("name", "like", "code"),
    [
        ("02-two.equal.es.md", "01-one.equal.es.md", ProblemCode.UNKNOWN_LESSON),
        ("card.xx.md", "card.es.md", ProblemCode.TRANSLATION),
        ("module.xx.md", "module.es.md", ProblemCode.TRANSLATION),
    ],
)
def test_an_unknown_language_and_an_unknown_original_are_named(tmp_path, name, like, code):
    _found, problems = read(tmp_path, **{name: written(like)})
    assert [(one.file, one.code) for one in problems.found] == [(f"new/{name}", code)]


def test_a_card_in_another_language_keeps_to_what_cards_are(tmp_path):
    text = HEAD.format(of="0", more="") + "Solo palabras.\n"
    _found, problems = read(tmp_path, **{"card.es.md": text})
    assert [one.code for one in problems.found] == [ProblemCode.CARD]


def test_only_what_is_translated_makes_a_page_older(tmp_path):
    before = fingerprint_of(read(tmp_path)[0].module)
    same = MODULE_HEAD.replace("domain: boundaries", "domain: ethics")
    assert fingerprint_of(read(tmp_path, **{"module.md": same})[0].module) == before
    other = MODULE_HEAD.replace("Peers answer.", "Peers listen.")
    assert fingerprint_of(read(tmp_path, **{"module.md": other})[0].module) != before


@pytest.mark.parametrize(
    ("name", "original"),
    [("01-one.es.md", "01-one.md"), *((n, n.replace(".es", "")) for n in OTHERS)],
)
def test_what_is_begun_fits_its_original_at_once(tmp_path, name, original):
    found, _problems = read(tmp_path)
    module = found.module
    source = module.lessons[0] if original == "01-one.md" else source_of(module, name)
    begun = translation_begun(FILES[original], source, "Ana", date(2026, 11, 22))
    _found, problems = read(tmp_path, **{name: begun})
    assert problems.found == problems.warnings == []
    assert "Words." in begun or original != "01-one.md"


def test_the_words_of_a_content_note_are_begun_with_too():
    note = "content_note:\n  topics: [control]\n  intensity: mention\n  words: Mentions it.\n---\n"
    text = LESSON_HEAD.removesuffix("---\n") + note + "Words.\n"
    lesson = lesson_from(text, "one", Problems()).lesson
    assert "note: Mentions it." in translation_begun(text, lesson, "Ana", date(2026, 11, 22))
