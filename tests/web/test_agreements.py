"""Agreements as people meet them: questions, signing, what changed, what was signed, attesting."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from lms.models import Attestation, Signature
from lms.services.agreements import sign_agreement
from lms.services.practice import get_place
from tests.cast import NOW
from tests.reading import agreement_named, publish_again

SECRET, CODE = "confidentiality", "code-of-ethics"


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def address(cast, slug=CODE, rest=""):
    return f"/agreements/{cast.enrolment.public_id}/{slug}{rest}"


def follow(client, reply):
    """Go where an answer leads, as a browser would."""
    assert reply.status_code == 302, client.words
    parts = urlsplit(reply.location)
    client.here = parts.path
    return client.get(parts.path + (f"?{parts.query}" if parts.query else ""))


def signed(session, cast, slug=CODE, shown=1):
    """Sign for the trainee."""
    values = {"shown": shown, "name": "Amina", "understood": True, "now": NOW}
    signature = sign_agreement(session, cast.enrolment, slug, **values)
    session.commit()
    return signature


@pytest.mark.parametrize("rest", ["", "/questions"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("classmate", 404),
        ("outsider", 404),
        ("trainer", 403),
        ("supervisor", 403),
        ("coordinator", 403),
        ("visitor", 302),
    ],
)
def test_nobody_signs_for_somebody_else(page, cast, session, who, status, rest):
    url = address(cast, CODE, rest)
    other = page.as_(who)
    assert other.get(url).status_code == status
    assert other.post(url, {"version": "1", "name": "Amina"}).status_code == status
    assert count(session, Signature) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("trainer", 200),
        ("supervisor", 200),
        ("coordinator", 200),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_what_was_signed_is_read_by_those_who_guide_and_by_nobody_else(
    page, cast, session, who, status
):
    signature = signed(session, cast)
    reply = page.as_(who).get(f"/agreements/signed/{signature.public_id}")
    assert reply.status_code == status


def test_the_whole_way_from_the_first_question_to_the_last_signature(page, cast, session):
    trainee = page.as_("trainee")
    trainee.get("/agreements")
    assert "Practice opens when you have signed" in trainee.words
    follow(trainee, trainee.get(address(cast, SECRET)))
    questions = address(cast, SECRET, "/questions")
    assert trainee.here == questions
    for question in agreement_named(SECRET).head.questions:
        assert question.question.split(",")[0] in trainee.words
        wrong = next(option for option in question.options if not option.right)
        assert question.explanation.split()[0] not in trainee.words.split(question.question)[0]
        follow(trainee, trainee.submit(questions, answer=wrong.id))
        assert wrong.feedback in trainee.words
        assert " ".join(question.explanation.split()) in trainee.words
        follow(trainee, trainee.submit(questions, on="1"))
    assert trainee.here == questions
    trainee.get(trainee.reply.location)
    assert "What I have to pass on" in trainee.words
    follow(trainee, trainee.submit(address(cast, SECRET), name="Nguyễn Thị Amina"))
    assert trainee.here == address(cast, CODE)
    follow(trainee, trainee.submit(address(cast, CODE), name="Nguyễn Thị Amina"))
    assert "Everything is signed" in trainee.reply.get_data(as_text=True)
    rows = session.scalars(select(Signature).order_by(Signature.id)).all()
    assert [(row.agreement, row.name_typed) for row in rows] == [
        (SECRET, "Nguyễn Thị Amina"),
        (CODE, "Nguyễn Thị Amina"),
    ]
    assert rows[0].understood_at is not None


def test_an_answer_can_be_given_again_and_the_right_one_says_so(page, cast):
    trainee, questions = page.as_("trainee"), address(cast, SECRET, "/questions")
    trainee.get(questions)
    follow(trainee, trainee.submit(questions, answer="a"))
    assert "Think it over" in trainee.words
    follow(trainee, trainee.submit(questions, answer="b"))
    assert "That fits" in trainee.words


@pytest.mark.parametrize("answer", [None, "", "zebra", "x" * 300, "🙂"])
def test_a_question_without_an_answer_asks_for_one_kindly(page, cast, answer):
    trainee, questions = page.as_("trainee"), address(cast, SECRET, "/questions")
    trainee.get(questions)
    assert trainee.submit(questions, answer=answer).status_code == 200
    assert "Choose one of the three answers" in trainee.words
    assert "Question 1 of 3" in trainee.words


@pytest.mark.parametrize("note", ["", "x", "WzEsMSwzLCIiXQ.nothing", "djE=", "🙂", "y" * 5000])
def test_a_made_up_note_of_how_far_one_is_begins_at_the_first_question(page, cast, note):
    trainee = page.as_("trainee")
    trainee.get(address(cast, SECRET, "/questions"), query_string={"so-far": note})
    assert "Question 1 of 3" in trainee.words
    reply = trainee.get(address(cast, SECRET), query_string={"so-far": note})
    assert reply.location == address(cast, SECRET, "/questions")


def test_neither_address_nor_page_tells_which_answer_was_given(page, cast):
    """An address stands in histories and logs: it must not say what somebody thought."""
    trainee, questions = page.as_("trainee"), address(cast, SECRET, "/questions")
    notes = set()
    for chosen in "aabc":
        trainee.get(questions)
        notes.add(trainee.submit(questions, answer=chosen).location)
    assert len(notes) == 4
    for note in notes:
        sealed = urlsafe_b64decode(note.split("so-far=")[1].split("#")[0].replace("%3D", "="))
        assert not {b"0:a", b"0:b", b"0:c"} & {sealed[i : i + 3] for i in range(len(sealed))}


def test_a_note_of_ones_own_passes_nobody_else(page, cast, session):
    trainee, questions = page.as_("trainee"), address(cast, SECRET, "/questions")
    trainee.get(questions)
    note = trainee.submit(questions, answer="b").location.split("so-far=")[1].split("#")[0]
    theirs = get_place(session, cast.classmate.id)
    other = page.as_("classmate")
    other.get(f"/agreements/{theirs.public_id}/{SECRET}/questions?so-far={note}")
    assert "That fits" not in other.words


def test_signing_before_the_questions_leads_to_the_questions(page, cast, session):
    trainee = page.as_("trainee")
    reply = trainee.post(address(cast, SECRET), {"version": "1", "name": "Amina"})
    follow(trainee, reply)
    trainee.get(trainee.reply.location)
    assert "First come three short questions" in trainee.reply.get_data(as_text=True)
    assert "Question 1 of 3" in trainee.words
    assert count(session, Signature) == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Write"),
        ("   ", "Write"),
        ("🙂", "Write your name here, in any script"),
        ("a" * 301, "at most 300"),
    ],
)
def test_a_name_that_is_none_is_asked_for_with_what_was_typed_still_there(
    page, cast, session, name, words
):
    trainee = page.as_("trainee")
    trainee.get(address(cast))
    assert trainee.submit(address(cast), name=name).status_code == 200
    assert words in trainee.words
    assert trainee.soup.find("input", attrs={"name": "name"})["value"] == name.strip()
    assert count(session, Signature) == 0


@pytest.mark.parametrize("name", ["a" * 300, "محمد بن سلمان", "陳大文", "O’Neil 🙂"])
def test_any_name_in_any_script_signs(page, cast, session, name):
    trainee = page.as_("trainee")
    trainee.get(address(cast))
    trainee.submit(address(cast), name=name)
    assert session.scalars(select(Signature.name_typed)).one() == name


def test_a_form_sent_twice_signs_once(page, cast, session):
    trainee = page.as_("trainee")
    trainee.get(address(cast))
    data = {**trainee.form_data(), "name": "Amina"}
    for _again in range(2):
        assert trainee.client.post(address(cast), data=data).status_code == 302
    assert count(session, Signature) == 1


def test_a_text_that_changed_while_it_was_read_is_shown_before_signing(page, cast, session):
    trainee = page.as_("trainee")
    trainee.get(address(cast))
    agreement = agreement_named(CODE)
    publish_again(session, replace(agreement, text=agreement.text + "\n\nOne more promise."))
    follow(trainee, trainee.submit(address(cast), name="Amina"))
    assert "There is a newer text" in trainee.reply.get_data(as_text=True)
    assert "One more promise." in trainee.words
    assert count(session, Signature) == 0


def test_a_new_version_shows_in_words_what_was_added_and_taken_out(page, cast, session):
    signed(session, cast)
    agreement = agreement_named(CODE)
    newer = agreement.text.replace("I go at their pace.", "I go at their pace, always.")
    publish_again(session, replace(agreement, text=newer))
    trainee = page.as_("trainee")
    trainee.get("/agreements")
    assert "New text to sign" in trainee.words
    trainee.get(address(cast))
    assert trainee.soup.select_one("ins").text.startswith("I go at their pace, always.")
    assert trainee.soup.select_one("del").text.startswith("I go at their pace. ")
    assert "Added" in trainee.words
    assert "Taken out" in trainee.words


def test_a_signed_sheet_leads_to_what_was_signed(page, cast, session):
    signature = signed(session, cast)
    reply = page.as_("trainee").get(address(cast))
    assert reply.location == f"/agreements/signed/{signature.public_id}"


def test_the_list_holds_what_was_signed_even_after_leaving(page, cast, session):
    signature = signed(session, cast)
    cast.enrolment.state = "withdrawn"
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/agreements")
    assert f"/agreements/signed/{signature.public_id}" in trainee.reply.get_data(as_text=True)
    assert trainee.get(f"/agreements/signed/{signature.public_id}").status_code == 200


@pytest.mark.parametrize("who", ["trainer", "supervisor", "coordinator", "outsider"])
def test_staff_have_an_empty_list_of_their_own(page, cast, session, who):
    signed(session, cast)
    other = page.as_(who)
    assert other.get("/agreements").status_code == 200
    assert "Nothing signed yet" in other.words
    assert other.get("/attestation").status_code == 200
    assert "Nothing is asked of you here" in other.words


@pytest.mark.parametrize("url", ["/agreements/none/code-of-ethics", "/agreements/signed/none"])
def test_what_is_not_there_is_missing(page, url):
    assert page.as_("trainee").get(url).status_code == 404


def test_saying_it_of_oneself_takes_one_press_and_no_story(page, cast, session):
    trainee = page.as_("trainee")
    trainee.get("/attestation")
    assert "You never have to tell your story" in trainee.words
    assert trainee.soup.find("main").find("textarea") is None
    url = f"/attestation/{cast.enrolment.public_id}"
    for _again in range(2):
        assert trainee.post(url, {"what": "lived-experience"}).location == "/attestation"
    assert count(session, Attestation) == 1
    trainee.get("/attestation")
    assert "You said so on" in trainee.words


@pytest.mark.parametrize("what", ["", "a-degree", "x" * 61, "🙂"])
def test_nothing_else_can_be_said(page, cast, session, what):
    url = f"/attestation/{cast.enrolment.public_id}"
    assert page.as_("trainee").post(url, {"what": what}).status_code in {302, 404}
    assert count(session, Attestation) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("classmate", 404),
        ("outsider", 404),
        ("trainer", 404),
        ("coordinator", 403),
        ("visitor", 302),
    ],
)
def test_nobody_says_it_for_somebody_else(page, cast, session, who, status):
    url = f"/attestation/{cast.enrolment.public_id}"
    assert page.as_(who).post(url, {"what": "lived-experience"}).status_code == status
    assert count(session, Attestation) == 0
