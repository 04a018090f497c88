"""Sharing a reflection: the words of then, for one reader, sealed, logged, taken back at once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.db import transaction
from lms.models import Assignment, AuditDetail, AuditEntry, Reflection, SharedReading, Sharing
from lms.rules.reflections import ReadRefusal, SharePurpose, ShareRefusal, SharingStanding
from lms.services.errors import RefusedError
from lms.services.reflections import (
    Box,
    NewSharing,
    answer_shared,
    drop_ended_copies,
    end_sharing,
    forget_reflection,
    keep_words,
    list_readers,
    list_shared_with,
    list_sharings,
    open_shared,
    share_words,
)
from tests.cast import NOW
from tests.reading import LESSON, MODULE

BOX = Box(MODULE, LESSON, "a-box")
WORDS = "What I carry 🙂 أنا"


@pytest.fixture
def kept(session, cast) -> Reflection:
    """Return a reflection of the trainee's."""
    keep_words(session, cast.trainee.id, BOX, WORDS, base_version=0, now=NOW)
    return session.scalars(select(Reflection)).one()


def share(session, cast, kept, who="trainer", days=14, seen=1, op_id="op", now=NOW):
    new = NewSharing(cast.people[who].public_id, SharePurpose.TALK, days, seen)
    share_words(session, kept, new, op_id=op_id, now=now)
    return session.scalars(select(Sharing).order_by(Sharing.id.desc())).first()


def read(session, cast, row, who="trainer", op_id="read", now=NOW):
    return open_shared(session, cast.people[who].id, row, op_id=op_id, now=now)


def mine(session, cast, now=NOW):
    return list_sharings(session, cast.trainee.id, now=now)


def test_only_people_beside_may_be_chosen(session, cast, kept):
    names = {reader.public_id for reader in list_readers(session, cast.trainee.id)}
    beside = {"trainer", "second_trainer", "supervisor"}
    assert names == {cast.people[who].public_id for who in beside}
    for who in ("classmate", "coordinator", "outsider", "trainee"):
        with pytest.raises(RefusedError) as refused:
            share(session, cast, kept, who)
        assert refused.value.reason is ShareRefusal.NOT_BESIDE
    assert session.scalars(select(Sharing)).all() == []


def test_the_copy_is_sealed_and_reads_as_it_was_written(session, cast, kept):
    row = share(session, cast, kept)
    assert b"carry" not in row.sealed
    assert read(session, cast, row).words == WORDS


def test_what_is_written_later_is_not_shared(session, cast, kept):
    row = share(session, cast, kept)
    keep_words(session, cast.trainee.id, BOX, "Later, for me alone.", base_version=1, now=NOW)
    assert read(session, cast, row).words == WORDS
    assert not mine(session, cast)[0].is_of_now


def test_nobody_shares_words_that_changed_on_another_page(session, cast, kept):
    keep_words(session, cast.trainee.id, BOX, "Newer.", base_version=1, now=NOW)
    with pytest.raises(RefusedError) as refused:
        share(session, cast, kept, seen=1)
    assert refused.value.reason is ShareRefusal.CHANGED


def test_the_same_form_twice_shares_once_and_a_new_one_takes_its_place(session, cast, kept):
    first = share(session, cast, kept)
    assert share(session, cast, kept) is first
    second = share(session, cast, kept, op_id="again", days=7)
    session.refresh(first)
    assert (first.ended_at, first.sealed) == (NOW, None)
    assert [row.standing for row in mine(session, cast)] == [
        SharingStanding.OPEN,
        SharingStanding.ENDED,
    ]
    assert second.until_on == date(2026, 11, 9)


def test_a_second_open_sharing_with_the_same_reader_is_no_row_that_can_be(session, cast, kept):
    row = share(session, cast, kept)
    other = Sharing(
        reflection_id=kept.id,
        person_id=cast.trainee.id,
        reader_id=row.reader_id,
        module=MODULE,
        purpose="talk",
        version=1,
        shared_at=NOW,
        until_on=row.until_on,
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(other)


def test_every_reading_is_noted_for_the_writer_and_a_reload_is_the_same_one(session, cast, kept):
    row = share(session, cast, kept)
    read(session, cast, row)
    read(session, cast, row, now=NOW + timedelta(minutes=9))
    assert mine(session, cast)[0].readings == (NOW,)
    read(session, cast, row, op_id="another page", now=NOW + timedelta(minutes=9))
    read(session, cast, row, now=NOW + timedelta(minutes=11))
    assert len(mine(session, cast)[0].readings) == 3


def test_what_was_taken_back_opens_for_nobody_at_once(session, cast, kept):
    row = share(session, cast, kept)
    end_sharing(session, row, now=NOW)
    end_sharing(session, row, now=NOW + timedelta(hours=1))
    assert (row.sealed, row.ended_at) == (None, NOW)
    with pytest.raises(RefusedError) as refused:
        read(session, cast, row)
    assert refused.value.reason is ReadRefusal.SHUT
    assert session.scalars(select(SharedReading)).all() == []
    assert list_shared_with(session, cast.trainer.id, now=NOW) == []


@pytest.mark.parametrize(("days", "is_open"), [(7, True), (8, False), (400, False)])
def test_it_closes_by_itself_after_the_last_day(session, cast, kept, days, is_open):
    row = share(session, cast, kept, days=7)
    later = NOW + timedelta(days=days)
    assert bool(list_shared_with(session, cast.trainer.id, now=later)) is is_open
    if not is_open:
        with pytest.raises(RefusedError):
            read(session, cast, row, now=later)


def test_whoever_is_not_beside_any_more_reads_nothing(session, cast, kept):
    row = share(session, cast, kept)
    ended = update(Assignment).where(Assignment.person_id == cast.trainer.id)
    session.execute(ended.values(until_on=date(2026, 11, 2)))
    with pytest.raises(RefusedError):
        read(session, cast, row)
    assert list_shared_with(session, cast.trainer.id, now=NOW) == []
    assert mine(session, cast)[0].standing is SharingStanding.APART


def test_another_reader_opens_nothing(session, cast, kept):
    row = share(session, cast, kept)
    for who in ("second_trainer", "supervisor", "coordinator", "classmate", "trainee"):
        with pytest.raises(RefusedError):
            read(session, cast, row, who)
        assert list_shared_with(session, cast.people[who].id, now=NOW) == []


@pytest.mark.parametrize("how", ["taken away", "emptied"])
def test_with_the_text_goes_what_was_shared_of_it_and_the_log_stays(session, cast, kept, how):
    row = share(session, cast, kept)
    read(session, cast, row)
    if how == "emptied":
        keep_words(session, cast.trainee.id, BOX, "", base_version=1, now=NOW)
    else:
        forget_reflection(session, cast.trainee.id, kept.public_id, now=NOW)
    session.refresh(row)
    assert (row.reflection_id, row.sealed, row.ended_at) == (None, None, NOW)
    found = mine(session, cast)[0]
    assert (found.reflection_id, found.readings) == (None, (NOW,))


def test_an_answer_is_told_to_the_writer_alone_and_once(session, cast, kept):
    row = share(session, cast, kept)
    answer_shared(session, cast.trainer.id, row, now=NOW)
    answer_shared(session, cast.trainer.id, row, now=NOW + timedelta(hours=1))
    assert mine(session, cast)[0].answered_at == NOW
    end_sharing(session, row, now=NOW)
    with pytest.raises(RefusedError):
        answer_shared(session, cast.trainer.id, row, now=NOW)


def test_the_trail_tells_neither_words_nor_reader_nor_reading(session, cast):
    with transaction(session):
        keep_words(session, cast.trainee.id, BOX, WORDS, base_version=0, now=NOW)
        kept = session.scalars(select(Reflection)).one()
        row = share(session, cast, kept)
        read(session, cast, row)
        answer_shared(session, cast.trainer.id, row, now=NOW)
        end_sharing(session, row, now=NOW)
    entries = session.execute(select(AuditEntry, AuditDetail).join(AuditDetail)).all()
    mine_alone = [
        (entry.act, entry.actor_id, entry.about_id, entry.subject, detail.details)
        for entry, detail in entries
        if "shar" in entry.act
    ]
    me, subject = cast.trainee.id, f"sharing:{row.public_id}"
    assert mine_alone == [
        ("reflection-shared", me, me, subject, "{}"),
        ("sharing-ended", me, me, subject, "{}"),
    ]
    assert all(entry.actor_id != cast.trainer.id for entry, __ in entries)


def test_copies_of_what_is_over_are_taken_away(session, cast, kept):
    row = share(session, cast, kept, days=7)
    drop_ended_copies(session, NOW + timedelta(days=8))
    session.refresh(row)
    assert row.sealed is not None
    drop_ended_copies(session, NOW + timedelta(days=10))
    session.refresh(row)
    assert row.sealed is None
