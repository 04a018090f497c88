"""The audit trail: linked in the act's transaction, provable, erasable."""

import threading

import pytest
from sqlalchemy import select, text

from lms.db import transaction
from lms.models import AuditDetail, AuditEntry
from lms.services.audit import list_heads, record_act, verify_chains
from tests.cast import NOW


def act(session, chain=7, **details):
    """Do one act in a transaction of its own."""
    with transaction(session):
        record_act(session, "thing-done", now=NOW, chain=chain, subject="thing:1", **details)


def test_entries_are_numbered_and_chained(session):
    """Each entry names the hash of the one before."""
    act(session, n=1)
    act(session, n=2)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.chain == 7)).all()
    assert [entry.seq for entry in entries] == [1, 2]
    assert entries[1].previous == entries[0].hash
    assert verify_chains(session).first_broken is None


def test_an_act_that_was_rolled_back_leaves_no_entry(session):
    """What did not happen is not in the trail."""

    def broken_act() -> None:
        with transaction(session):
            record_act(session, "thing-done", now=NOW, chain=7)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_act()
    act(session)
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.chain == 7)).all()) == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update audit_entry set act = 'other-thing' where seq = 1", "changed"),
        (
            "update audit_detail set details = '{}' where entry_id > 1",
            "details",
        ),
        ("update audit_head set seq = 9 where chain = 7", "head"),
    ],
)
def test_tampering_is_found(session, statement, words):
    """A changed entry, changed details and a cut chain are each named."""
    act(session, n=1)
    act(session, n=2)
    session.execute(text(statement + (" and chain = 7" if "audit_entry set" in statement else "")))
    session.expire_all()
    broken = verify_chains(session).first_broken
    assert broken is not None
    assert broken.chain == 7
    assert words in broken.why


def test_a_missing_entry_is_found(session):
    """Deleting the newest entry shows, because the head knows better."""
    act(session, n=1)
    act(session, n=2)
    newest = session.scalars(select(AuditEntry.id).where(AuditEntry.chain == 7)).all()[-1]
    session.execute(text("delete from audit_detail where entry_id = :i"), {"i": newest})
    session.execute(text("delete from audit_entry where id = :i"), {"i": newest})
    session.expire_all()
    broken = verify_chains(session).first_broken
    assert broken is not None
    assert broken.seq == 2


def test_details_can_be_erased_without_breaking_the_chain(session):
    """Erasure takes the details; the chain still holds."""
    act(session, who="somebody")
    session.execute(text("delete from audit_detail"))
    session.expire_all()
    assert verify_chains(session).first_broken is None
    assert session.scalars(select(AuditDetail)).all() == []


@pytest.mark.races
def test_many_writers_share_one_chain(real_app):
    """Eight writers, one chain: numbered without gap, and it holds."""
    state = real_app.extensions["lms"]

    def write() -> None:
        for _ in range(5):
            with state.database.session() as session:
                session.info["ground"] = state.ground
                act(session, chain=8)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with state.database.session() as session:
        session.info["ground"] = state.ground
        assert verify_chains(session).first_broken is None
        assert {head.chain: head.seq for head in list_heads(session)}[8] == 40
