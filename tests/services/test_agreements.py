"""Signing agreements: once, in the version shown, with the text kept word for word."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.db import transaction
from lms.models import Attestation, AuditEntry, ContentVersion, Enrolment, Signature
from lms.rules.agreements import AgreementState, ChangeKind, SignRefusal
from lms.services.agreements import (
    find_owed_agreement,
    get_signature,
    list_agreements,
    list_attestations,
    list_signed,
    make_attestation,
    open_sheet,
    open_signed,
    sign_agreement,
    text_hash,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.practice import practice_hold
from tests.cast import NOW, make_cast
from tests.reading import agreement_named, publish_again

SECRET, CODE = "confidentiality", "code-of-ethics"


def sign(session, cast, slug=CODE, **changed):
    values = {"shown": 1, "name": "أمينة Trainee", "understood": True, "now": NOW, **changed}
    return sign_agreement(session, cast.enrolment, slug, **values)


def changed(slug, old, new):
    agreement = agreement_named(slug)
    assert old in agreement.text
    return replace(agreement, text=agreement.text.replace(old, new))


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_both_are_owed_at_first_and_the_limits_of_secrecy_come_first(session, cast):
    rows = list_agreements(session, cast.enrolment)
    assert [(row.slug, row.state) for row in rows] == [
        (SECRET, AgreementState.NEW),
        (CODE, AgreementState.NEW),
    ]


def test_a_signature_keeps_name_version_text_day_and_a_line_in_the_trail(session, cast):
    late = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    with transaction(session):
        signature = sign(session, cast, now=late)
    assert signature.name_typed == "أمينة Trainee"
    assert signature.happened_on.isoformat() == "2026-11-02"
    assert signature.text_hash == text_hash(agreement_named(CODE))
    assert signature.understood_at is None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "agreement-signed")).one()
    assert (entry.actor_id, entry.about_id) == (cast.trainee.id, cast.trainee.id)
    session.refresh(cast.enrolment)
    assert cast.enrolment.facts_version == 1


def test_only_that_the_limits_were_understood_is_kept(session, cast):
    assert sign(session, cast, SECRET).understood_at == NOW


def test_signing_twice_is_signing_once(session, cast):
    assert sign(session, cast).id == sign(session, cast, name="Another").id
    assert count(session, Signature) == 1


@pytest.mark.parametrize(
    ("slug", "values", "reason"),
    [
        (CODE, {"shown": 2}, SignRefusal.TEXT_CHANGED),
        (CODE, {"shown": 0}, SignRefusal.TEXT_CHANGED),
        (SECRET, {"understood": False}, SignRefusal.QUESTIONS_FIRST),
        (CODE, {"name": "\u200b"}, SignRefusal.NO_NAME),
    ],
)
def test_what_stands_in_the_way_is_named_and_nothing_is_signed(session, cast, slug, values, reason):
    with pytest.raises(RefusedError) as refused:
        sign(session, cast, slug, **values)
    assert refused.value.reason is reason
    assert count(session, Signature) == 0


def test_a_place_that_was_left_signs_nothing(session, cast):
    cast.enrolment.state = "withdrawn"
    session.flush()
    with pytest.raises(RefusedError) as refused:
        sign(session, cast)
    assert refused.value.reason is SignRefusal.NO_PLACE


def test_an_agreement_that_is_not_there_is_missing(session, cast):
    with pytest.raises(MissingError):
        open_sheet(session, cast.enrolment, "no-such-agreement")


def test_practice_opens_when_all_is_signed_and_waits_when_a_text_changes(session, cast):
    sign(session, cast, SECRET)
    assert find_owed_agreement(session, cast.enrolment).slug == CODE
    sign(session, cast)
    assert find_owed_agreement(session, cast.enrolment) is None
    assert practice_hold(session, cast.enrolment) is None
    publish_again(session, changed(CODE, "I go at their pace.", "I go at their pace, always."))
    assert find_owed_agreement(session, cast.enrolment).state is AgreementState.CHANGED
    assert practice_hold(session, cast.enrolment) is not None


def test_a_new_text_shows_what_changed_under_its_heading(session, cast):
    sign(session, cast)
    publish_again(session, changed(CODE, "I go at their pace.", "I go at their pace, always."))
    sheet = open_sheet(session, cast.enrolment, CODE)
    kinds = [change.kind for change in sheet.changes]
    assert kinds == [ChangeKind.KEPT, ChangeKind.REMOVED, ChangeKind.ADDED]
    assert sheet.changes[0].words == "The person leads"
    assert "at their pace, always" in sheet.changes[2].words
    assert sheet.earlier == 1


def test_questions_that_stayed_the_same_are_not_asked_again(session, cast):
    sign(session, cast, SECRET)
    publish_again(session, changed(SECRET, "I take no photos", "I never take photos"))
    assert open_sheet(session, cast.enrolment, SECRET).questions == ()
    assert sign(session, cast, SECRET, shown=2, understood=False).version_number == 2


def test_what_was_signed_can_be_read_word_for_word_whatever_came_later(session, cast):
    signature = sign(session, cast)
    publish_again(session, changed(CODE, "I go at their pace.", "I go at their pace, always."))
    found = open_signed(session, get_signature(session, signature.public_id))
    assert "I go at their pace." in found.text
    assert found.is_whole
    assert [row.title for row in list_signed(session, cast.trainee.id)] == [
        "Code of ethics for peer support"
    ]


def test_a_text_that_no_longer_fits_its_signature_says_so(session, cast):
    signature = sign(session, cast)
    signature.text_hash = "0" * 64
    session.flush()
    assert not open_signed(session, signature).is_whole


def test_nobody_has_signed_for_anybody_else(session, cast):
    sign(session, cast)
    assert list_signed(session, cast.classmate.id) == []


def test_the_programme_says_what_is_attested_and_once_is_enough(session, cast):
    place = cast.enrolment
    assert [(a.what, a.said_on) for a in list_attestations(session, place)] == [
        ("lived-experience", None)
    ]
    with transaction(session):
        make_attestation(session, place, "lived-experience", now=NOW)
        make_attestation(session, place, "lived-experience", now=NOW)
    row = session.scalars(select(Attestation)).one()
    assert (row.what, row.capacity, row.attested_by) == (
        "lived-experience",
        "self",
        cast.trainee.id,
    )
    assert list_attestations(session, place)[0].said_on is not None
    assert count(session, AuditEntry) >= 1


@pytest.mark.parametrize("what", ["", "a-degree", "x" * 300])
def test_what_the_programme_does_not_ask_is_not_attested(session, cast, what):
    with pytest.raises(MissingError):
        make_attestation(session, cast.enrolment, what, now=NOW)


@pytest.mark.races
def test_two_presses_at_once_make_one_signature_and_one_attestation(real_app, real_session):
    with transaction(real_session):
        make_cast(real_session)
    state, gate, problems = real_app.extensions["lms"], threading.Barrier(4), []

    def press():
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    place = session.scalars(select(Enrolment).order_by(Enrolment.id)).first()
                    values = {"shown": 1, "name": "Amina", "understood": True, "now": NOW}
                    sign_agreement(session, place, CODE, **values)
                    make_attestation(session, place, "lived-experience", now=NOW)
            except Exception as problem:  # told below, whatever it was
                problems.append(problem)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert count(real_session, Signature) == 1
    assert count(real_session, Attestation) == 1
    assert count(real_session, ContentVersion) > 0
