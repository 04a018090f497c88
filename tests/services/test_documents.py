"""Documents beside the certificate: each kind issued once, on its own part, from what is known."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.models import AuditEntry, Certificate, Enrolment, PrintedChoice
from lms.rules.certificates import Claim, IssueRefusal
from lms.rules.programmes import DocumentKind, LivedLine
from lms.services.audit import link_entries
from lms.services.certificates import (
    Succession,
    check_code,
    choose_lines,
    find_by_enrolment,
    list_choosable,
    list_documents,
    make_certificate,
    preview_issue,
)
from lms.services.certificates.basis import basis_for, lock_place
from lms.services.errors import MissingError, RefusedError
from lms.services.record import record_of
from tests.cast import NOW, TODAY
from tests.certifying import complete, confirm, issue, meet_all, waive

TRAINING, LETTER, CREDENTIAL = DocumentKind.TRAINING, DocumentKind.LETTER, DocumentKind.CREDENTIAL


@pytest.fixture
def trained(session, cast):
    """Return the cast where the training part alone is met."""
    for module in ("boundaries", "trauma-responsive-practice", "safety-planning"):
        complete(session, cast.enrolment, module)
    complete(session, cast.enrolment, "system-navigation")
    return cast


def refusal(act, *given, **named):
    with pytest.raises(RefusedError) as caught:
        act(*given, **named)
    return caught.value.reason


def claims_of(certificate):
    return json.loads(certificate.facts)["claims"]


def test_a_training_certificate_waits_for_the_training_alone(session, trained):
    assert refusal(issue, session, trained) is IssueRefusal.VERDICT_NOT_MET
    found = issue(session, trained, kind=TRAINING)
    assert (found.kind, found.is_whole, found.valid_until) == ("training", False, None)
    place = session.get_one(Enrolment, trained.enrolment.id, populate_existing=True)
    assert place.state == "active"
    assert record_of(session, place.id)[1].certificates == ()


def test_a_training_certificate_names_the_modules_in_their_versions_and_the_trainer(
    session, trained
):
    claims = claims_of(issue(session, trained, kind=TRAINING))
    assert claims[Claim.KIND] == "training"
    assert claims[Claim.MODULES].count("(version 1)") == 4
    assert claims[Claim.TRAINER] == "Trainer"
    assert claims[Claim.SIGNED_BY] == "Coordinator, Coordinator; Trainer, Trainer"
    assert claims[Claim.TOOK_PART_FROM] == claims[Claim.TOOK_PART_UNTIL] == TODAY.isoformat()
    assert claims[Claim.HOURS] is None  # no training hours are on record: none is invented
    assert claims[Claim.ADDRESS] is None


def test_what_is_waived_is_not_said_to_have_been_taken(session, cast):
    for module in ("boundaries", "trauma-responsive-practice", "safety-planning"):
        complete(session, cast.enrolment, module)
    waive(session, cast, "hand-off-module")
    claims = claims_of(issue(session, cast, kind=TRAINING))
    assert claims[Claim.MODULES].count("version") == 3


def test_training_that_was_waived_as_a_whole_has_nothing_to_state(session, cast):
    for part in ("ground-modules", "safety-module", "hand-off-module"):
        waive(session, cast, part)
    found = refusal(issue, session, cast, kind=TRAINING)
    assert found is IssueRefusal.NOTHING_TO_STATE


def test_a_letter_needs_nothing_met_but_something_on_record(session, cast):
    assert refusal(issue, session, cast, kind=LETTER) is IssueRefusal.NOTHING_TO_STATE
    confirm(session, cast.enrolment, cast.supervisor, 90)
    found = issue(session, cast, kind=LETTER)
    claims = claims_of(found)
    assert claims[Claim.HOURS] == "1 h 30 min of supervision"
    assert claims[Claim.MODULES] is None
    assert json.loads(found.facts)["verdict"]["requirements"] == []
    assert json.loads(found.facts)["agreements"] == []


@pytest.mark.parametrize("state", ["paused", "withdrawn"])
def test_who_left_still_gets_a_letter_and_no_certificate(session, cast, state):
    meet_all(session, cast)
    session.get_one(Enrolment, cast.enrolment.id).state = state
    session.flush()
    assert refusal(issue, session, cast) is IssueRefusal.PLACE_NOT_OPEN
    assert issue(session, cast, kind=LETTER).kind == "letter"
    assert session.get_one(Enrolment, cast.enrolment.id).state == state


def test_each_kind_is_issued_once_and_beside_the_others(session, cast):
    meet_all(session, cast)
    found = {kind: issue(session, cast, kind=kind) for kind in DocumentKind}
    again = {kind: issue(session, cast, kind=kind) for kind in DocumentKind}
    assert found == again
    assert sorted(one.number for one in found.values()) == [1, 2, 3]
    assert find_by_enrolment(session, cast.enrolment.id) is found[CREDENTIAL]
    listed = list_documents(session, cast.enrolment)
    assert [one.certificate for one in listed] == [
        found[CREDENTIAL],
        found[TRAINING],
        found[LETTER],
    ]
    certificates = record_of(session, cast.enrolment.id)[1].certificates
    assert [one.id for one in certificates] == [found[CREDENTIAL].public_id]


def test_who_alone_confirmed_what_a_letter_states_does_not_issue_it(session, cast):
    confirm(session, cast.enrolment, cast.coordinator, 90)
    found = refusal(issue, session, cast, kind=LETTER)
    assert found is IssueRefusal.ONLY_CONFIRMER


def test_markers_of_role_plays_do_not_hold_up_a_letter(session, cast):
    meet_all(session, cast)
    preview = preview_issue(session, cast.enrolment, by=cast.coordinator.id, now=NOW, kind=LETTER)
    assert (preview.refusal, preview.basis.markers) == (None, ())


def test_a_credential_says_nothing_of_hours(session, cast):
    meet_all(session, cast)
    claims = claims_of(issue(session, cast))
    said = {name for name, value in claims.items() if value}
    assert not said & {Claim.HOURS, Claim.MODULES, Claim.TOOK_PART_FROM, Claim.TRAINER}
    assert claims[Claim.VERSION] == "1"


# What the holder chooses


@pytest.fixture
def ready(session, cast):
    meet_all(session, cast)
    return cast


def choose(session, cast, *lines, kind=CREDENTIAL):
    choose_lines(session, cast.enrolment, kind, lines, by=cast.trainee.id, now=NOW)


def test_without_a_choice_the_plain_form_is_printed(session, ready):
    claims = claims_of(issue(session, ready))
    assert claims[Claim.PROGRAMME] == "Support specialist (demonstration)"
    assert claims[Claim.TITLE] is None
    assert claims[Claim.LINES] is None


def test_a_chosen_line_is_printed_and_stays_off_the_check_page_until_it_is_shown(session, ready):
    choose(session, ready, "title", "nonsense", "endorsement")
    found = issue(session, ready, lines_read=["title"])
    assert claims_of(found)[Claim.TITLE] == "Peer support specialist (demonstration)"
    shown = check_code(session, found.code, now=NOW).claims
    assert Claim.TITLE not in shown
    assert shown[Claim.PROGRAMME] == "Support specialist (demonstration)"
    link_entries(session)
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("certificate-lines-chosen") == 1


def test_nothing_is_printed_that_the_coordinator_did_not_read(session, ready):
    choose(session, ready, "lines")
    found = refusal(issue, session, ready, lines_read=[])
    assert found is IssueRefusal.CHOICE_CHANGED
    assert session.scalar(select(func.count(Certificate.id))) == 0


def test_a_choice_is_kept_once_and_can_be_taken_back(session, ready):
    for lines in (("title", "lines"), ("title", "lines"), ()):
        choose(session, ready, *lines)
    assert json.loads(session.scalars(select(PrintedChoice)).one().lines) == []
    link_entries(session)
    query = select(func.count(AuditEntry.id)).where(AuditEntry.act == "certificate-lines-chosen")
    assert session.scalar(query) == 2


def test_a_document_without_such_lines_has_nothing_to_choose(session, ready):
    with pytest.raises(MissingError):
        choose(session, ready, "title", kind=LETTER)
    assert [one.terms.kind for one in list_choosable(session, ready.trainee.id)] == [CREDENTIAL]
    assert list_choosable(session, ready.coordinator.id) == []


# Editions


def test_a_new_edition_takes_the_choice_of_now_and_stands_once_beside_the_old(session, ready):
    old = issue(session, ready)
    choose(session, ready, *LivedLine)
    place = lock_place(session, ready.enrolment.id)
    basis = basis_for(session, place, now=NOW + timedelta(days=3))
    succession = Succession(old.term, old.edition + 1, old.id, old.valid_until)
    given = {"by": ready.coordinator.id, "now": NOW + timedelta(days=3), "succession": succession}
    new = make_certificate(session, basis, op_id="new", **given)
    assert (new.edition, new.replaces_id, new.valid_until) == (2, old.id, old.valid_until)
    assert claims_of(new)[Claim.TITLE] == "Peer support specialist (demonstration)"
    assert find_by_enrolment(session, ready.enrolment.id) is new
    found = refusal(make_certificate, session, basis, op_id="other", **given)
    assert found is IssueRefusal.ALREADY_ISSUED


def test_the_database_itself_holds_one_successor(session, ready):
    old = issue(session, ready)
    columns = {c.name: getattr(old, c.name) for c in Certificate.__table__.columns}
    for number, edition in enumerate((2, 3)):
        given = {"id": None, "public_id": f"p{number}", "code": f"X{number}", "op_id": f"o{number}"}
        columns |= {**given, "number": 10 + number, "edition": edition, "replaces_id": old.id}
        row = Certificate(**columns)
        if edition == 2:
            session.add(row)
            session.flush()
        else:
            with pytest.raises(IntegrityError), session.begin_nested():
                session.add(row)
