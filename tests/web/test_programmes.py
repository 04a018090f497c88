"""Programmes in the browser: who may, reading aloud, setting figures, publishing, moving."""

import io
import re

import pytest
from sqlalchemy import func, select

from lms.models import (
    ContentVersion,
    Enrolment,
    Installation,
    ProgrammeDraft,
    ProgrammeMove,
)
from lms.rules.programmes.figures import FIGURES, Sort
from lms.rules.programmes.telling import tell
from lms.services.programmes.sending import Copy, copy_programme
from lms.web.programmes import labels
from lms.web.programmes.words import rule_words
from tests.cast import NOW, TODAY
from tests.certifying import meet_all
from tests.rules.test_programme_telling import HOLDERS, KINDS, SMALLEST, made
from tests.services.test_programmes import DEMO, EXAMPLE, REAL, demo_with, set_one

PAGES = (
    "/programmes",
    f"/programmes/{REAL}/versions/1",
    f"/programmes/{REAL}/versions",
    f"/programmes/{REAL}/versions/1/text",
    f"/programmes/{REAL}/versions/1/file",
    f"/programmes/{REAL}/versions/1/since/1",
    f"/programmes/{REAL}/copy",
    f"/programmes/{REAL}/draft",
    f"/programmes/{REAL}/draft/changes",
    f"/programmes/{REAL}/draft/whole",
    f"/programmes/{REAL}/draft/rules/supervision",
    f"/programmes/{REAL}/draft/renewal/supervision-since",
    f"/programmes/{REAL}/draft/text",
    f"/programmes/{REAL}/draft/publish",
    "/programme-texts",
)


@pytest.fixture
def office(page):
    return page.as_("coordinator")


@pytest.fixture
def asked(cast):
    return {"by": cast.coordinator.id, "now": NOW}


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def field_for(office, words):
    """Return the name of the field with a label."""
    label = next(one for one in office.soup.find_all("label") if words in one.get_text())
    return office.soup.find(id=label["for"])["name"]


# Who may, and whose it is


@pytest.mark.parametrize("url", PAGES)
def test_coordinators_alone_read_and_change_programmes(page, url):
    assert page.as_("coordinator").get(url).status_code == 200
    for who in ("trainee", "trainer", "supervisor"):
        assert page.as_(who).get(url).status_code == 403, who
    assert page.as_("visitor").get(url).status_code == 302


def test_another_houses_version_draft_and_copy_are_not_there(session, cast, page, asked):
    house = cast.organisation.id
    version = demo_with(session, cast, asked)
    set_one(session, house, DEMO, "supervision", "min", "7 h", asked)
    slug = copy_programme(session, house, EXAMPLE, Copy("Ours"), **asked)
    session.commit()
    other = page.as_("outsider")
    assert other.get(f"/programmes/{DEMO}/versions/{version.number}").status_code == 404
    assert other.get(f"/programmes/{DEMO}/versions/1").status_code == 200
    for path in ("", "/draft", "/draft/text", "/draft/whole", "/copy", "/draft/publish"):
        assert other.get(f"/programmes/{slug}{path}").status_code == 404, path
    for path in ("/draft/drop", "/draft/publish", "/draft/text", "/copy"):
        sent = other.post(f"/programmes/{slug}{path}", {"title": "x", "note": "x", "text": "x"})
        assert sent.status_code == 404, path
    assert "Ours" not in other.get("/programmes").get_data(as_text=True)
    assert other.post(f"/programmes/{DEMO}/draft/drop").status_code == 302
    assert count(session, ProgrammeDraft) == 2  # theirs was not there to drop


# Reading aloud


def test_the_list_tells_examples_apart_and_says_what_keeps_a_cohort(office):
    office.get("/programmes")
    table = office.soup.find("table").get_text(" ")
    assert "Peer support with survivors of domestic violence" in table
    assert "still to be set" in table
    assert "Georgia" not in table
    assert "check with your board" in office.words
    assert "Georgia" in office.words


def test_a_version_is_read_aloud_with_its_figures_to_be_set_in_sight(office):
    office.get(f"/programmes/{REAL}/versions/1")
    marked = [one.get_text() for one in office.soup.find_all("mark")]
    assert len(marked) > 10
    assert set(marked) == {"still to be set"}
    for words in (
        "In this order: each step opens when the ones before it are met.",
        "These modules are finished: Safety planning.",
        "Nobody can set this aside.",
        "Only hours of this kind: In a group.",
        "What renewing asks",
        "What was done before a step opened does not count for that step.",
    ):
        assert words in office.words, words


@pytest.mark.parametrize("slug", [DEMO, EXAMPLE, "example-georgia-cps", "example-texas-mhps"])
def test_other_programmes_are_read_aloud_too(office, slug):
    assert office.get(f"/programmes/{slug}/versions/1").status_code == 200
    assert "%(" not in office.words
    assert "Tell." not in office.words


def test_every_sentence_of_every_kind_can_be_said(app):
    """The widest programme there could be: each sentence with a value of its kind."""
    nodes = [made(kind) for kind in KINDS]
    nodes += [HOLDERS[kind](one) for kind, one in SMALLEST.items()]
    with app.test_request_context():
        said = [rule_words(tell(node), {}) for node in nodes]
    words = " ".join(str(s) for one in said for part in one.parts for s in part.sentences)
    assert "%(" not in words


def test_the_text_can_be_read_and_taken_away(office):
    office.get(f"/programmes/{REAL}/versions/1/text")
    assert "agreement: code-of-ethics" in office.words
    reply = office.get(f"/programmes/{REAL}/versions/1/file")
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{REAL}.yaml"'
    assert reply.mimetype == "application/yaml"


# Setting figures


def test_every_figure_has_a_label_and_every_sort_that_is_typed_a_hint():
    named = {(owner, name) for owner, names in FIGURES.items() for name in names}
    assert set(labels.FIGURES) == named
    sorts = {sort for names in FIGURES.values() for sort in names.values()}
    assert set(labels.HINTS) == sorts - {Sort.SWITCH, Sort.CHOICE}


RULE = f"/programmes/{REAL}/draft/rules/practice"


def set_practice(office, **values):
    office.get(RULE)
    name = field_for(office, "At least")
    typed = {"reason": "Our board.", "source": "Our board, 3 March 2026", name: "30 h"}
    data = {**office.form_data(), **typed, **{k: v for k, v in values.items() if k != "least"}}
    data[name] = values.get("least", "30 h")
    return office.post(RULE, data)


def test_a_figure_is_set_with_a_reason_and_kept_as_a_draft(session, office):
    reply = set_practice(office, go="back")
    assert reply.status_code == 302
    office.get(f"/programmes/{REAL}/draft")
    assert "At least 30\N{NO-BREAK SPACE}h of practice hours." in office.soup.get_text()
    office.get(f"/programmes/{REAL}/versions/1")
    assert "30\N{NO-BREAK SPACE}h of practice" not in office.soup.get_text()
    assert count(session, ProgrammeDraft) == 1


def test_after_one_rule_the_next_to_be_set_is_shown(office):
    reply = set_practice(office, go="next")
    assert reply.location.endswith("/draft/rules/role-plays")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"least": "thirty"}, "A time with its unit"),
        ({"least": "30"}, "A time with its unit"),
        ({"least": "\N{PILE OF POO}"}, "A time with its unit"),
        ({"reason": " "}, "Say why"),
        ({"checked_on": "yesterday"}, "Write a date that there is"),
        ({"seen": "x"}, "Somebody changed this draft meanwhile"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_stays_typed(session, office, values, words):
    reply = set_practice(office, **values)
    assert reply.status_code in (409, 422)
    assert words in office.soup.find(class_="summary-errors").get_text()
    assert values.get("least", "30 h") in reply.get_data(as_text=True)
    assert count(session, ProgrammeDraft) == 0


def test_a_clash_shows_what_stands_there_now_and_sends_again(session, cast, office, asked):
    office.get(RULE)
    name, form = field_for(office, "At least"), office.form_data()
    set_one(session, cast.organisation.id, REAL, "practice", "min", "25 h", asked)
    session.commit()
    form |= {name: "30 h", "reason": "Our board.", "source": "Our board"}
    assert office.post(RULE, form).status_code == 409
    assert "At least: 25\N{NO-BREAK SPACE}h" in office.soup.find(class_="note-caution").get_text()
    again = {**office.form_data(), "reason": "Our board."}
    assert again[name] == "30 h"
    assert office.post(RULE, again).status_code == 302


def test_switches_gates_and_what_is_printed_are_set_for_the_whole(session, office):
    url = f"/programmes/{REAL}/draft/whole"
    office.get(url)
    legend = "Wait for the review of lessons on safety and law?"
    group = next(f for f in office.soup.find_all("fieldset") if legend in f.get_text())
    name = group.find("input")["name"]
    months = field_for(office, "How many months the certificate lasts")
    title = field_for(office, "Title of the programme")
    data = office.form_data() | {"reason": "Ours.", "source": "Our board"}
    data |= {name: "off", months: "24", title: "Our peers"}
    sent = office.post(url, {**office.form_data(), name: "off"})
    assert sent.status_code == 422  # a gate is not opened without a word
    assert office.post(url, data).status_code == 302
    office.get(f"/programmes/{REAL}/draft")
    assert "People are let in even while lessons on safety, risk or law wait" in office.words
    assert "The certificate lasts so many months: 24." in office.words
    assert office.soup.h1.get_text() == "Our peers: draft"


def test_a_contradiction_is_shown_with_who_would_try_in_vain_and_is_not_published(office):
    url = f"/programmes/{REAL}/draft/rules/supervision"
    office.get(url)
    data = office.form_data() | {"reason": "Ours.", "source": "Our board"}
    labels = {
        one.get_text(): one["for"] for one in office.soup.find_all("label", attrs={"for": True})
    }
    for words, value in (
        ("At least", "20 h"),
        ("One-to-one supervision: At least", "30 h"),
        ("Supervision in a group: At most so much counts", "5 h"),
    ):
        data[office.soup.find(id=labels[words])["name"]] = value
    assert office.post(url, data).status_code == 302
    office.get(f"/programmes/{REAL}/draft/publish")
    assert "The minimum of a part is above the whole" in office.words
    assert office.soup.find("textarea") is None
    assert "Once the text is mended" in office.words
    assert office.get(f"/programmes/{REAL}/draft/changes").status_code == 200
    assert office.get(f"/programmes/{REAL}/draft").status_code == 200
    sent = office.post(f"/programmes/{REAL}/draft/publish", {"note": "Figures."})
    assert sent.status_code == 409


def test_nobody_could_ever_meet_it_is_said_with_an_example(office):
    url = f"/programmes/{DEMO}/draft/text"
    office.get(url)
    form = office.form_data()
    rule = "\n- kind: sum\n  id: vain\n  label: In vain\n  min: 10 h\n"
    rule += "  hours: {ledger: practice, of: {kinds: [group]}}\n"
    rule += "  parts:\n  - {id: g, label: Group, of: {kinds: [group]}, cap: 2 h}\n"
    form["text"] = form["text"].replace("\nrequirements:\n", "\nrequirements:" + rule, 1)
    assert office.post(url, form).status_code == 422
    assert "Nobody could ever meet this." in office.words
    assert "who has any number of hours has 2 h counted" in office.words


# Texts, copies


def test_a_text_with_problems_keeps_nothing_and_names_file_and_line(session, office):
    url = f"/programmes/{DEMO}/draft/text"
    office.get(url)
    form = office.form_data()
    form["text"] = form["text"].replace("title:", "titel:", 1)
    assert office.post(url, form).status_code == 422
    problem = office.soup.find(class_="problem").get_text(" ")
    assert re.search(rf"{DEMO}\.yaml, line \d+", problem)
    assert "Did you mean 'title'?" in problem
    assert "titel:" in office.soup.find("textarea").text
    assert count(session, ProgrammeDraft) == 0


def test_a_file_is_taken_in_as_a_programme_of_ones_own(session, office):
    text = office.get(f"/programmes/{DEMO}/versions/1/file").get_data(as_text=True)
    text = text.replace(f"id: {DEMO}", "id: our-own", 1)
    office.get("/programme-texts")
    sent = {"file": (io.BytesIO(text.encode()), "ours.yaml"), "csrf_token": office.token()}
    reply = office.client.post("/programme-texts", data=sent)
    assert reply.location.endswith("/programmes/our-own/draft")
    office.get("/programmes")
    assert "Begun, and never published" in office.words
    reply = office.client.post(
        "/programme-texts",
        data={"file": (io.BytesIO(b"\xff\xfe\x00"), "x.yaml"), "csrf_token": office.token()},
    )
    assert reply.status_code == 422


def test_a_copy_of_an_example_says_to_check_with_the_board(session, office):
    office.get(f"/programmes/{EXAMPLE}/copy")
    assert "Check with your board" in office.words
    assert "regulations.justia.com" in office.words
    data = {**office.form_data(), "title": "Our advocates"}
    url = f"/programmes/{EXAMPLE}/copy"
    first = office.post(url, data)
    assert first.location.endswith("/programmes/our-advocates/draft")
    assert office.post(url, data).location == first.location  # a double click makes one
    assert count(session, ProgrammeDraft) == 1
    office.get("/programmes/our-advocates/draft")
    assert "The programme as a whole" in office.words
    for slug, words in (("Ours!", "Use small letters"), (REAL, "This id is taken")):
        office.get(url)
        sent = office.post(url, {**office.form_data(), "title": "x", "slug": slug})
        assert sent.status_code == 422
        assert words in office.words


# Publishing, differences, effects, withdrawing


def test_publishing_shows_what_changes_and_for_whom_and_acts_once(session, cast, office, asked):
    meet_all(session, cast)
    set_one(session, cast.organisation.id, DEMO, "supervision", "min", "12 h", asked)
    session.commit()
    url = f"/programmes/{DEMO}/draft/publish"
    office.get(url)
    assert re.search(r"before: \d+ h → now: 12 h", office.words)
    assert cast.trainee.chosen_name in office.words
    assert "people something would change" in office.words
    data = {**office.form_data(), "note": "More supervision."}
    first = office.post(url, data)
    assert first.location.endswith(f"/programmes/{DEMO}/versions/2")
    assert office.post(url, data).location == first.location
    assert (
        session.scalar(select(func.max(ContentVersion.number)).where(ContentVersion.slug == DEMO))
        == 2
    )
    office.get(f"/programmes/{DEMO}/versions/2/since/1")
    assert "12\N{NO-BREAK SPACE}h" in office.soup.get_text()
    office.get(f"/programmes/{DEMO}/versions/2")
    assert "Our board decided so." in office.words
    session.expire_all()
    assert session.get(Enrolment, cast.enrolment.id).programme_version_id != 2


def test_everybody_concerned_is_reached_page_by_page(session, cast, office, asked, monkeypatch):
    monkeypatch.setattr("lms.web.programmes.changed.PEOPLE_ON_A_PAGE", 1)
    meet_all(session, cast)
    set_one(session, cast.organisation.id, DEMO, "supervision", "min", "12 h", asked)
    session.commit()
    for url in (f"/programmes/{DEMO}/draft/publish", f"/programmes/{DEMO}/draft/changes"):
        names = set()
        for asked_for in ("", "?people=2"):
            office.get(url + asked_for)
            assert "people something would change" in office.words
            (shown,) = office.soup.select("details.effect summary b")
            names.add(shown.text)
        assert names == {cast.trainee.chosen_name, cast.classmate.chosen_name}
        assert "From 2 to 2" in office.words or "from 2 to 2" in office.words
        (link,) = office.soup.select('nav.pages a[rel="prev"]')
        assert link["href"] == f"{url}?people=1#people"
    for odd in ("0", "99", "x", "²", "-1", "9" * 40):
        assert office.get(f"{url}?people={odd}&endpoint=x&_scheme=x").status_code == 200


def test_what_was_published_meanwhile_is_named_on_the_draft(session, cast, office, asked):
    demo_with(session, cast, asked)
    set_one(session, cast.organisation.id, DEMO, "supervision", "min", "8 h", asked)
    row = session.scalars(select(ProgrammeDraft)).one()
    row.base_id = cast.cohort.programme_version_id
    session.commit()
    office.get(f"/programmes/{DEMO}/draft")
    assert "Your draft stands on version 1. Version 2 counts now: “Figures of our board.”" in (
        office.words
    )
    assert office.post(f"/programmes/{DEMO}/draft/publish", {"note": "x"}).status_code == 409
    sent = office.post(f"/programmes/{DEMO}/draft/stand", {"number": "2"})
    assert sent.status_code == 302
    office.get(f"/programmes/{DEMO}/draft")
    assert "Your draft stands on" not in office.words


def test_a_draft_may_begin_from_a_version_that_does_not_count(session, cast, office, asked):
    demo_with(session, cast, asked)
    session.commit()
    url = f"/programmes/{DEMO}/versions/1"
    office.get(url)
    assert office.post(f"{url}/draft").status_code == 302
    office.get(f"/programmes/{DEMO}/draft/changes")
    assert re.search(r"before: 9 h → now: 10 h", office.words)
    office.post(f"{url}/draft")
    assert count(session, ProgrammeDraft) == 1
    office.get(f"/programmes/{DEMO}/draft")
    assert "There is a draft already." in office.soup.get_text()
    office.post(f"/programmes/{EXAMPLE}/versions/1/draft")
    assert count(session, ProgrammeDraft) == 1


def test_a_version_is_withdrawn_with_a_reason(session, office):
    url = f"/programmes/{DEMO}/versions/1"
    office.get(url)
    assert office.submit(f"{url}/withdraw", reason="").status_code == 422
    assert office.submit(f"{url}/withdraw", reason="Too old.").status_code == 302
    office.get(url)
    assert "Too old." in office.words
    office.get("/cohorts/new")
    assert "This version was withdrawn" in office.words
    assert office.post(f"{url}/withdraw", {"reason": "Again."}).status_code == 409


# Moving


@pytest.fixture
def moved_to(session, cast, asked):
    """Return the number of a version that people may be moved to."""
    session.add(Installation(id=1, is_demo=True, created_at=NOW))
    meet_all(session, cast)
    number = demo_with(session, cast, asked, "12 h").number
    session.commit()
    return number


def test_a_move_is_seen_before_it_is_done_and_the_person_reads_why(
    session, cast, page, office, moved_to
):
    url = f"/enrolments/{cast.enrolment.public_id}/programme"
    office.get(url)
    assert "Under version 1, now" in office.words
    assert f"Under version {moved_to}" in office.words
    assert "All is met." in office.words
    assert re.search(r"Not yet .* to go: 2 h of supervision", office.words)
    assert office.submit(url, reason=" ").status_code == 422
    data = {**office.form_data(), "reason": "The board asks for more now."}
    assert office.post(url, data).status_code == 302
    assert office.post(url, data).status_code == 302  # a double click acts once
    assert count(session, ProgrammeMove) == 1
    trainee = page.as_("trainee")
    trainee.get("/progress")
    assert "The board asks for more now." in trainee.words
    for who in ("trainer", "supervisor"):
        reader = page.as_(who)
        assert reader.get(url).status_code == 404  # that there are moves is not theirs to know
        reader.get(f"/enrolments/{cast.enrolment.public_id}")
        assert "The board asks for more now." not in reader.words


def test_a_cohort_is_moved_with_a_reason(session, cast, office, moved_to):
    url = f"/cohorts/{cast.cohort.public_id}/programme"
    office.get(url)
    assert cast.trainee.chosen_name in office.words
    assert office.submit(url, reason="The board asks for more.").status_code == 302
    assert count(session, ProgrammeMove) == 2
    office.get(url)
    assert f"Now on version {moved_to}." in office.words
    assert office.get(f"{url}?to=99").status_code == 404
    assert office.get(f"{url}?to=\N{PILE OF POO}").status_code == 404


def test_the_day_is_told_in_words(office):
    office.get(f"/programmes/{EXAMPLE}/versions/1")
    assert "21 November 2026" in office.words
    assert str(TODAY.year) in office.words
