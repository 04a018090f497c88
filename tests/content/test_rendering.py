"""Lessons come out ready for pages, and come back from their cached text."""

import dataclasses
import json

import pytest
from markupsafe import Markup

from lms.content.citing import short_words
from lms.content.figures import reading_figures
from lms.content.library import Library
from lms.content.modules import load_module
from lms.content.readability import count_words, grade
from lms.content.rendering import (
    RENDERER_VERSION,
    Surroundings,
    from_json,
    render_lesson,
    render_module,
    rendered_module_json,
    texts_of,
    to_json,
)
from lms.rules.definitions import Reference, ReferenceList
from tests.content.building import CHECK, make_module
from tests.content.test_modules import SITUATION

REFERENCES = ReferenceList(
    (
        Reference("a-2020", "Adams, B. C. (2020). Words.", 2020, "report", "https://a.example"),
        Reference("b-2021", "Words without brackets, by many.", 2021, "opinion", note="Few."),
    )
)
BODY = (
    "## One\n\nA claim [@a-2020: p. 1] and [@b-2021].\n\n"
    + CHECK.replace("She.", "'*She* [@a-2020: p. 2].'").replace(
        "```\n", "source: {ref: a-2020, where: p. 3}\n```\n"
    )
    + SITUATION
    + "```reflection\nid: lines\nprompt: Which?\n```\n"
    + "```exercise\nid: aloud\ntitle: Aloud\nminutes: 15\nwords: |\n  - one\n  - two\n```\n"
)


@pytest.fixture
def module(tmp_path):
    return load_module(make_module(tmp_path, BODY))


def test_a_lesson_is_rendered_part_by_part(module):
    lesson = render_module(module, REFERENCES).lessons[0]
    text, check, situation, reflection, exercise = lesson.parts
    assert [part.kind for part in lesson.parts] == [
        "text",
        "check",
        "situation",
        "reflection",
        "exercise",
    ]
    assert text.html.startswith('<h2 id="section-one">One</h2><p>A claim <span class="cites">')
    assert check.options[0].text.startswith("<em>She</em> ")
    assert (check.options[1].right, check.source.where) == (True, "p. 3")
    assert situation.steps[0].choices[1].then == "later"
    assert reflection.prompt == "Which?"
    assert exercise.words == "<ul><li>one</li><li>two</li></ul>"
    assert [heading.id for heading in lesson.headings] == ["section-one"]
    assert all(isinstance(html, Markup) for html in (text.html, check.question, exercise.words))


def test_a_lesson_lists_each_source_once_with_every_place(module):
    sources = render_module(module, REFERENCES).lessons[0].sources
    assert [(source.id, source.short, source.where) for source in sources] == [
        ("a-2020", "Adams 2020", "p. 1; p. 2"),
        ("b-2021", "Words without brackets, by 2021", ""),
    ]
    assert (sources[0].strength, sources[0].address) == ("report", "https://a.example")


def test_addresses_are_those_of_the_pages(module, tmp_path):
    body = "[a](01-first-contact.md) [b](../other/module.md) ![c](img/c.svg)"
    lesson = load_module(make_module(tmp_path / "linked", body)).lessons[0]
    around = dataclasses.replace(Surroundings.of(REFERENCES), pictures={"c.svg": "0123456789" * 6})
    rendered, findings = render_lesson(lesson, "boundaries", around)
    assert findings == ()
    assert 'href="/modules/boundaries/first-contact"' in rendered.parts[0].html
    assert 'href="/modules/other"' in rendered.parts[0].html
    assert 'src="/modules/boundaries/img/0123456789012345/c.svg"' in rendered.parts[0].html


def test_a_rendered_module_comes_back_from_its_text(module):
    rendered = render_module(module, REFERENCES)
    text = to_json(rendered)
    assert text == rendered_module_json(module, REFERENCES)
    again = from_json(text)
    assert again == rendered
    assert isinstance(again.lessons[0].parts[0].html, Markup)


def test_a_text_of_another_renderer_is_not_used(module):
    stored = json.loads(rendered_module_json(module, REFERENCES))
    stored["renderer"] = RENDERER_VERSION + 1
    with pytest.raises(ValueError, match="rendered by version"):
        from_json(json.dumps(stored))


def test_words_are_counted_in_all_parts(module):
    lesson = render_module(module, REFERENCES).lessons[0]
    assert lesson.words == sum(len(text.split()) for text in texts_of(lesson.parts))
    assert "This." in texts_of(lesson.parts)


@pytest.mark.parametrize(
    ("cite", "words"),
    [
        ("Gilbert (2020). A way.", "Gilbert 2020"),
        ("Campbell, L. (2020). Peer Support.", "Campbell 2020"),
        ("Liversage, A. & Smith, B. C. (2020). X.", "Liversage and Smith 2020"),
        ("Adams, A., Brown, B., & Cole, C. (2020). X.", "Adams and others 2020"),
        ("MacNeil and Mead (2020). Seven.", "MacNeil and Mead 2020"),
        ("Gregory and colleagues (2020). How.", "Gregory and others 2020"),
        ("Gregory et al. (2020). How.", "Gregory and others 2020"),
        ("N.A.P.S. / iNAPS (2020). Guidelines.", "N.A.P.S. / iNAPS 2020"),
        ("Practice note on starting groups.", "Practice note on starting 2020"),
    ],
)
def test_a_source_is_named_by_its_authors_and_year(cite, words):
    assert short_words(Reference("x", cite, 2020, "report")) == words


def test_a_source_may_say_how_it_is_named():
    reference = Reference("x", "Long (2020).", 2020, "report", short="Practice note")
    assert short_words(reference) == "Practice note 2020"


def test_short_words_in_short_sentences_read_easier():
    plain = grade("You can rest. You do not carry it alone. Ask for help.")
    hard = grade(
        "Organisational responsibilities necessitate collaborative documentation procedures "
        "notwithstanding individual considerations."
    )
    assert plain < 4 < 15 < hard
    assert grade("") == 0.0


def test_the_grade_is_that_of_the_formula():
    # 11 words, 2 sentences, 13 syllables
    assert grade("The cat sat on the mat. It was very happy there.") == round(
        0.39 * 11 / 2 + 11.8 * 13 / 11 - 15.59, 1
    )


def test_words_with_apostrophes_are_one_word():
    assert count_words("Don't stop: 3 of the organisation’s lines.") == 6


def test_reading_figures_name_every_lesson(module):
    library = Library(REFERENCES, (module,), (), (), (), (), ())
    (figures,) = reading_figures(library)
    assert (figures.module, figures.lesson, figures.minutes) == ("boundaries", "first-contact", 20)
    assert figures.words > 40
    assert (figures.route, figures.is_hard) == ("lesson", False)
