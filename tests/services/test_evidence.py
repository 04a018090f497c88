"""Documents: on the record as they stand, as they stood, sealed, and swept."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.content.papers import clean_paper
from lms.db import utcnow
from lms.models import Document, Upload
from lms.rules.evidence import TO_LOOK_AT, DocumentRefusal, Review
from lms.rules.roles import Actor
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence import (
    accept_document,
    allow_document,
    drop_orphans,
    get_document,
    list_documents,
    list_to_look_at,
    read_file,
    return_document,
    show_document,
    withdraw_document,
)
from lms.services.evidence.uploads import FOLDER
from lms.services.record import record_of
from lms.services.verdicts import verdict_for
from tests.cast import NOW, TODAY
from tests.filing import PDF, give, put_on_file

LATER = NOW + timedelta(hours=2)


def actor_of(session, person):
    """Return somebody as the one who asks."""
    return Actor(person.id, person.organisation_id)


def state_of(session, cast, requirement="reference", known_at=None):
    """Return how a requirement of the demo programme stands."""
    found = verdict_for(session, cast.enrolment, on=TODAY, known_at=known_at)
    return next(row.state.value for row in found.rows if row.id == requirement)


def accept(session, document, cast, outcome="accepted", **more):
    """Put a document on file as the coordinator."""
    review = Review(outcome, **more)
    by, op_id = cast.coordinator.id, f"accept-{outcome}-{document.id}"
    current = get_document(session, document.paper)
    return accept_document(session, current, review, by=by, op_id=op_id, now=LATER)


def test_a_paper_needs_a_person_until_it_is_on_file(session, cast):
    assert state_of(session, cast) == "not-yet"
    document = give(session, cast.enrolment)
    assert state_of(session, cast) == "needs-a-person"
    accept(session, document, cast)
    assert state_of(session, cast) == "met"


def test_what_was_known_then_is_still_told(session, cast):
    accept(session, give(session, cast.enrolment), cast)
    before = NOW + timedelta(hours=1)
    assert state_of(session, cast, known_at=before) == "needs-a-person"
    assert state_of(session, cast, known_at=NOW - timedelta(hours=1)) == "not-yet"
    assert state_of(session, cast, known_at=LATER) == "met"


def test_a_check_that_shows_something_is_talked_about_and_may_count(session, cast):
    by = cast.coordinator.id
    document = put_on_file(session, cast.enrolment, by, "background-check", outcome=TO_LOOK_AT)
    assert state_of(session, cast, "background-check") == "needs-a-person"
    with pytest.raises(RefusedError):
        allow_document(session, document, " ", by=by, now=LATER)
    allow_document(session, document, "Long ago, and talked through.", by=by, now=LATER)
    assert state_of(session, cast, "background-check") == "met"
    _, record = record_of(session, cast.enrolment.id)
    assert [one.outcome for one in record.decisions] == [document.paper]


def test_what_is_returned_or_taken_back_counts_for_nothing_and_its_file_is_gone(session, cast):
    before = set(files(session))
    returned = give(session, cast.enrolment, file=clean_paper(PDF))
    again = give(session, cast.enrolment, file=clean_paper(PDF))
    paths = [path for path in files(session) if path not in before]
    assert len(paths) == 2
    return_document(
        session, returned, "The second page is cut off.", by=cast.coordinator.id, now=NOW
    )
    withdraw_document(session, again, "", by=cast.trainee.id, now=NOW)
    session.commit()
    assert state_of(session, cast) == "not-yet"
    after = session.info.pop("after_commit", ())
    for act in after:
        act()
    assert not any(path.is_file() for path in paths)
    shown = show_document(session, get_document(session, returned.paper))
    assert (shown.note, shown.upload) == ("The second page is cut off.", None)


def files(session):
    """Return every file of the store."""
    return list((session.info["ground"].data_dir / FOLDER).glob("??/*"))


def test_a_file_is_sealed_and_opens_for_its_own_row_alone(session, cast):
    document = give(session, cast.enrolment, file=clean_paper(PDF))
    upload = session.get_one(Upload, document.upload_id)
    path = next(path for path in files(session) if path.name == upload.public_id)
    assert b"PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert read_file(session, upload) == PDF
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(MissingError):
        read_file(session, upload)


def test_files_without_a_row_are_swept_after_a_day(session, cast):
    document = give(session, cast.enrolment, file=clean_paper(PDF))
    kept = session.get_one(Upload, document.upload_id).public_id
    folder = session.info["ground"].data_dir / FOLDER / "zz"
    folder.mkdir(parents=True, exist_ok=True)
    old, new = folder / "zz-old", folder / "zz-new"
    for path in (old, new):
        path.write_bytes(b"sealed")
    os.utime(old, (0, 0))
    drop_orphans(session, utcnow())
    assert not old.exists()
    assert new.exists()
    assert any(path.name == kept for path in files(session))
    new.unlink()


def test_the_same_form_twice_is_one_document(session, cast):
    one = give(session, cast.enrolment, op_id="twice")
    assert give(session, cast.enrolment, op_id="twice").id == one.id
    accept(session, one, cast)
    accept(session, one, cast)
    assert len(session.scalars(select(Document)).all()) == 2


def test_somebody_outside_is_one_signer_however_often_they_sign(session, cast):
    by = cast.coordinator.id
    first = put_on_file(session, cast.enrolment, by, review=Review("accepted", names="أمينة حسن\n"))
    twice = Review("accepted", names="أمينة  حسن\nJosé")
    second = put_on_file(session, cast.enrolment, by, review=twice)
    _, record = record_of(session, cast.enrolment.id)
    signers = {one.id: one.signers for one in record.documents}
    assert signers[first.paper][0] == signers[second.paper][0]
    assert len(signers[second.paper]) == 2
    assert "José" not in second.signers
    assert show_document(session, second).signers == ["أمينة حسن", "José"]


def test_only_people_of_the_house_are_signers_by_their_id(session, cast):
    ids = (cast.supervisor.public_id, cast.outsider.public_id, cast.trainee.public_id)
    review = Review("accepted", signers=ids)
    document = put_on_file(session, cast.enrolment, cast.coordinator.id, review=review)
    _, record = record_of(session, cast.enrolment.id)
    assert record.documents[0].signers == (cast.supervisor.public_id,)
    mine = list_documents(session, cast.enrolment, signer=cast.supervisor.public_id)
    assert [one.id for one in mine] == [document.id]
    assert list_documents(session, cast.enrolment, signer=cast.trainer.public_id) == []


def test_nobody_puts_their_own_paper_on_file(session, cast):
    with pytest.raises(RefusedError) as refused:
        put_on_file(session, cast.enrolment, cast.trainee.id)
    assert refused.value.reason is DocumentRefusal.OWN_RECORD


def test_acts_are_in_the_trail_without_what_a_paper_says(session, cast):
    document = give(session, cast.enrolment)
    accept(session, document, cast, names="Zzyzx Person")
    noted = session.info["audit"]
    assert [one.act for one in noted] == ["document-handed-in", "document-accepted"]
    assert all("Zzyzx" not in one.details for one in noted)


def test_what_waits_is_listed_for_the_house_alone(session, cast):
    give(session, cast.enrolment)
    row = list_to_look_at(session, actor_of(session, cast.coordinator))[0]
    assert (row.what, row.person) == ("Reference", "Trainee")
    assert list_to_look_at(session, actor_of(session, cast.outsider)) == []
    assert list_to_look_at(session, actor_of(session, cast.trainee)) == []
