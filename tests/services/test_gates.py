"""What waits at a programme's gates: places until lessons are signed, certificates until a pack."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lms.models import AuditEntry, Certificate, Cohort, Enrolment, Installation, Invitation, Mail
from lms.rules.certificates import IssueRefusal
from lms.rules.cohorts import EnrolmentState, OpenRefusal
from lms.rules.programmes import Gates
from lms.services.certificates import issue_certificate, preview_issue
from lms.services.cohorts import NewCohort, admit_people, list_programmes, make_cohort, move_place
from lms.services.errors import RefusedError
from lms.services.gates import UnsignedError, list_waiting
from lms.services.people import Offer, claim_invitation, invite_list, invite_person, let_in
from tests import cast as casting
from tests.cast import NOW, TODAY, make_person
from tests.certifying import meet_all, second_coordinator
from tests.gating import REAL, publish_pack, publish_real, sign_modules

LAST_DAY = TODAY


@pytest.fixture
def real(session, cast):
    """Return a cohort of a programme that is no demonstration; its lessons are unsigned."""
    version = publish_real(session)
    cohort = casting.make_cohort(session, cast.elsewhere, version)
    cohort.organisation_id, cohort.name = cast.organisation.id, "Real group"
    session.flush()
    return cohort


def counts(session):
    """Return how much there is of what must not come into being."""
    kinds = (Cohort, Enrolment, Invitation, Mail, AuditEntry)
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def ways_in(session, cast, cohort):
    """Return every act by which somebody comes into a cohort, or a cohort into being."""
    by, home = {"by": cast.coordinator.id, "now": NOW}, cast.organisation
    ana = make_person(session, "ana", home)
    left = casting.make_enrolment(session, make_person(session, "bo", home), cohort)
    left.state = "withdrawn"
    session.flush()
    new = NewCohort("Winter group", REAL, date(2027, 1, 11))
    offer = Offer("new@example.org", "New", cohort=cohort)
    table = "name,address\nNew,new@example.org"
    return {
        "opened": lambda: make_cohort(session, home, new, **by),
        "admitted": lambda: admit_people(session, cohort, [ana.public_id], **by),
        "taken back in": lambda: move_place(session, left, EnrolmentState.ADMITTED, **by),
        "invited": lambda: invite_person(session, home, offer, **by),
        "listed": lambda: invite_list(session, home, table, cohort=cohort, **by),
        "let in": lambda: let_in(session, home, offer, invited_by=None, now=NOW),
    }


def test_no_way_in_leads_past_unsigned_lessons_and_nothing_is_saved(session, cast, real):
    waiting = list_waiting(session, real)
    acts = ways_in(session, cast, real)
    before = counts(session)
    for name, act in acts.items():
        with pytest.raises(UnsignedError) as refused:
            act()
        assert refused.value.reason is OpenRefusal.UNREVIEWED, name
        assert refused.value.lessons == waiting, name
    assert counts(session) == before


@pytest.mark.parametrize("open_by", ["signed", "switched off", "demo"])
def test_every_way_in_is_open_where_nothing_waits(session, cast, open_by):
    off = Gates(unsigned_lessons="off") if open_by == "switched off" else Gates()
    version = publish_real(session, gates=off)
    cohort = casting.make_cohort(session, cast.elsewhere, version)
    cohort.organisation_id, cohort.name = cast.organisation.id, "Real group"
    if open_by == "signed":
        sign_modules(session)
    elif open_by == "demo":
        session.add(Installation(id=1, is_demo=True, created_at=NOW))
    session.flush()
    before = counts(session)
    for act in ways_in(session, cast, cohort).values():
        act()
    assert counts(session) != before


def test_the_lessons_that_wait_are_named_with_their_modules(session, cast, real):
    waiting = list_waiting(session, real)
    assert "Safety planning" in {lesson.module for lesson in waiting}
    listed = list_programmes(session, cast.organisation.id)
    choice = next(one for one in listed if one.version.slug == REAL)
    assert choice.refusal is OpenRefusal.UNREVIEWED
    assert choice.waiting == waiting
    assert list_waiting(session, cast.cohort) == ()  # a demonstration waits for nothing


def test_who_was_invited_before_comes_in_without_a_place_while_lessons_wait(session, cast, real):
    sign_modules(session)
    offer = Offer("new@example.org", "New", cohort=real)
    _, token = let_in(session, cast.organisation, offer, invited_by=None, now=NOW)
    sign_modules(session, reviews=())
    person = claim_invitation(session, token, chosen_name="New", hashed="x", now=NOW)
    query = select(func.count()).where(Enrolment.person_id == person.id)
    assert session.scalar(query) == 0
    sign_modules(session)
    asked = {"by": cast.coordinator.id, "now": NOW}
    assert admit_people(session, real, [person.public_id], **asked) == 1
    assert session.scalar(query) == 1


# Certificates and the local pack


@pytest.fixture
def ready(session, cast):
    """Let the trainee meet everything of a programme that is no demonstration."""
    meet_all(session, cast)
    cast.cohort.programme_version_id = publish_real(session).id
    cast.enrolment.programme_version_id = cast.cohort.programme_version_id
    cast.organisation.pack = "demo"
    session.flush()
    session.expire_all()
    return cast


def issue_now(session, cast):
    """Try to issue the trainee's certificate."""
    by = cast.people.get("second_coordinator") or second_coordinator(session, cast)
    said = {"by": by.id, "name_read": "Trainee", "op_id": "o", "now": NOW}
    return issue_certificate(session, cast.enrolment, **said)


def test_an_overdue_pack_holds_the_certificate_and_is_said_before(session, ready):
    publish_pack(session, LAST_DAY - timedelta(days=1))
    shown = preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW)
    assert shown.refusal is IssueRefusal.PACK_OVERDUE
    assert shown.basis.overdue_pack.review_by == LAST_DAY - timedelta(days=1)
    with pytest.raises(RefusedError) as refused:
        issue_now(session, ready)
    assert refused.value.reason is IssueRefusal.PACK_OVERDUE
    assert session.scalar(select(func.count(Certificate.id))) == 0
    publish_pack(session, LAST_DAY)
    assert preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW).refusal is None
    assert issue_now(session, ready).number == 1


@pytest.mark.parametrize("why", ["switched off", "demonstration", "no pack chosen"])
def test_the_pack_holds_nothing_where_its_gate_does_not_stand(session, ready, why):
    publish_pack(session, LAST_DAY - timedelta(days=1))
    if why == "no pack chosen":
        ready.organisation.pack = ""
    elif why == "demonstration":
        ready.enrolment.programme_version_id = casting.programme_version(session).id
    else:
        version = publish_real(session, gates=Gates(overdue_pack="off"))
        ready.enrolment.programme_version_id = version.id
    session.flush()
    session.expire_all()
    assert issue_now(session, ready).number == 1
