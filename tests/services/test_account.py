"""One's own account in the database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.models import Address, Mail, OneTimeLink, Signin
from lms.rules.account import AddressRefusal
from lms.rules.cohorts import PracticeHold, StepRefusal
from lms.rules.people import EntryRefusal
from lms.rules.signin import LinkRefusal, PasswordRefusal
from lms.services.account import (
    Details,
    add_address,
    change_details,
    come_back,
    find_waiting_address,
    list_addresses,
    list_working_signins,
    mark_shared,
    remove_address,
    set_own_password,
    step_back,
)
from lms.services.errors import RefusedError
from lms.services.practice import practice_hold
from lms.services.signin import issue_link, start_signin, token_hash, use_address_link
from tests.cast import NOW


def token_of(session):
    """Return the token of the last letter."""
    body = session.scalars(select(Mail).order_by(Mail.id.desc())).first().body
    return next(line for line in body.splitlines() if "/address/" in line).rsplit("/", 1)[1]


def confirm(session, person, written="safe@example.org"):
    """Add a second address and confirm it from its letter."""
    add_address(session, person, written, now=NOW)
    use_address_link(session, token_of(session), now=NOW)


def test_a_second_address_is_kept_once_it_was_confirmed_from_there(session, cast):
    add_address(session, cast.trainee, " Safe@Example.org ", now=NOW)
    assert len(list_addresses(session, cast.trainee.id)) == 1
    assert find_waiting_address(session, cast.trainee.id, NOW) == "Safe@Example.org"
    use_address_link(session, token_of(session), now=NOW)
    rows = list_addresses(session, cast.trainee.id)
    assert [(row.rank, row.normalised) for row in rows][1] == (2, "safe@example.org")
    assert find_waiting_address(session, cast.trainee.id, NOW) is None


def test_adding_an_address_says_nothing_about_whose_it_is(session, cast):
    taken = list_addresses(session, cast.classmate.id)[0].written
    add_address(session, cast.trainee, taken, now=NOW)
    assert find_waiting_address(session, cast.trainee.id, NOW) == taken
    with pytest.raises(RefusedError) as refused:
        use_address_link(session, token_of(session), now=NOW)
    assert refused.value.reason is EntryRefusal.ADDRESS_TAKEN


def test_only_the_last_letter_confirms_and_only_for_a_while(session, cast):
    add_address(session, cast.trainee, "first@example.org", now=NOW)
    first = token_of(session)
    add_address(session, cast.trainee, "second@example.org", now=NOW)
    for token, now, reason in (
        (first, NOW, LinkRefusal.USED),
        (token_of(session), NOW + timedelta(days=4), LinkRefusal.EXPIRED),
    ):
        with pytest.raises(RefusedError) as refused:
            use_address_link(session, token, now=now)
        assert refused.value.reason is reason


def test_the_first_address_can_go_once_there_is_a_safe_one(session, cast):
    with pytest.raises(RefusedError) as refused:
        remove_address(session, cast.trainee, 1, now=NOW)
    assert refused.value.reason is AddressRefusal.ONLY_ONE
    confirm(session, cast.trainee)
    with pytest.raises(RefusedError) as refused:
        add_address(session, cast.trainee, "third@example.org", now=NOW)
    assert refused.value.reason is AddressRefusal.TWO_ALREADY
    remove_address(session, cast.trainee, 1, now=NOW)
    rows = session.scalars(select(Address).where(Address.person_id == cast.trainee.id)).all()
    assert [(row.rank, row.normalised) for row in rows] == [(1, "safe@example.org")]


def test_taking_a_waiting_address_back_ends_its_link(session, cast):
    add_address(session, cast.trainee, "safe@example.org", now=NOW)
    remove_address(session, cast.trainee, 2, now=NOW)
    assert find_waiting_address(session, cast.trainee.id, NOW) is None
    with pytest.raises(RefusedError):
        use_address_link(session, token_of(session), now=NOW)


def test_a_new_password_ends_other_sign_ins_and_links_for_a_new_one(session, cast):
    tokens = [
        start_signin(session, cast.trainee.id, device="x", shared=False, now=NOW) for _ in "ab"
    ]
    keep = session.scalars(
        select(Signin.id).where(Signin.token_hash == token_hash(tokens[0]))
    ).one()
    issue_link(session, cast.trainee.id, "reset", now=NOW)
    set_own_password(session, cast.trainee, "seven slow grey rivers", "hashed", keep=keep, now=NOW)
    session.expire_all()
    open_ones = session.scalars(select(Signin.id).where(Signin.ended_at.is_(None))).all()
    assert open_ones == [keep]
    assert session.scalars(select(OneTimeLink.used_at)).all() == [NOW]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", PasswordRefusal.TOO_SHORT),
        ("aaaaaaaaaaaaaaaaaaaa", PasswordRefusal.ONE_CHARACTER),
        ("x" * 257, PasswordRefusal.TOO_LONG),
    ],
)
def test_a_weak_password_is_not_taken(session, cast, password, reason):
    with pytest.raises(RefusedError) as refused:
        set_own_password(session, cast.trainee, password, "hashed", keep=0, now=NOW)
    assert refused.value.reason is reason


def test_stepping_back_and_coming_back_lose_nothing_and_may_be_pressed_twice(session, cast):
    place, before = cast.enrolment, cast.enrolment.facts_version
    for _ in "ab":
        step_back(session, place, now=NOW)
    assert place.state == "paused"
    assert practice_hold(session, place) is PracticeHold.PAUSED
    for _ in "ab":
        come_back(session, place, now=NOW)
    assert (place.state, place.facts_version) == ("active", before + 2)


def test_a_closed_place_takes_no_step(session, cast):
    cast.enrolment.state = "withdrawn"
    session.flush()
    with pytest.raises(RefusedError) as refused:
        step_back(session, cast.enrolment, now=NOW)
    assert refused.value.reason is StepRefusal.NOT_FROM_HERE


def test_any_name_is_taken_as_it_is(session, cast):
    said = Details("أمينة 🌊", "Ng" * 150, "es", True)
    change_details(session, cast.trainee, said, now=NOW)
    session.expire_all()
    assert (cast.trainee.chosen_name, cast.trainee.language) == ("أمينة 🌊", "es")
    assert len(cast.trainee.certificate_name) == 300


def test_a_sign_in_that_rested_too_long_is_not_listed(session, cast):
    for _ in "ab":
        start_signin(session, cast.trainee.id, device="x", shared=False, now=NOW)
    one = session.scalars(select(Signin)).first()
    mark_shared(session, one, shared=True)
    later = {"idle_minutes": 720, "shared_idle_minutes": 10, "now": NOW + timedelta(minutes=11)}
    rows = list_working_signins(session, cast.trainee.id, **later)
    assert len(rows) == 1
    assert rows[0].id != one.id
