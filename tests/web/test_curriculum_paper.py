"""The card and the whole module on paper, the list with its core, and looking for a word."""

from dataclasses import replace
from urllib.parse import unquote

import pytest

from lms.rules.curriculum import Exercise, PhaseShown, Reflection, Text
from lms.rules.definitions import ContentNote
from tests.cast import library
from tests.reading import (
    MODULE,
    lessons_of,
    module_named,
    publish_again,
    publish_lesson,
)
from tests.web.test_curriculum_guide import (
    BLOCK_NOTE,
    HOUSING,
    NOTE,
    PHASE,
    SITUATION,
    TERM,
    choose,
)
from tests.web.test_curriculum_guide import CHECK as A_CHECK

LIMIT_BYTES = 60 * 1024
PRINT = f"/modules/{MODULE}/print"
CARD = f"/modules/{MODULE}/card"


@pytest.mark.parametrize(
    ("who", "status"),
    [("trainee", 200), ("trainer", 200), ("coordinator", 200), ("supervisor", 403),
     ("visitor", 302)],
)  # fmt: skip
@pytest.mark.parametrize("url", [PRINT, CARD])
def test_whoever_reads_the_module_may_print_it(page, who, status, url):
    assert page.as_(who).get(url).status_code == status


def test_every_module_has_its_card_and_its_paper(page):
    """A trainer reads every lesson, whatever a programme leaves out."""
    trainer = page.as_("trainer")
    for module in library().modules:
        if module.card:
            assert trainer.get(f"/modules/{module.slug}/card").status_code == 200
            assert trainer.soup.h1.text == module.card.title
        assert trainer.get(f"/modules/{module.slug}/print").status_code == 200
        titles = [h2.text for h2 in trainer.soup.select(".paper-lesson > h2")]
        wanted = [f"{n}. {one.head.title}" for n, one in enumerate(module.lessons, start=1)]
        assert titles == wanted


def test_a_module_without_a_card_has_no_page_and_no_link_to_one(page, session):
    publish_again(session, replace(module_named(), card=None))
    trainee = page.as_("trainee")
    assert trainee.get(CARD).status_code == 404
    trainee.get(f"/modules/{MODULE}")
    assert not trainee.soup.select(f'a[href="{CARD}"]')
    assert trainee.soup.select(f'a[href="{PRINT}"]')


@pytest.mark.parametrize("url", ["/modules/nothing/card", "/modules/nothing/print"])
def test_what_is_not_there_is_missing(page, url):
    assert page.as_("trainee").get(url).status_code == 404


def test_the_paper_writes_out_what_follows_and_leaves_room(page, session, cast):
    choose(session, cast, "demo")
    parts = (
        Text("## Here\n\nA [pass](word:hand-off)."),
        replace(A_CHECK, content_note=None),
        replace(SITUATION, content_note=None),
        Reflection("mine", "Which line?"),
        PhaseShown("awareness"),
        HOUSING,
    )
    publish_lesson(session, *parts, terms=(TERM,), phases=(PHASE,))
    trainee = page.as_("trainee")
    trainee.get(PRINT)
    first = trainee.soup.select_one(".paper-lesson")
    assert first.h3.text == "Here"
    for words in ("Yes, in any hand.", "Late home.", "Dry home.", "Take this along."):
        assert words in first.text
    assert first.select_one(".paper-room")
    assert "There is danger now." in first.text
    assert "Quiet House" in first.text
    assert trainee.soup.find(id="word-hand-off")
    assert not first.find_all(["form", "input", "button"])


def test_what_is_harder_stays_folded_on_paper_and_its_note_stands_there(page, session):
    noted = Exercise("aloud", "Say it aloud", 5, "The harder words.", BLOCK_NOTE)
    mention = replace(NOTE, intensity="mention")
    publish_lesson(session, Text("Before."), noted, note=mention)
    trainee = page.as_("trainee")
    trainee.get(PRINT)
    first = trainee.soup.select_one(".paper-lesson")
    assert "This lesson speaks of control." in first.select_one(".note").text
    fold = first.select_one("details.noted")
    assert not fold.has_attr("open")
    assert "Here somebody is watched." in fold.summary.text
    assert "The harder words." in fold.text


@pytest.mark.parametrize("intensity", ["light", "close"])
def test_a_lesson_that_is_more_than_a_mention_is_folded_whole(page, session, intensity):
    close = ContentNote(("violence",), intensity, "It comes close.")
    publish_lesson(session, Text("The words."), note=close)
    trainee = page.as_("trainee")
    trainee.get(PRINT)
    fold = trainee.soup.select_one(".paper-lesson > details.noted")
    assert "It comes close." in fold.summary.text
    assert "The words." in fold.text


# The list


def test_the_list_says_what_is_core_and_how_long_it_takes(page, session):
    publish_again(session, replace(module_named(), head=replace(module_named().head, core=False)))
    trainee = page.as_("trainee")
    trainee.get("/modules")
    core = [m for m in library().modules if m.head.core and m.slug != MODULE]
    hours = sum(lesson.head.minutes for module in core for lesson in module.lessons) // 60
    assert f"The core has {len(core)} modules: about {hours} h" in trainee.words
    card = next(a for a in trainee.soup.select("article") if MODULE in a.a["href"])
    assert "Extension" in card.text


def test_the_module_says_what_is_seen_done_and_who_wrote_along(page, session):
    head = replace(module_named().head, co_writers=("Wren",))
    publish_again(session, replace(module_named(), head=head))
    trainee = page.as_("trainee")
    trainee.get(f"/modules/{MODULE}")
    assert "Wren" in trainee.words
    assert head.principles is None or head.principles.safety in trainee.words


# Looking for a word


def find(client, words):
    client.get("/modules")
    assert client.submit("/modules", words=words).status_code == 200
    return client.soup.select_one("#found").find_next_sibling()


def test_a_word_is_found_in_titles_and_headings_without_script(page, session):
    publish_lesson(session, Text("## Über die Brücke\n\nWords."))
    trainee = page.as_("trainee")
    links = find(trainee, "BRUCKE uber").select("a")
    assert [link.text for link in links] == ["Über die Brücke"]
    assert (
        unquote(links[0]["href"]) == f"/modules/{MODULE}/{lessons_of()[0]}#section-über-die-brücke"
    )
    assert trainee.get(links[0]["href"].split("#")[0]).status_code == 200
    assert trainee.soup.find(id="section-über-die-brücke")
    titles = [link["href"] for link in find(trainee, "boundaries").select("a")]
    assert titles[0] == f"/modules/{MODULE}"


@pytest.mark.parametrize("words", ["zzz-nothing", "'; drop table person; --", "🙂\u202e", "%"])
def test_what_is_not_there_is_said_kindly(page, words):
    trainee = page.as_("trainee")
    assert "Try a shorter word" in find(trainee, words).text
    assert trainee.soup.find(id="words")["value"] == words.replace("\u202e", "")


@pytest.mark.parametrize("words", ["", "   ", "x" * 500])
def test_words_that_cannot_be_looked_for_are_asked_for_again(page, words):
    trainee = page.as_("trainee")
    trainee.get("/modules")
    assert trainee.submit("/modules", words=words).status_code == 200
    assert trainee.soup.select_one(".error")


def test_looking_is_for_readers_and_leaves_no_words_in_an_address(page):
    trainee = page.as_("trainee")
    trainee.get("/modules")
    form = trainee.soup.select_one("form[role=search]")
    assert form["method"] == "post"
    assert page.as_("supervisor").post("/modules", {"words": "a"}).status_code == 403


# Weight


def test_a_lesson_of_two_thousand_words_is_light(page, session):
    text = "\n\n".join("Plain words that fill a page of a lesson. " * 12 for _ in range(20))
    url = publish_lesson(session, Text(text), replace(A_CHECK, content_note=None), SITUATION)
    reply = page.as_("trainee").get(url)
    assert len(text.split()) + 100 > 2000
    assert len(reply.data) < LIMIT_BYTES


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("who", ["trainee", "trainer"])
def test_no_lesson_of_the_project_is_heavy(page, session, cast, who, language):
    """Each lesson as its reader gets it, uncompressed; for staff the equal routes as well."""
    cast.people[who].language = language
    session.commit()
    reader, heavy = page.as_(who), {}
    (demo,) = [one for one in library().programmes if one.demo]
    omitted = {one.lesson for one in demo.omits}
    for module in library().modules:
        routes = [(one.slug, "&way=other") for one in module.equal_routes if who != "trainee"]
        for lesson, way in [*((one.slug, "") for one in module.lessons), *routes]:
            reply = reader.client.get(f"/modules/{module.slug}/{lesson}?on=1{way}")
            is_there = who == "trainer" or lesson not in omitted
            assert (b'id="lesson-text"' in reply.data) is is_there, lesson
            if len(reply.data) >= LIMIT_BYTES:
                heavy[lesson + way] = len(reply.data)
    assert heavy == {}


def test_the_card_of_the_journey_names_each_phase_once_with_who_does_what(page):
    trainee = page.as_("trainee")
    trainee.get("/modules/help-seeking-journey/card")
    named = [one.text for one in trainee.soup.select("dl.roles dt")]
    assert len(named) == len(set(named)) == 10
    assert {"Awareness", "Return"} <= set(named)
    assert "Hand over when" in trainee.words
    trainee.get("/modules/group-facilitation/card")
    assert trainee.soup.select("dl.roles") == []
