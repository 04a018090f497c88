"""Sealed texts: opened by their key and place alone."""

import pytest
from sqlalchemy import select

from lms.db import transaction
from lms.models import PersonKey
from lms.sealing import SealBrokenError, Sealer
from lms.services.sealed import open_text, seal_text
from tests.cast import NOW

OLD, NEW = b"\x01" * 32, b"\x02" * 32


def test_what_is_sealed_opens_again():
    """Any text, in any script, comes back."""
    sealer = Sealer([NEW])
    for words in ("", "hello", "สวัสดี", "🌱" * 500):
        assert sealer.open(sealer.seal(words.encode(), "a:1"), "a:1").decode() == words


def test_a_text_moved_elsewhere_does_not_open():
    """The place is bound to the text."""
    sealed = Sealer([NEW]).seal(b"words", "reflection:1")
    with pytest.raises(SealBrokenError):
        Sealer([NEW]).open(sealed, "reflection:2")


def test_a_changed_bit_does_not_open():
    """Tampering is noticed."""
    sealed = bytearray(Sealer([NEW]).seal(b"words", "a:1"))
    sealed[-1] ^= 1
    with pytest.raises(SealBrokenError):
        Sealer([NEW]).open(bytes(sealed), "a:1")


def test_an_old_key_still_opens_and_the_first_seals():
    """Keys are rotated by putting the new one first."""
    sealed = Sealer([OLD]).seal(b"words", "a:1")
    both = Sealer([NEW, OLD])
    assert both.open(sealed, "a:1") == b"words"
    with pytest.raises(SealBrokenError):
        Sealer([OLD]).open(both.seal(b"words", "a:1"), "a:1")


def test_each_person_has_a_key_of_their_own(session, cast):
    """Erasing one person's key leaves the others' texts."""
    mine = seal_text(session, cast.trainee.id, "mine", "x:1", NOW)
    theirs = seal_text(session, cast.classmate.id, "theirs", "x:1", NOW)
    assert open_text(session, cast.trainee.id, mine, "x:1") == "mine"
    session.delete(session.get_one(PersonKey, cast.trainee.id))
    session.flush()
    session.info.pop("sealers")
    assert open_text(session, cast.classmate.id, theirs, "x:1") == "theirs"
    with pytest.raises(LookupError):
        open_text(session, cast.trainee.id, mine, "x:1")


def test_the_database_holds_no_plain_words(session, cast):
    """Neither key nor text stands in a column as it is."""
    sealed = seal_text(session, cast.trainee.id, "a plain secret", "x:1", NOW)
    key = session.scalars(select(PersonKey.wrapped)).one()
    assert b"plain secret" not in sealed
    assert b"plain secret" not in key


def test_a_key_made_in_an_act_that_was_rolled_back_is_not_used_again(session, cast):
    """Nothing is ever sealed with a key that was not saved."""

    def broken_act() -> None:
        with transaction(session):
            seal_text(session, cast.trainee.id, "lost", "x:1", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_act()
    with transaction(session):
        sealed = seal_text(session, cast.trainee.id, "kept", "x:1", NOW)
    session.info.pop("sealers")
    assert open_text(session, cast.trainee.id, sealed, "x:1") == "kept"
