"""Equal routes, cards and modules' own pages in the reader's language; titles in every list."""

from dataclasses import replace
from datetime import date

import pytest

from lms.content.translations import fingerprint_of
from lms.rules.curriculum import (
    CardTranslation,
    LocalEntries,
    PageHead,
    PageTranslation,
    Translation,
    TranslationHead,
)
from lms.services.authoring import open_desk
from lms.services.publishing import current_version, definition_of
from tests.cast import grant, library
from tests.certifying import attest
from tests.reading import MODULE, module_named, publish_again, publish_two_ways, statements
from tests.sitting import sign_all

FIRST = "what-a-boundary-is-for"
TRANSLATOR, ON = "Ana", date(2026, 11, 22)
TITLE, LESSON_TITLE = "Los límites", "Para qué sirve un límite"
SUMMARY, AIM, HELLO = "Hasta dónde llega el papel.", "Decir tu papel.", "Una introducción."
CARD, ON_CARD = "En una tarjeta", "Pregunta antes."
MARKED = '<span lang="en" dir="ltr">'


def told(module):
    """Return the project's module with its page and card in Spanish."""
    objectives = tuple(f"{AIM} {number}" for number in range(len(module.head.objectives)))
    head = PageHead(TITLE, SUMMARY, objectives, TRANSLATOR, ON, principles=module.head.principles)
    page = PageTranslation("es", replace(head, of=fingerprint_of(module)), HELLO)
    card = CardTranslation(
        "es",
        TranslationHead(CARD, TRANSLATOR, ON, fingerprint_of(module.card)),
        f"## Recuerda\n\n- {ON_CARD}",
    )
    return replace(module, page_translations=(page,), card_translations=(card,))


@pytest.fixture
def reader(page, cast, session):
    """Return the trainee, who reads Spanish."""
    cast.people["trainee"].language = "es"
    publish_again(session, told(module_named()))
    return page.as_("trainee")


def test_a_modules_own_page_is_met_in_the_readers_language(reader):
    text = reader.get(f"/modules/{MODULE}").text
    assert f"<h1>{TITLE}</h1>" in text
    assert SUMMARY in text
    assert f"{AIM} 0" in text
    assert HELLO in text
    assert "Traducido por Ana" in reader.words
    assert module_named().head.summary not in text
    assert f'href="/modules/{MODULE}?in=en"' in text


def test_the_page_as_it_was_written_is_one_press_away_and_the_way_back_too(reader):
    text = reader.get(f"/modules/{MODULE}?in=en").text
    assert f"<h1>{MARKED}{module_named().head.title}</span></h1>" in text
    assert HELLO not in text
    assert f'href="/modules/{MODULE}"' in text


def test_the_card_too(reader):
    text = reader.get(f"/modules/{MODULE}/card").text
    assert f"<h1>{CARD}</h1>" in text
    assert ON_CARD in text
    assert "Traducido por Ana" in reader.words
    text = reader.get(f"/modules/{MODULE}/card?in=en").text
    assert ON_CARD not in text
    assert module_named().card.title in text


def test_the_paper_begins_in_the_readers_language(reader):
    text = reader.get(f"/modules/{MODULE}/print").text
    assert f"<h1>{TITLE}</h1>" in text
    assert HELLO in text


def test_a_page_of_an_earlier_text_is_said_to_be_one(reader, session):
    module = told(module_named())
    head = replace(module.head, summary="Another summary.")
    publish_again(session, replace(module, head=head))
    reader.get(f"/modules/{MODULE}")
    assert reader.soup.select_one(".note-caution a")["href"].endswith("?in=en")


def test_lists_name_modules_and_lessons_in_the_readers_language(reader):
    text = reader.get("/modules").text
    assert f'<a href="/modules/{MODULE}">{TITLE}</a>' in text
    assert SUMMARY in text
    text = reader.get(f"/modules/{MODULE}").text
    assert f"1. {LESSON_TITLE}</a>" in text
    text = reader.get(f"/modules/{MODULE}/equal-service").text
    assert f"<span>{LESSON_TITLE}" in text


def test_words_are_looked_for_in_the_readers_language(reader):
    reader.get("/modules")
    reader.post("/modules", {"words": "sirve"})
    assert LESSON_TITLE in reader.words
    reader.post("/modules", {"words": TITLE})
    assert next(a.text for a in reader.soup.select("#found ~ ul a")) == TITLE


def test_progress_names_modules_so_and_marks_what_is_english(reader):
    text = reader.get("/progress").text
    assert TITLE in text
    assert '<span class="requirement-label"><span lang="en" dir="ltr">' in text
    assert "&lt;span" not in text


def test_today_names_the_lesson_in_the_readers_language(reader, session, cast):
    sign_all(session)
    attest(session, cast.enrolment)
    session.commit()
    text = reader.get("/today").text
    assert f'<h2 id="first-card">{LESSON_TITLE}</h2>' in text
    assert TITLE in text
    assert "&lt;span" not in text


def test_readers_of_english_meet_no_marks(page, session):
    publish_again(session, told(module_named()))
    trainee = page.as_("trainee")
    for url in ("/modules", f"/modules/{MODULE}", f"/modules/{MODULE}/card", "/progress", "/today"):
        text = trainee.get(url).text
        assert TITLE not in text
        assert text.count('lang="en" dir') == 1  # the page's own


# The other way


@pytest.fixture
def other_way(page, cast, session):
    """Return the address of a lesson with two ways, the gentler one translated."""
    cast.people["trainee"].language = "es"
    url = publish_two_ways(session)
    module = definition_of(session, current_version(session, "module", MODULE))
    (route,) = module.equal_routes
    check = replace(route.parts[1], question="En palabras suaves: ¿quién lo tiene?")
    words = replace(route.parts[0], markdown="La misma meta con palabras suaves.")
    head = TranslationHead("Un título más suave", TRANSLATOR, ON, fingerprint_of(route))
    translation = Translation(route.slug, "es", head, (words, check, route.parts[2]))
    publish_again(session, replace(module, route_translations=(translation,)))
    return url


def test_the_equal_route_is_met_in_the_readers_language(page, other_way):
    reader = page.as_("trainee")
    reader.get(other_way)
    reader.submit(f"{other_way}/way", way="other")
    text = reader.get(f"{other_way}?on=1").text
    assert "<h1>Un título más suave</h1>" in text
    assert "La misma meta con palabras suaves." in text
    assert "¿quién lo tiene?" in text
    assert "Traducido por Ana" in reader.words
    text = reader.get(f"{other_way}?on=1&in=en").text
    assert "The same aim in gentle words." in text
    assert "La misma meta" not in text


def test_an_answer_on_it_counts_in_both_languages(page, other_way):
    reader = page.as_("trainee")
    reader.get(other_way)
    reader.submit(f"{other_way}/way", way="other")
    reader.post(f"{other_way}/answers", {"check": "who-holds-it", "answer": "b"})
    for query in ("?on=1", "?on=1&in=en"):
        reader.get(other_way + query)
        assert reader.soup.select_one("#check-who-holds-it input[value=b]").has_attr("checked")


def test_translations_ask_the_database_nothing_more(page, other_way, session):
    reader = page.as_("trainee")
    reader.get(other_way)
    reader.submit(f"{other_way}/way", way="other")
    reader.get(other_way)
    with statements(session) as translated:
        reader.client.get(f"{other_way}?on=1")
    with statements(session) as original:
        reader.client.get(f"{other_way}?on=1&in=en")
    assert len(translated) == len(original)


# Authors


@pytest.fixture
def author(page, cast, session):
    """Return somebody who writes modules."""
    grant(session, cast.second_trainer, "author")
    session.commit()
    return page.as_("second_trainer")


DESK = f"/authoring/{MODULE}"


@pytest.mark.parametrize(
    ("original", "name", "words"),
    [
        ("02-fixed-lines-and-lines-talked-through.md", None, "Translation of a lesson"),
        ("card.md", "card.es.md", "Translation of the summary card"),
        ("module.md", "module.es.md", "Translation of the module's own page"),
    ],
)
def test_a_translation_is_begun_written_shown_and_carried(author, session, original, name, words):
    name = name or original.replace(".md", ".es.md")
    author.get(DESK)
    assert author.soup.find("form", action=f"{DESK}/files/{original}/translation") is not None
    reply = author.post(f"{DESK}/files/{original}/translation", {"language": "es"})
    assert reply.location == f"{DESK}/files/{name}"
    author.get(reply.location)
    assert words in author.words
    assert "Write your own in its place" in author.words
    form = next(one for one in author.soup.find_all("form") if one.find("textarea"))
    data = {one["name"]: one.get("value", "") for one in form.find_all("input")}
    text = form.find("textarea").text.removeprefix("\n").replace("Who translates this", "Ana")
    assert "of: " in text
    author.post(reply.location, {**data, "text": text, "go": "save"})
    author.get(DESK)
    assert "Nothing to mend" in author.words or "to mend" not in author.words
    assert author.soup.find("form", action=f"{DESK}/files/{original}/translation") is None
    shown = author.get(f"{DESK}/files/{name}/preview").location
    assert author.get(shown).status_code == 200
    assert "Translated by Ana" in author.words
    author.get(f"{DESK}/changes")
    assert name in author.words
    package = author.client.get(f"{DESK}/package").data
    assert name.encode() in package


@pytest.mark.parametrize(
    ("file", "language", "status"),
    [
        ("nothing.md", "es", 404),
        ("02-nothing.md", "es", 404),
        ("card.md", "fr", 302),
        ("card.md", "", 302),
        ("card.md", "../x", 302),
        ("01-what-a-boundary-is-for.md", "es", 302),
    ],
)
def test_what_cannot_be_begun_begins_nothing(author, session, file, language, status):
    before = set(open_desk(session, MODULE).files)
    reply = author.post(f"{DESK}/files/{file}/translation", {"language": language})
    assert reply.status_code == status
    assert set(open_desk(session, MODULE).files) == before


@pytest.mark.parametrize("who", ["trainee", "trainer", "coordinator"])
def test_only_authors_begin_translations(page, session, who):
    asker = page.as_(who)
    reply = asker.post(f"{DESK}/files/card.md/translation", {"language": "es"})
    assert reply.status_code in (403, 404)
    assert "card.es.md" not in open_desk(session, MODULE).files


def test_a_lesson_taken_out_takes_its_translation_along(author, session):
    name = f"01-{FIRST}.md"
    author.post(f"{DESK}/files/{name}/remove")
    files = open_desk(session, MODULE).files
    assert name not in files
    assert name.replace(".md", ".es.md") not in files
    assert author.get(f"{DESK}/preview").status_code == 200


def test_the_list_of_modules_says_which_translations_are_outdated(author, session):
    module = module_named()
    first = replace(module.lessons[0], head=replace(module.lessons[0].head, title="Otherwise"))
    publish_again(session, replace(module, lessons=(first, *module.lessons[1:])))
    author.get("/authoring")
    assert "1 translation is of an earlier text" in author.words


# English inside a page of another language


def unmarked(soup, words):
    """Return the places where English words stand that nothing says to be English."""
    found = [text for text in soup.main.find_all(string=True) if words in text]
    assert found, words
    return [
        text
        for text in found
        if not any(parent.get("lang") == "en" for parent in text.parents if parent.name != "html")
    ]


def test_scenarios_are_marked(reader):
    scenario = next(one for one in library().scenarios if one.id == "until-friday")
    reader.get("/role-plays/until-friday")
    criterion = scenario.criteria[0].words
    for words in (scenario.title, scenario.setting, scenario.dilemma, criterion):
        assert unmarked(reader.soup, words) == []
    reader.get("/role-plays")
    assert unmarked(reader.soup, scenario.title) == []


def test_agreements_are_marked(reader, cast):
    code = next(one for one in library().agreements if one.head.kind == "code-of-ethics")
    reader.get("/agreements")
    assert unmarked(reader.soup, code.head.title) == []
    reader.get(f"/agreements/{cast.enrolment.public_id}/{code.slug}")
    assert unmarked(reader.soup, code.head.title) == []
    prose = reader.soup.select_one("article.prose > .prose")
    assert (prose["lang"], prose["dir"]) == ("en", "ltr")


def test_questions_before_an_agreement_are_marked(reader, cast):
    paper = next(one for one in library().agreements if one.head.questions)
    reader.get(f"/agreements/{cast.enrolment.public_id}/{paper.slug}/questions")
    question = paper.head.questions[0]
    assert unmarked(reader.soup, question.question) == []
    assert unmarked(reader.soup, question.options[0].text) == []


def test_source_lines_are_marked(reader):
    url = f"/modules/{MODULE}/what-a-boundary-is-for"
    module = module_named()
    check = next(p for p in module.lessons[0].parts if getattr(p, "source", None))
    choice = {"check": check.id, "answer": check.options[0].id}
    reader.get(url)
    reader.post(f"{url}/answers", choice)
    reader.get(url)
    line = reader.soup.select_one(f"#check-{check.id} .source")
    assert line.text.startswith("Fuente")
    assert line.select_one("[lang=en]") is not None


def test_local_entries_are_marked(reader, cast, session):
    cast.organisation.pack = "demo"
    session.commit()
    entries = library().packs[0].entries
    topics = {entry.topic: entry for entry in entries}
    for module in library().modules:
        for lesson in module.lessons:
            asked = [part.topic for part in lesson.parts if isinstance(part, LocalEntries)]
            shown = [topics[topic] for topic in asked if topic in topics]
            if shown:
                reader.get(f"/modules/{module.slug}/{lesson.slug}?on=1")
                assert unmarked(reader.soup, shown[0].title) == []
                return
    pytest.fail("no lesson shows local entries")
