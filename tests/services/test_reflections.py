"""Private reflections: sealed, kept, never lost between two devices, taken away for good."""

import threading

import pytest
from sqlalchemy import select

from lms.db import transaction
from lms.models import Draft, Reflection
from lms.rules.learning import Wording
from lms.services.drafts import save_draft
from lms.services.errors import ClashError, MissingError
from lms.services.reflections import (
    Box,
    forget_reflection,
    keep_words,
    list_own_reflections,
    list_words,
)
from tests.cast import NOW, make_cast
from tests.reading import MODULE

BOX = Box(MODULE, "friendship-and-existing-ties", "my-own-lines")


def keep(session, cast, words, base=0, who="trainee"):
    keep_words(session, cast.people[who].id, BOX, words, base_version=base, now=NOW)


def own(session, cast, who="trainee"):
    return list_words(session, cast.people[who].id, BOX.module, BOX.lesson).get(BOX.block)


def test_words_are_kept_sealed_and_open_for_their_writer_alone(session, cast):
    keep(session, cast, "I say yes too fast. 🙂 أنا")
    row = session.scalars(select(Reflection)).one()
    assert b"too fast" not in row.sealed
    assert own(session, cast).words == "I say yes too fast. 🙂 أنا"
    assert own(session, cast, "classmate") is None
    assert list_own_reflections(session, cast.trainer.id) == []


def test_words_not_sent_yet_stand_before_kept_ones_and_are_forgotten_once_kept(session, cast):
    keep(session, cast, "First.")
    person = cast.trainee.id
    body = {"words": "First, and more.", "version": "1"}
    save_draft(session, person, BOX.draft_key, body, base_version=0, op_id="x", now=NOW)
    found = own(session, cast)
    assert (found.words, found.version, found.draft_version) == ("First, and more.", 1, 1)
    keep(session, cast, "First, and more.", base=1)
    assert session.scalars(select(Draft)).all() == []
    assert own(session, cast).words == "First, and more."


def test_two_devices_lose_nothing_of_each_other(session, cast):
    keep(session, cast, "From the phone.")
    with pytest.raises(ClashError) as clash:
        keep(session, cast, "From the library.", base=0)
    assert clash.value.theirs == {"words": "From the phone."}
    assert clash.value.yours == {"words": "From the library."}
    keep(session, cast, "From both.", base=clash.value.version)
    assert own(session, cast).words == "From both."


@pytest.mark.races
def test_first_words_from_two_devices_at_once_are_kept_or_shown(real_app, real_session):
    with transaction(real_session):
        person = make_cast(real_session).trainee.id
    state, gate, shown, problems = real_app.extensions["lms"], threading.Barrier(3), [], []

    def write(words):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    keep_words(session, person, BOX, words, base_version=0, now=NOW)
            except ClashError as clash:
                shown.append((clash.theirs["words"], clash.yours["words"]))
            except Exception as problem:  # told below, whatever it was
                problems.append(problem)

    threads = [threading.Thread(target=write, args=(f"From {n}.",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    kept = list_words(real_session, person, BOX.module, BOX.lesson)[BOX.block].words
    assert {theirs for theirs, __ in shown} == {kept}
    assert {yours for __, yours in shown} | {kept} == {"From 0.", "From 1.", "From 2."}


def test_the_same_words_twice_are_no_clash(session, cast):
    keep(session, cast, "The same.")
    keep(session, cast, "The same.")
    assert own(session, cast).version == 1


def test_an_emptied_box_is_forgotten(session, cast):
    keep(session, cast, "")
    keep(session, cast, "Something.")
    keep(session, cast, "", base=1)
    assert session.scalars(select(Reflection)).all() == []


def test_the_list_tells_where_each_was_written(session, cast):
    keep(session, cast, "Mine.")
    gone = Box("a-module-that-is-gone", "lesson", "box")
    keep_words(session, cast.trainee.id, gone, "Old.", base_version=0, now=NOW)
    rows = {row.words: row for row in list_own_reflections(session, cast.trainee.id)}
    assert rows["Mine."].module_title == Wording("Boundaries", "en")
    assert rows["Old."].module_title.words == "a-module-that-is-gone"
    assert rows["Old."].prompt is None


def test_nobody_takes_away_what_is_another_persons(session, cast):
    keep(session, cast, "Mine.")
    row = session.scalars(select(Reflection)).one()
    with pytest.raises(MissingError):
        forget_reflection(session, cast.classmate.id, row.public_id, now=NOW)
    forget_reflection(session, cast.trainee.id, row.public_id, now=NOW)
    assert session.scalars(select(Reflection)).all() == []
