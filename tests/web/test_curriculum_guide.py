"""What stands beside a lesson's text: words, phases, local entries, and notes on one block."""

import json
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lms.models import AuditDetail, AuditEntry
from lms.rules.curriculum import (
    Check,
    CheckOption,
    Choice,
    Exercise,
    LocalEntries,
    Phase,
    PhaseShown,
    Situation,
    Step,
    Term,
    Text,
)
from lms.rules.definitions import ContentNote, SourceRef
from lms.services.publishing import publish_library
from tests.cast import NOW, library
from tests.reading import MODULE, lessons_of, publish_lesson, statements

NOTE = ContentNote(("control",), "light", "This lesson speaks of control.")
BLOCK_NOTE = ContentNote(("control",), "light", "Here somebody is watched.")
SOURCE = SourceRef("gilbert-2025", "Findings")
TERM = Term("hand-off", "A hand-off", "Passing *somebody* on.", SOURCE)
OTHER = Term("boundary", "A boundary", "What you do.")
PHASE = Phase(
    id="awareness",
    title="Awareness",
    words="Something does not feel right.",
    peers=("Be easy to find.",),
    peers_not=("Press for details.",),
    supervisors="Help the peer to be patient.",
    staff="Say who can be reached.",
    hand_over="There is danger now.",
    source=SOURCE,
)
HOUSING = LocalEntries("housing", "Look up how a person gets in.")


def follow(client, reply):
    parts = urlsplit(reply.location)
    return client.get(parts.path + (f"?{parts.query}" if parts.query else ""))


def choose(session, cast, pack):
    cast.organisation.pack = pack
    session.commit()


def publish_pack(session, **changed):
    pack = replace(library().packs[0], **changed)
    publish_library(session, replace(library(), modules=(), packs=(pack,)), by=None, now=NOW)
    session.commit()


# Words


def test_a_word_leads_to_where_it_is_explained_and_it_works_without_script(page, session):
    text = Text("A [pass](word:hand-off), and a [pass](word:hand-off) again.")
    url = publish_lesson(session, text, terms=(TERM, OTHER))
    trainee = page.as_("trainee")
    trainee.get(url)
    links = trainee.soup.select("a.word")
    assert [link["href"] for link in links] == ["#word-hand-off"] * 2
    assert trainee.soup.find(id="lesson-words").text == "Words in this lesson"
    entry = trainee.soup.find(id="word-hand-off")
    assert entry.dfn.text == "A hand-off"
    assert entry.em.text == "somebody"
    assert "Findings" in entry.text
    assert trainee.soup.find(id="word-boundary") is None


def test_a_lesson_without_words_has_no_list_of_them(page, session):
    trainee = page.as_("trainee")
    trainee.get(publish_lesson(session, Text("Plain.")))
    assert trainee.soup.find(id="lesson-words") is None


# Phases


def test_a_phase_says_who_does_what_and_when_to_hand_over(page, session):
    url = publish_lesson(session, PhaseShown("awareness"), phases=(PHASE,))
    trainee = page.as_("trainee")
    trainee.get(url)
    block = trainee.soup.find(id="phase-awareness")
    pairs = {dt.text: dt.find_next("dd").text for dt in block.select("dt")}
    assert pairs == {
        "What peers do": "Be easy to find.",
        "What peers do not do": "Press for details.",
        "What supervisors do": "Help the peer to be patient.",
        "What staff do": "Say who can be reached.",
        "Hand over when": "There is danger now.",
    }
    assert "Gilbert" in block.select_one(".source").text


# Local entries


def test_without_a_chosen_pack_a_kind_sentence_stands_there(page, session):
    url = publish_lesson(session, HOUSING)
    trainee = page.as_("trainee")
    trainee.get(url)
    block = trainee.soup.select_one(".local")
    assert block.h3.text == "Housing"
    assert "Look up how a person gets in." in block.text
    assert "has not chosen a list for your place yet" in block.text


def test_the_chosen_pack_answers_with_everything_and_an_invented_one_says_so(page, session, cast):
    choose(session, cast, "demo")
    url = publish_lesson(session, HOUSING)
    trainee = page.as_("trainee")
    trainee.get(url)
    block = trainee.soup.select_one(".local")
    assert "Invented, to practise with" in block.text
    assert "overdue" not in block.text
    titles = [entry.b.text for entry in block.select(".local-entry")]
    assert titles == ["Quiet House", "County housing desk"]
    facts = {dt.text: dt.find_next("dd").text for dt in block.select_one(".local-entry dl")("dt")}
    assert set(facts) == {
        "How a person gets in",
        "How long it takes",
        "What it costs",
        "Whom it suits",
        "How to reach it",
        "Last checked",
    }
    assert facts["Last checked"].endswith("2026, by Alongside curriculum group")


def test_a_real_pack_is_not_called_invented_and_shows_where_it_was_looked_up(page, session, cast):
    entries = tuple(replace(entry, source=SOURCE) for entry in library().packs[0].entries)
    url = publish_lesson(session, HOUSING)
    publish_pack(session, demo=False, entries=entries)
    choose(session, cast, "demo")
    trainee = page.as_("trainee")
    trainee.get(url)
    assert "Invented" not in trainee.soup.select_one(".local").text
    assert "Looked up in" in trainee.soup.select_one(".local").text


def test_an_overdue_pack_says_so(page, session, cast):
    url = publish_lesson(session, HOUSING)
    publish_pack(session, review_by=date(2026, 1, 31))
    choose(session, cast, "demo")
    trainee = page.as_("trainee")
    trainee.get(url)
    words = trainee.soup.select_one(".local").text
    assert "This list is overdue" in words
    assert "Check with staff before you rely on it." in words


@pytest.mark.parametrize("pack", ["demo", "gone"])
def test_a_pack_without_the_topic_or_a_pack_that_is_gone_leaves_no_hole(page, session, cast, pack):
    entries = tuple(e for e in library().packs[0].entries if e.topic != "housing")
    url = publish_lesson(session, HOUSING)
    publish_pack(session, entries=entries)
    choose(session, cast, pack)
    trainee = page.as_("trainee")
    assert trainee.get(url).status_code == 200
    assert "Ask your trainer who knows about" in trainee.soup.select_one(".local").text


def test_a_newer_pack_is_shown_at_once_and_each_house_sees_its_own(page, session, cast):
    choose(session, cast, "demo")
    url = publish_lesson(session, HOUSING)
    trainee, outsider = page.as_("trainee"), page.as_("outsider")
    trainee.get(url)
    first = replace(library().packs[0].entries[8], title="House of the Hill")
    publish_pack(session, entries=(first,))
    trainee.get(url)
    assert [b.text for b in trainee.soup.select(".local-entry b")] == ["House of the Hill"]
    outsider.get(url)
    assert not outsider.soup.select(".local-entry")


def test_a_lesson_without_local_entries_asks_nothing_of_packs(page, session, cast):
    choose(session, cast, "demo")
    url = f"/modules/{MODULE}/{lessons_of()[0]}"
    trainee = page.as_("trainee")
    trainee.get(url)
    with statements(session) as asked:
        trainee.get(url)
    assert not [one for one in asked if "organisation.pack" in one.lower()]


def test_a_coordinator_chooses_the_pack_and_it_is_written_down(page, session, cast):
    office = page.as_("coordinator")
    office.get("/organisation")
    choices = {option["value"]: option.text for option in office.soup.select("#pack option")}
    assert choices == {"": "None chosen yet", "demo": "Harbour County (invented)"}
    assert office.submit("/organisation", pack="demo").status_code == 302
    session.expire_all()
    assert cast.organisation.pack == "demo"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.actor_id) == ("organisation-changed", cast.coordinator.id)
    details = json.loads(session.get_one(AuditDetail, entry.id).details)
    assert details == {"what": "pack", "pack": "demo"}
    office.get("/organisation")
    assert office.submit("/organisation", pack="no-such").status_code == 200
    assert "Choose one from the list" in office.words


def test_a_pack_that_is_gone_stays_chosen_until_somebody_chooses_another(page, session, cast):
    choose(session, cast, "gone")
    office = page.as_("coordinator")
    office.get("/organisation")
    assert office.submit("/organisation", duty_name="Noor").status_code == 302
    session.expire_all()
    assert cast.organisation.pack == "gone"


# Notes on one block

CHECK = Check(
    "who",
    "Who may read it?",
    (
        CheckOption("a", "She.", "Perhaps."),
        CheckOption("b", "Anybody.", "Yes, in any hand.", right=True),
    ),
    content_note=BLOCK_NOTE,
)
CHOICES = (
    Choice("a", "Drive.", "Late home.", "unsafe"),
    Choice("b", "Wait.", "Dry home.", "fits"),
)
SITUATION = Situation(
    "lift",
    "A lift home",
    (Step("start", "It rains.", "And?", CHOICES),),
    "Take this along.",
    content_note=BLOCK_NOTE,
)
EXERCISE = Exercise("aloud", "Say it aloud", 5, "With another.", BLOCK_NOTE)


def test_a_block_with_a_note_is_met_folded_and_the_note_first(page, session):
    url = publish_lesson(session, Text("Before."), CHECK, EXERCISE, SITUATION, note=NOTE)
    trainee = page.as_("trainee")
    trainee.get(f"{url}?on=1")
    folds = trainee.soup.select("details.noted")
    assert len(folds) == 3
    for fold in folds:
        assert not fold.has_attr("open")
        assert "Here somebody is watched." in fold.summary.text
        assert "control" in fold.summary.text
        assert fold.select_one(".block")
    assert not trainee.soup.select("#lesson-text > .block")


def test_a_block_that_was_answered_stays_open(page, session):
    url = publish_lesson(session, CHECK, SITUATION, note=NOTE)
    trainee = page.as_("trainee")
    trainee.get(url)
    follow(trainee, trainee.post(f"{url}/answers?v=2", {"check": "who", "answer": "b"}))
    first, second = trainee.soup.select("details.noted")
    assert first.has_attr("open")
    assert not second.has_attr("open")
    assert "Yes, in any hand." in first.text
    follow(trainee, trainee.post(f"{url}/answers?v=2", {"situation": "lift"}))
    assert trainee.soup.select("details.noted")[1].has_attr("open")


def test_a_block_without_a_note_is_not_folded(page, session):
    url = publish_lesson(session, replace(CHECK, content_note=None))
    trainee = page.as_("trainee")
    trainee.get(url)
    assert not trainee.soup.select("details.noted")


def test_hostile_words_come_out_as_words(page, session, cast):
    bad = "<script>alert(1)</script> {{ 7*7 }} \u202e🙂"
    pack = library().packs[0]
    entry = replace(pack.entries[8], title=bad, words=bad, contact=bad, checked_by=bad)
    phase = replace(PHASE, title=bad, peers=(bad,), hand_over=bad)
    term = replace(TERM, words=bad)
    parts = (Text("A [pass](word:hand-off)."), PhaseShown("awareness"), HOUSING)
    url = publish_lesson(session, *parts, phases=(phase,), terms=(term,))
    publish_pack(session, entries=(entry,), owner=bad)
    choose(session, cast, "demo")
    trainee = page.as_("trainee")
    assert trainee.get(url).status_code == 200
    assert "alert(1)" in trainee.words
    assert all("alert(1)" not in script.text for script in trainee.soup.find_all("script"))
    assert "{{ 7*7 }}" in trainee.words
