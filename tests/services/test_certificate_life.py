"""After issue: conditions, due process, giving back, a new name, renewal, erasure, look-up off."""

import json
import secrets
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from lms.models import (
    AuditEntry,
    Certificate,
    CertificateEvent,
    CertificateLapse,
    CertificateWish,
    ContentVersion,
    Enrolment,
    Job,
    Mail,
    Person,
    PrintedChoice,
)
from lms.rules.certificates import (
    CertificateEventKind,
    CertificateState,
    Claim,
    DueProcess,
    EraseRefusal,
    EventRefusal,
    IssueRefusal,
    Kept,
    NewEditionRefusal,
    RenewRefusal,
    Replacement,
    Wish,
    WishRefusal,
    seal,
)
from lms.rules.programmes import Standing
from lms.rules.roles import Actor, Role
from lms.services.agreements import sign_agreement
from lms.services.audit import link_entries
from lms.services.certificates import (
    EventNote,
    ask_wish,
    check_code,
    check_file,
    choose_hidden,
    detail_of,
    erase_certificate,
    kept_of,
    lapses_of,
    list_events,
    list_issued,
    list_office_matters,
    list_own,
    open_conditions,
    open_wishes,
    own_notices,
    pdf_of,
    preview_renewal,
    record_event,
    replace_certificate,
    send_reminder,
    switch_lookup,
    take_back_wish,
    verify_bytes,
    watch,
)
from lms.services.errors import RefusedError
from lms.services.publishing import definition_of
from tests.cast import NOW, TODAY, make_cast
from tests.certifying import issue, meet_all, meet_renewal, renew, second_coordinator
from tests.services.test_certificates import both

KIND, STATE = CertificateEventKind, CertificateState
LAST = date(2028, 11, 2)
EARLY = NOW.replace(year=2028, month=9)
LATE = NOW.replace(year=2028, month=11, day=20)


@pytest.fixture
def issued(session, cast):
    meet_all(session, cast)
    return issue(session, cast)


def refusal(act, *given, **named):
    with pytest.raises(RefusedError) as caught:
        act(*given, **named)
    return caught.value.reason


def record(session, cast, certificate, kind, *, by=None, now=NOW, **note):
    note.setdefault("reason", "Because.")
    record_event(
        session,
        certificate,
        kind,
        by=by or cast.coordinator.id,
        note=EventNote(**note),
        op_id=secrets.token_hex(8),
        now=now,
    )


def anew(session, cast, certificate, why=Replacement.NAME, **what_matters):
    person = session.get_one(Person, cast.trainee.id)
    given = {
        "by": cast.coordinator.id,
        "reason": "",
        "name_read": person.certificate_name or person.chosen_name,
        "op_id": f"anew-{certificate.id}",
        "now": NOW + timedelta(days=5),
        **what_matters,
    }
    return replace_certificate(session, certificate, why, **given)


def call(session, cast, name):
    session.get_one(Person, cast.trainee.id).certificate_name = name
    session.flush()


# Suspended with conditions, revoked by due process, given back


def test_a_suspension_carries_its_day_and_conditions_sealed(session, cast, issued):
    until = TODAY + timedelta(days=30)
    record(session, cast, issued, KIND.SUSPENDED, until_on=until, conditions="Six hours more.")
    stored = session.scalars(select(CertificateEvent.conditions)).one()
    assert b"hours" not in stored
    (event,) = list_events(session, issued)
    assert (event.conditions, event.until_on, event.lifts) == ("Six hours more.", until, False)
    after = NOW + timedelta(days=60)
    assert detail_of(session, issued, now=after).state is STATE.SUSPENDED


def test_a_suspension_without_conditions_ends_by_its_date(session, cast, issued):
    record(session, cast, issued, KIND.SUSPENDED, until_on=TODAY + timedelta(days=30))
    states = [
        check_code(session, issued.code, now=NOW + timedelta(days=days)).state for days in (30, 31)
    ]
    assert states == [STATE.SUSPENDED, STATE.VALID]


def test_the_days_of_due_process_stand_beside_a_revocation(session, cast, issued):
    days = DueProcess(TODAY - timedelta(days=40), TODAY - timedelta(days=9), TODAY)
    record(session, cast, issued, KIND.REVOKED, process=days)
    (event,) = list_events(session, issued)
    assert event.process == days


def test_a_programme_that_sets_a_time_to_answer_is_kept_to(session, cast, issued):
    set_in_programme(session, due_process={"answer": "30 days"})
    assert refusal(record, session, cast, issued, KIND.REVOKED) is EventRefusal.PROCESS_MISSING
    days = DueProcess(TODAY - timedelta(days=29), TODAY, TODAY)
    found = refusal(record, session, cast, issued, KIND.REVOKED, process=days)
    assert found is EventRefusal.ANSWER_TOO_SHORT
    days = DueProcess(TODAY - timedelta(days=30), TODAY, TODAY)
    record(session, cast, issued, KIND.REVOKED, process=days)
    assert detail_of(session, issued, now=NOW).state is STATE.REVOKED


def set_in_programme(session, **changes):
    """Change the published programme behind our back, as no act can."""
    version = session.scalars(
        select(ContentVersion).where(
            ContentVersion.kind == "programme", ContentVersion.slug == "peer-support-demo"
        )
    ).one()
    body = json.loads(version.body) | changes
    session.execute(
        update(ContentVersion)
        .where(ContentVersion.id == version.id)
        .values(body=json.dumps(body), hash=f"changed-{hash(json.dumps(changes)):x}"[:64])
    )
    session.expire_all()
    definition_of(session, session.get_one(ContentVersion, version.id))


def test_a_holder_gives_it_back_and_the_check_says_so(session, cast, issued):
    record(session, cast, issued, KIND.WITHDRAWN, by=cast.trainee.id, reason="")
    found = check_code(session, issued.code, now=NOW)
    assert (found.state, found.since) == (STATE.WITHDRAWN, TODAY)
    assert list_events(session, issued)[0].reason == ""
    found = refusal(record, session, cast, issued, KIND.WITHDRAWN)
    assert found is EventRefusal.NOT_THE_HOLDER


def test_what_an_appeal_restores_was_never_revoked(session, cast, issued):
    record(session, cast, issued, KIND.REVOKED)
    later = NOW + timedelta(days=20)
    record(session, cast, issued, KIND.RESTORED, now=later)
    for days in (0, 10, 20):
        on = TODAY + timedelta(days=days)
        assert check_code(session, issued.code, now=later, on=on).state is STATE.VALID


# Another day


def test_the_check_tells_how_it_stood_on_another_day(session, cast, issued):
    record(session, cast, issued, KIND.SUSPENDED, now=NOW + timedelta(days=10))
    later = NOW + timedelta(days=40)

    def on(days):
        return check_code(session, issued.code, now=later, on=TODAY + timedelta(days=days)).state

    assert [on(days) for days in (-1, 0, 9, 10, 40)] == [
        None,
        STATE.VALID,
        STATE.VALID,
        STATE.SUSPENDED,
        STATE.SUSPENDED,
    ]
    told = verify_bytes(session, issued.pdf_sha256, now=later, on=TODAY - timedelta(days=1))
    assert (told["genuine"], told["state"], told["on"]) == (True, "unknown", "2026-11-01")


# A new name


def test_a_new_name_leaves_no_trace_of_the_former_one(session, cast, issued):
    old_file, old_seal = issued.pdf_sha256, issued.seal
    choose_hidden(session, issued, ["number"], by=cast.trainee.id, now=NOW)
    call(session, cast, "Amina Noor")
    new = anew(session, cast, issued)
    assert (new.name, new.edition, new.term, new.replaces_id) == ("Amina Noor", 2, 1, issued.id)
    assert (new.issued_on, new.valid_until) == (TODAY, LAST)
    assert (new.number, new.code != issued.code) == (2, True)
    assert json.loads(new.hidden) == ["number"]
    facts = json.loads(new.facts)
    assert facts["claims"]["name"] == "Amina Noor"
    assert facts["replaces"] == {"number": 1, "seal": old_seal}
    assert facts["verdict"]["state"] == "met"
    assert new.seal == seal(new.facts, bytes.fromhex(new.salt))
    session.expire_all()
    old = session.get_one(Certificate, issued.id)
    assert (old.name, old.facts, old.pdf) == ("", "", b"")
    for found in (
        check_code(session, old.code, now=NOW + timedelta(days=6)),
        check_code(session, old.code, now=NOW + timedelta(days=6), on=TODAY),
        check_file(session, old_file, now=NOW + timedelta(days=6)),
    ):
        assert Claim.NAME not in found.claims
    assert check_file(session, old_file, now=NOW + timedelta(days=6)).state is STATE.SUPERSEDED
    assert old_file not in session.scalars(select(Certificate.pdf_sha256)).all()
    view = detail_of(session, old, now=NOW + timedelta(days=6))
    assert (view.claims, view.newer) == ({}, new.public_id)


def test_only_the_newest_edition_is_listed(session, cast, issued):
    call(session, cast, "Amina Noor")
    new = anew(session, cast, issued, now=NOW)
    own = list_own(session, cast.trainee.id, now=NOW)
    office = Actor(cast.coordinator.id, cast.organisation.id, frozenset({Role.COORDINATOR}))
    issued_here = list_issued(session, office, page=1, size=10, now=NOW)
    assert [one.certificate.id for one in own] == [new.id]
    assert [one.certificate.id for one in issued_here] == [new.id]


def test_a_correction_needs_a_reason_and_keeps_what_was(session, cast, issued):
    why = Replacement.CORRECTION
    assert refusal(anew, session, cast, issued, why) is NewEditionRefusal.REASON_MISSING
    new = anew(session, cast, issued, why, reason="A letter was missing.")
    session.expire_all()
    assert session.get_one(Certificate, issued.id).facts
    assert [event.reason for event in list_events(session, issued)] == ["A letter was missing."]
    assert new.edition == 2


def test_a_suspension_goes_on_beside_the_new_document(session, cast, issued):
    record(session, cast, issued, KIND.SUSPENDED)
    call(session, cast, "Amina Noor")
    new = anew(session, cast, issued)
    found = check_code(session, new.code, now=NOW + timedelta(days=6))
    assert (found.state, found.since) == (STATE.SUSPENDED, TODAY)


def test_each_reason_not_to_make_it_anew(session, cast, issued):
    assert refusal(anew, session, cast, issued) is NewEditionRefusal.SAME_NAME
    call(session, cast, "Amina Noor")
    found = refusal(anew, session, cast, issued, by=cast.trainee.id)
    assert found is NewEditionRefusal.OWN_CERTIFICATE
    found = refusal(anew, session, cast, issued, name_read="Trainee")
    assert found is IssueRefusal.NAME_CHANGED
    first = anew(session, cast, issued, op_id="one")
    assert anew(session, cast, issued, op_id="one").id == first.id
    found = refusal(anew, session, cast, issued, op_id="two")
    assert found is NewEditionRefusal.NOT_FROM_THIS_STATE


# Renewal


def test_a_renewal_is_a_term_of_its_own_that_loses_no_time(session, cast, issued):
    meet_renewal(session, cast, now=EARLY)
    new = renew(session, cast, issued, now=EARLY)
    assert (new.term, new.edition, new.replaces_id) == (2, 1, None)
    assert (new.issued_on, new.valid_until) == (EARLY.date(), date(2030, 11, 2))
    assert (new.number, new.code != issued.code) == (2, True)
    assert check_code(session, issued.code, now=EARLY).state is STATE.VALID
    old = check_code(session, issued.code, now=LATE)
    assert (old.state, old.is_followed, old.standing) == (STATE.EXPIRED, True, None)
    rows = {row["id"] for row in json.loads(new.facts)["verdict"]["requirements"]}
    assert {"code-of-ethics-again", "supervision-since"} <= rows
    assert [judge["name"] for judge in json.loads(new.facts)["confirmers"]] == ["Supervisor"]
    link_entries(session)
    assert "certificate-renewed" in set(session.scalars(select(AuditEntry.act)))


@pytest.mark.parametrize(
    ("now", "minutes", "reason"),
    [
        (NOW.replace(year=2028, month=8, day=3), 360, RenewRefusal.NOT_OPEN_YET),
        (EARLY, 359, IssueRefusal.VERDICT_NOT_MET),
        (LATE, 360, None),
        (NOW.replace(year=2028, month=12, day=4), 360, RenewRefusal.LAPSED),
    ],
)
def test_it_is_renewed_in_its_time_and_on_its_evidence(session, cast, issued, now, minutes, reason):
    meet_renewal(session, cast, now=now, minutes=minutes)
    if reason is None:
        assert renew(session, cast, issued, now=now).valid_until == date(2030, 11, 2)
    else:
        assert refusal(renew, session, cast, issued, now=now) is reason
        assert session.scalar(select(func.count(Certificate.id))) == 1


def test_evidence_of_before_the_certificate_does_not_renew_it(session, cast, issued):
    found = preview_renewal(session, issued, by=cast.coordinator.id, now=EARLY)
    rows = {row.id: row for row in found.renewing.verdict.rows}
    assert not rows["supervision-since"].state.is_settled
    assert found.refusal is IssueRefusal.VERDICT_NOT_MET
    assert found.until == date(2030, 11, 2)


@pytest.mark.parametrize("kind", [KIND.SUSPENDED, KIND.REVOKED])
def test_what_is_not_in_force_is_not_renewed(session, cast, issued, kind):
    meet_renewal(session, cast, now=EARLY)
    record(session, cast, issued, kind, now=EARLY)
    assert refusal(renew, session, cast, issued, now=EARLY) is RenewRefusal.NOT_IN_FORCE


def test_acts_are_done_on_the_newest_term_and_hold_for_the_earlier_one(session, cast, issued):
    meet_renewal(session, cast, now=EARLY)
    new = renew(session, cast, issued, now=EARLY)
    found = refusal(record, session, cast, issued, KIND.REVOKED, now=EARLY)
    assert found is EventRefusal.FOLLOWED
    assert refusal(renew, session, cast, issued, now=EARLY) is RenewRefusal.ALREADY_RENEWED
    record(session, cast, new, KIND.REVOKED, now=EARLY)
    for code in (issued.code, new.code):
        assert check_code(session, code, now=EARLY).state is STATE.REVOKED


def test_a_new_name_reaches_every_earlier_term(session, cast, issued):
    meet_renewal(session, cast, now=EARLY)
    new = renew(session, cast, issued, now=EARLY)
    call(session, cast, "Amina Noor")
    newest = anew(session, cast, new, now=EARLY)
    session.expire_all()
    assert set(session.scalars(select(Certificate.name))) == {"", "Amina Noor"}
    assert check_code(session, issued.code, now=EARLY).state is STATE.SUPERSEDED
    assert (newest.term, newest.edition, newest.valid_until) == (2, 2, date(2030, 11, 2))


# Standing


@pytest.mark.parametrize(
    ("now", "state", "shown", "kept"),
    [
        (NOW, STATE.VALID, None, Standing.CURRENT),
        (EARLY, STATE.VALID, None, Standing.RENEWAL_OPEN),
        (LATE, STATE.EXPIRED, Standing.GRACE, Standing.GRACE),
        (NOW.replace(year=2029), STATE.EXPIRED, None, Standing.LAPSED),
    ],
)
def test_standing_is_for_the_holder_and_where_it_matters_for_all(
    session, cast, issued, now, state, shown, kept
):
    found = check_code(session, issued.code, now=now)
    assert (found.state, found.standing) == (state, shown)
    assert detail_of(session, issued, now=now).standing is kept


# Conditions of holding it


MONTHLY = {
    "kind": "gap",
    "id": "supervision-goes-on",
    "label": "Supervision goes on",
    "hours": {"ledger": "supervision"},
    "max": "45 days",
    "since": "certificate:peer-support-demo",
}


def test_a_condition_that_lapses_is_noted_shown_and_ended(session, cast, issued):
    set_in_programme(session, while_held=[MONTHLY])
    later = NOW + timedelta(days=60)
    watch(session, NOW)
    assert session.scalar(select(func.count(CertificateLapse.id))) == 0
    for _ in range(2):
        watch(session, later)
    lapse = session.scalars(select(CertificateLapse)).one()
    assert (lapse.requirement, lapse.ended_at) == ("supervision-goes-on", None)
    found = open_conditions(lapses_of(session, issued, now=later))
    assert [row.label for row in found] == ["Supervision goes on"]
    office = Actor(cast.coordinator.id, cast.organisation.id, frozenset({Role.COORDINATOR}))
    away = Actor(cast.outsider.id, cast.elsewhere.id, frozenset({Role.COORDINATOR}))
    matters = list_office_matters(session, office, now=later)
    assert [(one.kind, one.what) for one in matters] == [("lapsed", "Supervision goes on")]
    assert list_office_matters(session, away, now=later) == []
    (notice,) = own_notices(session, cast.trainee.id, now=later)
    assert notice.lapsed
    record(session, cast, issued, KIND.REVOKED, now=later)
    watch(session, later)
    assert session.scalars(select(CertificateLapse.ended_at)).one() is not None


# Reminders


def want_mail(session, cast, wanted=True):
    session.get_one(Person, cast.trainee.id).mail_wanted = wanted
    session.flush()


def reminders(session):
    return session.scalars(
        select(Job.key).where(Job.kind == "certificate-reminder").order_by(Job.id)
    ).all()


def test_each_reminder_is_queued_once_and_only_for_who_wants_mail(session, cast, issued):
    soon = NOW.replace(year=2028, month=8, day=4)
    watch(session, soon)
    assert reminders(session) == []
    want_mail(session, cast)
    for days in (0, 0, 1, 31, 61, 84, 90):
        watch(session, soon + timedelta(days=days))
    assert [key.rpartition(":")[2] for key in reminders(session)] == ["90", "60", "30", "7"]


def test_a_reminder_says_nothing_of_what_it_is_about(session, cast, issued):
    want_mail(session, cast)
    send_reminder(session, issued.id, EARLY)
    mail = session.scalars(select(Mail)).one()
    said = f"{mail.subject} {mail.body}".lower()
    assert not any(word in said for word in ("certific", "renew", "peer", "riverside", "trainee"))
    assert "/today" in mail.body


@pytest.mark.parametrize("what", ["off", "revoked", "renewed"])
def test_no_reminder_goes_out_where_nothing_is_to_be_reminded_of(session, cast, issued, what):
    want_mail(session, cast)
    if what == "off":
        want_mail(session, cast, wanted=False)
    elif what == "revoked":
        record(session, cast, issued, KIND.REVOKED, now=EARLY)
    else:
        meet_renewal(session, cast, now=EARLY)
        renew(session, cast, issued, now=EARLY)
    send_reminder(session, issued.id, EARLY)
    assert session.scalar(select(func.count(Mail.id))) == 0


# Wishes, look-up off, erasure


def test_a_wish_is_open_once_until_it_is_taken_back_or_done(session, cast, issued):
    ask_wish(session, issued, Wish.LOOK_UP, by=cast.trainee.id, now=NOW)
    found = refusal(ask_wish, session, issued, Wish.LOOK_UP, by=cast.trainee.id, now=NOW)
    assert found is WishRefusal.ASKED_ALREADY
    found = refusal(ask_wish, session, issued, Wish.ERASURE, by=cast.coordinator.id, now=NOW)
    assert found is WishRefusal.NOT_THE_HOLDER
    found = refusal(ask_wish, session, issued, Wish.NEW_NAME, by=cast.trainee.id, now=NOW)
    assert found is WishRefusal.SAME_NAME
    take_back_wish(session, issued, Wish.LOOK_UP, by=cast.trainee.id, now=NOW)
    ask_wish(session, issued, Wish.LOOK_UP, by=cast.trainee.id, now=NOW)
    switch_lookup(session, issued, off=True, by=cast.coordinator.id, now=NOW)
    outcomes = session.scalars(select(CertificateWish.outcome).order_by(CertificateWish.id)).all()
    assert outcomes == ["taken-back", "done"]


def test_with_look_up_off_the_answer_is_that_of_an_unknown_code(session, cast, issued):
    code, file = issued.code, issued.pdf_sha256
    switch_lookup(session, issued, off=True, by=cast.coordinator.id, now=NOW)
    assert check_code(session, code, now=NOW) is None
    assert check_file(session, file, now=NOW) is None
    assert verify_bytes(session, file, now=NOW) == verify_bytes(session, "0" * 64, now=NOW)
    switch_lookup(session, issued, off=False, by=cast.coordinator.id, now=NOW)
    assert check_code(session, code, now=NOW).state is STATE.VALID
    link_entries(session)
    acts = list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts[-2:] == ["certificate-lookup-off", "certificate-lookup-on"]
    found = refusal(switch_lookup, session, issued, off=True, by=cast.trainee.id, now=NOW)
    assert found is EraseRefusal.OWN_CERTIFICATE


def erase(session, cast, certificate, **what_matters):
    given = {"by": cast.coordinator.id, "asked": True, "op_id": "erase", "now": NOW, **what_matters}
    erase_certificate(session, certificate, **given)


def test_erasing_keeps_the_least_proof_and_nothing_else(session, cast, issued):
    file, code, sealed = issued.pdf_sha256, issued.code, issued.seal
    record(session, cast, issued, KIND.SUSPENDED, reason="Private words", conditions="More")
    erase(session, cast, issued)
    session.expire_all()
    kept = session.get_one(Certificate, issued.id)
    assert (kept.name, kept.facts, kept.pdf, kept.hidden) == ("", "", b"", "[]")
    assert (kept.code, kept.number, kept.seal, kept.issued_on) == (code, 1, sealed, TODAY)
    assert kept.programme_version_id == cast.enrolment.programme_version_id
    (event,) = list_events(session, kept)
    assert (event.kind, event.on, event.reason, event.conditions) == (
        KIND.SUSPENDED,
        TODAY,
        "",
        "",
    )
    assert file not in session.scalars(select(Certificate.pdf_sha256)).all()
    found = check_code(session, code, now=NOW)
    assert (found.state, found.claims, found.is_erased) == (STATE.SUSPENDED, {}, True)
    told = verify_bytes(session, file, now=NOW)
    assert (told["genuine"], told["state"]) == (True, "suspended")
    assert told["checks"] == [
        {"name": "bytes", "result": "ok"},
        {"name": "seal", "result": "absent"},
    ]
    assert pdf_of(session, kept) == b""
    assert detail_of(session, kept, now=NOW).title == "Support specialist (demonstration)"


def test_an_erased_certificate_is_still_revoked_and_not_renewed(session, cast, issued):
    erase(session, cast, issued)
    found = preview_renewal(session, issued, by=cast.coordinator.id, now=EARLY)
    assert found.refusal is RenewRefusal.ERASED
    call(session, cast, "Amina Noor")
    assert refusal(anew, session, cast, issued) is NewEditionRefusal.ERASED
    record(session, cast, issued, KIND.REVOKED)
    assert check_code(session, issued.code, now=NOW).state is STATE.REVOKED


def test_nothing_is_erased_unasked_or_by_the_holder_or_twice(session, cast, issued):
    assert refusal(erase, session, cast, issued, asked=False) is EraseRefusal.NOT_ASKED
    own = refusal(erase, session, cast, issued, by=cast.trainee.id, op_id="own")
    assert own is EraseRefusal.OWN_CERTIFICATE
    erase(session, cast, issued, op_id="one")
    erase(session, cast, issued, op_id="one")
    again = refusal(erase, session, cast, issued, op_id="two")
    assert again is EraseRefusal.ERASED_ALREADY


@pytest.mark.parametrize("now", [NOW, NOW.replace(year=2035, month=11, day=2)])
def test_while_the_programme_keeps_its_papers_nothing_is_erased(session, cast, issued, now):
    set_in_programme(session, keeping={"documents": "2 years", "supervision": "7 years"})
    assert kept_of(session, issued, now=now) == Kept("supervision", LAST.replace(year=2035))
    assert refusal(erase, session, cast, issued, now=now) is EraseRefusal.KEPT_STILL
    assert session.get_one(Certificate, issued.id).name == "Trainee"


def test_the_day_after_the_papers_may_go_it_is_erased(session, cast, issued):
    set_in_programme(session, keeping={"supervision": "7 years"})
    after = NOW.replace(year=2035, month=11, day=3)
    assert kept_of(session, issued, now=after) is None
    erase(session, cast, issued, now=after)
    assert session.get_one(Certificate, issued.id).name == ""


def test_the_wish_stays_open_while_the_papers_are_kept(session, cast, issued):
    set_in_programme(session, keeping={"supervision": "7 years"})
    ask_wish(session, issued, Wish.ERASURE, by=cast.trainee.id, now=NOW)
    assert refusal(erase, session, cast, issued) is EraseRefusal.KEPT_STILL
    assert open_wishes(session, issued.id) == [Wish.ERASURE]


def test_erasing_forgets_which_lines_were_to_be_printed(session, cast, issued):
    for kind in ("credential", "letter"):
        session.add(
            PrintedChoice(
                enrolment_id=issued.enrolment_id, kind=kind, lines='["family"]', chosen_at=NOW
            )
        )
    session.flush()
    erase(session, cast, issued)
    assert session.scalars(select(PrintedChoice.kind)).all() == ["letter"]


# Races


@pytest.fixture
def raced(real_session):
    cast = make_cast(real_session)
    second_coordinator(real_session, cast)
    meet_all(real_session, cast)
    issue(real_session, cast)
    meet_renewal(real_session, cast, now=EARLY)
    real_session.commit()
    return cast


def the_certificate(session):
    return session.scalars(select(Certificate).order_by(Certificate.id).limit(1)).one()


def renewing(cast, op_id, by=None):
    def act(session):
        held = the_certificate(session)
        return renew(session, cast, held, by=by or cast.coordinator.id, op_id=op_id, now=EARLY).id

    return act


def revoking(cast):
    def act(session):
        record(session, cast, the_certificate(session), KIND.REVOKED, now=EARLY)

    return act


@pytest.mark.races
def test_revoking_while_another_renews_leaves_one_and_tells_the_other(
    real_app, real_session, raced
):
    came = both(real_app, renewing(raced, "renew", raced.second_coordinator.id), revoking(raced))
    real_session.rollback()
    count = real_session.scalar(select(func.count(Certificate.id)))
    revoked = real_session.scalar(select(func.count(CertificateEvent.id)))
    assert (count, revoked, came) in [
        (2, 0, [came[0], EventRefusal.FOLLOWED]),
        (1, 1, [RenewRefusal.NOT_IN_FORCE, None]),
    ]


@pytest.mark.races
@pytest.mark.parametrize("same", [True, False])
def test_two_renewals_at_once_make_one_term(real_app, real_session, raced, same):
    other = raced.coordinator.id if same else raced.second_coordinator.id
    came = both(real_app, renewing(raced, "one"), renewing(raced, "one" if same else "two", other))
    real_session.rollback()
    assert real_session.scalar(select(func.count(Certificate.id))) == 2
    if same:
        assert came[0] == came[1]
    else:
        assert RenewRefusal.ALREADY_RENEWED in came


@pytest.mark.races
def test_two_tabs_that_make_it_anew_make_one(real_app, real_session, raced):
    call(real_session, raced, "Amina Noor")
    real_session.commit()

    def making(op_id):
        return lambda session: anew(session, raced, the_certificate(session), op_id=op_id).id

    came = both(real_app, making("one"), making("two"))
    real_session.rollback()
    assert NewEditionRefusal.NOT_FROM_THIS_STATE in came
    assert real_session.scalar(select(func.count(Certificate.id))) == 2
    place = real_session.get_one(Enrolment, raced.enrolment.id)
    assert place.state == "completed"


# Signing again


def test_what_a_renewal_asks_to_be_signed_again_is_signed_again(session, cast, issued):
    def sign(now):
        return sign_agreement(
            session, cast.enrolment, "code-of-ethics", shown=1, name="T", understood=True, now=now
        )

    first = sign(NOW)
    assert sign(NOW).id == first.id
    session.execute(update(Certificate).values(issued_on=TODAY + timedelta(days=1)))
    again = sign(EARLY)
    assert (again.id != first.id, again.happened_on) == (True, EARLY.date())
    assert sign(EARLY).id == again.id
    found = preview_renewal(session, issued, by=cast.coordinator.id, now=EARLY)
    rows = {row.id: row for row in found.renewing.verdict.rows}
    assert rows["code-of-ethics-again"].state.is_settled
