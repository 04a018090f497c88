"""Drafts: nothing typed is lost, and no text overwrites another unseen."""

import pytest
from sqlalchemy import select

from lms.models import Draft
from lms.services.drafts import drop_draft, find_draft, find_spent, save_draft, spend
from lms.services.errors import ClashError
from tests.cast import NOW


def save(session, cast, body, base=None, op_id=""):
    """Keep words under one key."""
    return save_draft(
        session, cast.trainee.id, "form", body, base_version=base, op_id=op_id, now=NOW
    )


def test_words_come_back_and_versions_count(session, cast):
    """Two saves, the newest text."""
    assert save(session, cast, {"a": "one"}) == 1
    assert save(session, cast, {"a": "two"}, base=1) == 2
    kept = find_draft(session, cast.trainee.id, "form")
    assert (kept.body, kept.version) == ({"a": "two"}, 2)


def test_a_late_save_clashes_and_keeps_both(session, cast):
    """A second device that began earlier sees both texts."""
    save(session, cast, {"a": "one"})
    save(session, cast, {"a": "two"}, base=1)
    with pytest.raises(ClashError) as clash:
        save(session, cast, {"a": "other"}, base=1)
    assert (clash.value.theirs, clash.value.yours) == ({"a": "two"}, {"a": "other"})
    assert find_draft(session, cast.trainee.id, "form").body == {"a": "two"}


def test_the_same_packet_twice_is_one_save(session, cast):
    """A resent packet changes nothing."""
    assert save(session, cast, {"a": "one"}, op_id="p1") == 1
    assert save(session, cast, {"a": "one"}, base=0, op_id="p1") == 1


def test_nobody_else_finds_them(session, cast):
    """A draft is its writer's alone, and sealed."""
    save(session, cast, {"a": "very private"})
    assert find_draft(session, cast.classmate.id, "form") is None
    assert b"very private" not in session.scalars(select(Draft.sealed)).one()


def test_a_draft_is_forgotten_once_sent(session, cast):
    """Dropping leaves nothing."""
    save(session, cast, {"a": "one"})
    drop_draft(session, cast.trainee.id, "form")
    assert find_draft(session, cast.trainee.id, "form") is None


def test_an_act_is_spent_once(session, cast):
    """The second spending says no, and the first result is known."""
    assert spend(session, "op-1", cast.trainee.id, "/there", NOW) is True
    assert spend(session, "op-1", cast.trainee.id, "/elsewhere", NOW) is False
    assert find_spent(session, "op-1", cast.trainee.id) == "/there"
