"""The pages of role-plays: who sees what and when, marking without a script, bad input."""

from datetime import timedelta

import pytest

from lms.db import utcnow
from lms.rules.roleplays import HarmOutcome
from lms.services.roleplays import (
    Answer,
    draft_key,
    find_marks,
    get_performance,
    load_case,
    release_performance,
    resolve_harm,
    save_marks,
)
from tests.cast import NOW, TODAY
from tests.playing import SCENARIO, body_of, make_performance, mark, scenario_of, sign_all

PAST = TODAY - timedelta(days=2)
PLAN = Answer(HarmOutcome.RESOLVED, "We talked on the phone.", "Read the lesson on gifts again.")


@pytest.fixture
def booked(session, cast):
    found = make_performance(session, cast, on=PAST)
    session.commit()
    return found


@pytest.fixture
def marked(session, cast, booked):
    mark(session, booked, 2, level_k3="1", moment_k1="“No, and here is why.”", harm="H4")
    session.commit()
    return booked


@pytest.fixture
def released(session, cast, marked):
    release_performance(session, cast.trainer.id, marked, now=NOW)
    session.commit()
    return marked


def address(performance, *parts):
    return "/".join((f"/performances/{performance.public_id}", *parts))


def marking(performance, *parts):
    return "/".join((f"/marking/{performance.public_id}", *parts))


# who may


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("trainer", 200),
        ("second_trainer", 200),
        ("coordinator", 200),
        ("supervisor", 404),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_a_performance_is_known_to_its_own_people(page, booked, who, status):
    assert page.as_(who).get(address(booked)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainer", 200),
        ("second_trainer", 403),
        ("coordinator", 403),
        ("trainee", 403),
        ("supervisor", 404),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
@pytest.mark.parametrize("part", [(), ("review",)])
def test_only_the_named_marker_marks(page, booked, who, status, part):
    assert page.as_(who).get(marking(booked, *part)).status_code == status


@pytest.mark.parametrize("who", ["trainee", "supervisor", "classmate", "outsider"])
@pytest.mark.parametrize("path", ["marking", "review", "release", "cancel", "resolve"])
def test_nobody_else_acts_on_a_performance(page, session, booked, who, path):
    url = {
        "marking": marking(booked),
        "review": marking(booked, "review"),
    }.get(path, address(booked, path))
    reply = page.as_(who).post(url, {"outcome": "resolved", "reason": "x", "plan": "y"})
    assert reply.status_code in {403, 404}
    session.expire_all()
    assert booked.state == "booked"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainer", 200),
        ("second_trainer", 200),
        ("coordinator", 200),
        ("trainee", 403),
        ("supervisor", 404),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_trainers_and_the_office_book(page, cast, who, status):
    found = page.as_(who).get(f"/marking/book/{cast.enrolment.public_id}").status_code
    assert found == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator", 200),
        ("trainer", 403),
        ("trainee", 403),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_only_the_office_settles(page, released, who, status):
    assert page.as_(who).get(address(released, "resolve")).status_code == status


@pytest.mark.parametrize("who", ["trainee", "supervisor"])
def test_the_simulators_sheet_is_not_for_trainees(page, who):
    assert page.as_(who).get(f"/role-plays/{SCENARIO}/simulator").status_code == 403


def test_unknown_things_are_absent(page):
    trainer = page.as_("trainer")
    urls = ("/role-plays/nowhere", "/performances/nowhere", "/marking/nowhere")
    assert [trainer.get(url).status_code for url in urls] == [404, 404, 404]


@pytest.mark.parametrize(
    ("who", "marking_status", "referral_status"),
    [("trainer", 200, 403), ("coordinator", 403, 200), ("trainee", 403, 403)],
)
def test_queues_are_for_those_who_work_them(page, who, marking_status, referral_status):
    browser = page.as_(who)
    assert browser.get("/marking").status_code == marking_status
    assert browser.get("/role-plays/referrals").status_code == referral_status


# the trainee


def test_the_list_puts_the_content_note_first_and_says_where_one_stands(page, session, cast):
    make_performance(session, cast, on=utcnow().date() + timedelta(days=9))
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/role-plays")
    card = next(c for c in trainee.soup.select("article") if "Until Friday" in c.text)
    assert "Booked" in card.text
    assert "Content note:" in card.text
    other = next(c for c in trainee.soup.select("article") if "Tonight" in c.text)
    assert "Not yet" in other.text


def test_a_scenario_shows_the_criteria_beforehand_and_never_the_other_part(page, session):
    trainee = page.as_("trainee")
    trainee.get(f"/role-plays/{SCENARIO}")
    scenario = scenario_of(session)
    words = trainee.words
    assert words.index("Before you read") < words.index("The scene")
    for criterion in scenario.criteria:
        assert criterion.words in words
    for secret in ("formula milk", "His aunt serves", *(entry.gives for entry in scenario.only_if)):
        assert secret not in trainee.reply.get_data(as_text=True)
    for rule in ("Pause.", "Swap once.", "No story needed.", "You speak first."):
        assert rule in words


def test_a_criterion_of_two_competencies_shows_both_anchors(page, booked):
    for who, url in (("trainee", f"/role-plays/{SCENARIO}"), ("trainer", marking(booked))):
        browser = page.as_(who)
        browser.get(url)
        assert "Confidentiality and its limits." in browser.words
        assert "Culture, power and stigma." in browser.words


def test_before_release_a_submission_changes_no_byte_that_the_trainee_is_sent(
    page, session, cast, booked
):
    trainee = page.as_("trainee")
    urls = ("/role-plays", f"/role-plays/{SCENARIO}", address(booked))

    def seen():
        pages = []
        for url in urls:
            reply = trainee.get(url)
            for token in trainee.soup.select("[name=csrf_token], script, link"):
                token.decompose()
            pages.append((str(trainee.soup), reply.headers.get("ETag")))
        return pages

    before = seen()
    mark(session, booked, 0, harm="H4")
    session.commit()
    assert seen() == before
    assert all(etag is None for _, etag in before)


def test_after_release_a_trainee_reads_words_and_no_blame(page, released):
    trainee = page.as_("trainee")
    trainee.get(address(released))
    words = trainee.words
    assert "Not yet, and what comes next" in words
    assert "You stayed calm." in words
    assert "Say no in the first sentence." in words
    assert "That is generous." in words
    assert "Referred" not in words
    assert "harm" not in words.lower()
    trainee.get("/role-plays")
    assert "Not yet, with a plan" in trainee.words


def test_a_settled_referral_tells_the_plan_and_keeps_the_reason_for_staff(
    page, session, cast, released
):
    resolve_harm(session, cast.coordinator.id, released, PLAN, now=NOW)
    session.commit()
    trainee, trainer = page.as_("trainee"), page.as_("trainer")
    trainee.get(address(released))
    assert PLAN.plan in trainee.words
    assert PLAN.reason not in trainee.words
    assert "Met" in trainee.words
    trainer.get(address(released))
    assert PLAN.reason in trainer.words


def test_a_trainee_without_a_place_in_a_cohort_sees_nothing_of_role_plays(page):
    assert page.as_("supervisor").get("/role-plays").status_code == 403


# reading before and after release


@pytest.mark.parametrize("who", ["second_trainer", "coordinator", "trainee"])
def test_only_the_marker_reads_a_marking_before_release(page, session, cast, marked, who):
    browser = page.as_(who)
    browser.get(address(marked))
    assert "You stayed calm." not in browser.words
    marker = page.as_("trainer")
    marker.get(address(marked))
    assert "You stayed calm." in marker.words
    release_performance(session, cast.trainer.id, marked, now=NOW)
    session.commit()
    browser.get(address(marked))
    assert "You stayed calm." in browser.words


# booking


def test_a_role_play_is_booked_from_the_page(page, session, cast):
    sign_all(session, cast.enrolment)
    session.commit()
    coordinator = page.as_("coordinator")
    url = f"/marking/book/{cast.enrolment.public_id}"
    coordinator.get(url)
    chosen = {"scenario": SCENARIO, "marker": cast.second_trainer.public_id}
    typed = {**coordinator.form_data(), **chosen}
    reply = coordinator.post(url, typed)
    assert reply.status_code == 302
    made = get_performance(session, reply.location.rsplit("/", 1)[1])
    assert (made.marker_id, made.booked_by) == (cast.second_trainer.id, cast.coordinator.id)
    assert coordinator.post(url, typed).location == reply.location


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("scenario", "nowhere", "Choose one from the list."),
        ("medium", "by owl", "Choose one from the list."),
        ("medium", "text", "This scenario is not made for that."),
        ("happened_on", "", "Choose the day."),
        ("happened_on", "31.02.2026", "Write a date that there is"),
        ("happened_on", "1999-01-01", "Choose a day since the training began."),
        ("happened_on", "9999-12-31", "Choose a day within the next twelve months."),
        ("marker", "", "Choose one from the list."),
        ("marker", "😀" * 300, "Choose one from the list."),
    ],
)
def test_a_booking_that_does_not_fit_says_so_at_its_field(page, session, cast, field, value, words):
    sign_all(session, cast.enrolment)
    session.commit()
    trainer = page.as_("trainer")
    url = f"/marking/book/{cast.enrolment.public_id}"
    trainer.get(url)
    sound = {"scenario": SCENARIO, "medium": "in-person", "marker": cast.trainer.public_id}
    reply = trainer.submit(url, **{**sound, field: value})
    assert reply.status_code == 200
    assert words in trainer.soup.select_one(f"#{field}-error").text


def test_the_trainee_cannot_be_named_as_marker_by_a_changed_form(page, session, cast):
    sign_all(session, cast.enrolment)
    session.commit()
    trainer = page.as_("trainer")
    url = f"/marking/book/{cast.enrolment.public_id}"
    trainer.get(url)
    trainer.submit(url, scenario=SCENARIO, marker=cast.trainee.public_id)
    assert "Choose one from the list." in trainer.words


def test_a_held_practice_is_named_to_whoever_books(page, session, cast):
    cast.enrolment.state = "paused"
    session.commit()
    trainer = page.as_("trainer")
    url = f"/marking/book/{cast.enrolment.public_id}"
    trainer.get(url)
    assert "Not open for this person at the moment" in trainer.words
    reply = trainer.submit(url, scenario=SCENARIO, marker=cast.trainer.public_id)
    assert reply.status_code == 200
    assert "You stepped back." in trainer.soup.select_one("#scenario-error").text


def test_a_booking_is_taken_back_and_not_twice(page, session, booked):
    trainer = page.as_("trainer")
    for words in ("The booking is taken back.", "taken back already"):
        trainer.post(address(booked, "cancel"), {})
        trainer.get(address(booked))
        assert words in trainer.soup.text
    session.expire_all()
    assert booked.state == "cancelled"


# marking without a script


def test_marks_are_saved_looked_over_and_sent(page, session, cast, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    body = body_of(scenario_of(session), 2, moment_k1="She waited.")
    saved = trainer.submit(marking(booked), **body, do="save")
    assert saved.location.endswith(marking(booked))
    trainer.get(marking(booked))
    assert trainer.soup.select_one("#moment-k1").text.strip() == "She waited."
    assert len(trainer.soup.select("input[type=radio][checked]")) == 8
    to_review = trainer.submit(marking(booked), do="review")
    assert to_review.location.endswith("/review")
    trainer.get(marking(booked, "review"))
    assert trainer.words.count("Clear") == 8
    sent = trainer.submit(marking(booked, "review"))
    assert sent.location.endswith(address(booked))
    session.expire_all()
    assert booked.state == "marked"


def test_sending_twice_is_one_marking(page, session, booked):
    trainer = page.as_("trainer")
    save_marks(
        session, booked.marker_id, booked, body_of(scenario_of(session)), base_version=0, now=NOW
    )
    session.commit()
    trainer.get(marking(booked, "review"))
    typed = trainer.form_data()
    replies = [trainer.post(marking(booked, "review"), typed) for _ in range(2)]
    assert [reply.location for reply in replies] == [address(booked)] * 2


def test_nothing_at_all_is_answered_with_what_is_missing(page, session, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    trainer.submit(marking(booked), do="review")
    trainer.get(marking(booked, "review"))
    assert "8 points have no level yet." in trainer.words
    assert "Write what went well." in trainer.words
    assert "Send these marks" not in trainer.words
    trainer.post(marking(booked, "review"), {"draft_version": "1"})
    session.expire_all()
    assert booked.state == "booked"


def test_what_is_too_long_is_named_at_its_field_and_stays_typed(page, session, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    long = "שלום 🌿 " * 900
    reply = trainer.submit(marking(booked), went_well=long, do="save")
    assert reply.status_code == 200
    assert "Make it shorter" in trainer.soup.select_one("#went_well-error").text
    assert trainer.soup.select_one("#went_well").text.strip() == long.strip()
    marks, version = find_marks(session, booked.marker_id, load_case(session, booked))
    assert (marks.went_well, version) == ("", 0)


def test_levels_and_items_that_do_not_exist_are_not_taken(page, session, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    odd = {"level-k1": "99", "level-zz": "2", "harm": ["H99", "H4"], "draft_version": "nonsense"}
    trainer.submit(marking(booked), **odd, do="save")
    marks, _ = find_marks(session, booked.marker_id, load_case(session, booked))
    assert (dict(marks.levels), [m.item for m in marks.harm]) == ({}, ["H4"])


def test_corrected_alone_is_asked_about(page, session, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    body = body_of(scenario_of(session))
    trainer.submit(marking(booked), **body, corrected="H4", do="review")
    trainer.get(marking(booked, "review"))
    assert "Tick both or none." in trainer.words


def test_a_second_device_is_shown_both_and_saving_again_settles_it(page, session, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    phone = {**trainer.form_data(), "level-k1": "2", "went_well": "From the phone.", "do": "save"}
    desk = {**trainer.form_data(), "level-k1": "0", "went_well": "From the desk.", "do": "save"}
    assert trainer.post(marking(booked), phone).status_code == 302
    assert trainer.post(marking(booked), desk).status_code == 409
    for words in ("From the phone.", "From the desk.", "On the other page"):
        assert words in trainer.words
    kept, _ = find_marks(session, booked.marker_id, load_case(session, booked))
    assert kept.went_well == "From the phone."
    trainer.submit(marking(booked), do="save")
    session.expire_all()
    kept, _ = find_marks(session, booked.marker_id, load_case(session, booked))
    assert (kept.went_well, kept.levels["k1"]) == ("From the desk.", 0)


def test_autosave_and_the_plain_button_share_one_draft(page, session, booked):
    trainer = page.as_("trainer")
    trainer.get(marking(booked))
    form = trainer.soup.select_one("form[data-draft]")
    assert form["data-draft"] == draft_key(booked)
    token = form.select_one("[name=csrf_token]")["value"]
    sent = trainer.client.put(
        f"/drafts/{form['data-draft']}",
        json={"body": {"level-k1": "2", "harm": "H1\x1fH4"}, "base_version": 0, "op_id": "a"},
        headers={"X-CSRFToken": token},
    )
    assert sent.json["version"] == 1
    trainer.get(marking(booked))
    ticked = {box["value"] for box in trainer.soup.select("[name=harm][checked]")}
    assert ticked == {"H1", "H4"}
    assert trainer.soup.select_one("[name=draft_version]")["value"] == "1"


def test_a_role_play_of_tomorrow_is_kept_and_not_sent(page, session, cast):
    ahead = make_performance(session, cast, on=utcnow().date() + timedelta(days=3))
    save_marks(
        session, ahead.marker_id, ahead, body_of(scenario_of(session)), base_version=0, now=NOW
    )
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(marking(ahead, "review"))
    assert "This opens on" in trainer.words
    trainer.post(marking(ahead, "review"), {"draft_version": "1"})
    session.expire_all()
    assert ahead.state == "booked"


def test_a_marked_performance_opens_no_form_again(page, marked):
    trainer = page.as_("trainer")
    for url in (marking(marked), marking(marked, "review")):
        assert trainer.get(url).location == address(marked)
    assert trainer.post(marking(marked), {"level-k1": "0"}).location == address(marked)


# release and settling


def test_a_result_is_released_once(page, session, marked):
    trainer = page.as_("trainer")
    trainer.get(address(marked))
    trainer.submit(address(marked, "release"))
    trainer.get(address(marked))
    assert "Released. The trainee can read it now." in trainer.soup.text
    assert "Referred" in trainer.words
    trainer.post(address(marked, "release"), {})
    trainer.get(address(marked))
    assert "has been released already" in trainer.soup.text


def test_nothing_unmarked_is_released(page, session, booked):
    coordinator = page.as_("coordinator")
    coordinator.post(address(booked, "release"), {})
    coordinator.get(address(booked))
    assert "has not been marked yet" in coordinator.soup.text


def test_a_referral_is_settled_from_the_list(page, session, released):
    coordinator = page.as_("coordinator")
    coordinator.get("/role-plays/referrals")
    assert "Trainee: Until Friday" in coordinator.words
    url = address(released, "resolve")
    coordinator.get(url)
    empty = coordinator.submit(url)
    assert empty.status_code == 200
    assert len(coordinator.soup.select(".error")) == 3
    coordinator.submit(url, outcome="nothing", reason="a", plan="b")
    assert coordinator.soup.select_one("#outcome-error") is not None
    coordinator.submit(url, outcome="resolved", reason="We talked.", plan="Read on gifts.")
    coordinator.get("/role-plays/referrals")
    assert "Nothing to settle" in coordinator.words
    coordinator.get(url)
    assert "settled already" in coordinator.words


def test_a_coordinator_who_marked_does_not_settle_alone(page, session, cast, booked):
    from tests.cast import grant

    grant(session, cast.trainer, "coordinator")
    mark(session, booked, harm="H4")
    release_performance(session, cast.trainer.id, booked, now=NOW)
    session.commit()
    both = page.as_("trainer")
    both.get(address(booked, "resolve"))
    assert "somebody else settles it" in both.words
    both.post(address(booked, "resolve"), {"outcome": "resolved", "reason": "a", "plan": "b"})
    both.get(address(booked))
    assert "somebody else settles it" in both.soup.text


def test_the_queue_shows_own_work_oldest_first(page, session, cast, booked):
    make_performance(session, cast, scenario="tonight", on=PAST - timedelta(days=3))
    make_performance(session, cast, scenario="ten-minutes", marker=cast.second_trainer)
    session.commit()
    trainer = page.as_("trainer")
    trainer.get("/marking")
    words = trainer.words
    assert words.index("Tonight") < words.index("Until Friday")
    assert "Ten minutes" not in words


def test_a_scenario_says_who_does_what_in_the_phases_it_is_set_in(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/role-plays/tonight")
    titles = [block.h3.text for block in trainee.soup.select("section.phase")]
    assert titles == ["Enough", "Enlist"]
    assert "What staff do" in trainee.words
    trainee.get("/role-plays/the-lunch-break")
    assert [block.h3.text for block in trainee.soup.select("section.phase")] == ["Awareness"]
