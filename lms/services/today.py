"""What waits for somebody today: few queries, each a count or the oldest of its kind."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.models import (
    Appeal,
    Assignment,
    Certificate,
    CertificateEvent,
    CertificateLapse,
    CertificateWish,
    Cohort,
    Document,
    Enrolment,
    Gathering,
    HarmResolution,
    HoursEntry,
    Invitation,
    IssueProposal,
    Organisation,
    Performance,
    Person,
    Qualification,
    ReadinessDecision,
    SharedReading,
    Sharing,
    WaiverRequest,
)
from lms.rules.cohorts import OPEN_STATES
from lms.rules.people import TRAINEE
from lms.rules.roles import Actor, Role
from lms.services.appeals import unassigned_in, waits_for
from lms.services.certificates import (
    lapses_for,
    sent_back_scope,
    suspensions_for,
    waiting_scope,
    wishes_for,
)
from lms.services.gatherings import trust_to_revisit
from lms.services.reflections import is_beside

ANSWER_SHOWN = timedelta(days=14)
"""How long Today says that a request for another look was answered: a look changes no record."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait, and since when the oldest does."""

    kind: str
    count: int
    since: datetime | None


def _tally(kind: str, since: Any, *where: ColumnElement[bool]) -> Select[str, int, datetime]:
    return select(*_counted(kind, since)).where(*where)


def _counted(kind: str, since: Any) -> tuple[Any, Any, Any]:
    return literal(kind).label("kind"), func.count().label("n"), func.min(since).label("since")


def list_waiting_for(session: Session, actor: Actor, *, now: datetime) -> list[Waiting]:
    """Return what waits for a trainer, supervisor or coordinator, in one query."""
    parts: list[Select[str, int, datetime]] = []
    if Role.TRAINER in actor.roles:
        parts.extend([_to_mark(actor), _to_release(actor)])
        parts.extend([_to_close(actor, now), _to_revisit(actor)])
    if Role.SUPERVISOR in actor.roles:
        parts.append(_to_confirm(actor))
    if {Role.TRAINER, Role.SUPERVISOR} & actor.roles:
        parts.append(_shared(actor, now))
    if Role.COORDINATOR in actor.roles:
        parts.append(_no_contact(actor))
        parts.extend([_referred(actor), _to_issue(actor), _unassigned(actor)])
        parts.extend([_to_look_at(actor), _to_decide(actor), _to_put_on_record(actor)])
        parts.extend(_about_certificates(actor, now))
        parts.extend([_to_approve(actor), _sent_back(actor, now)])
        parts.extend([_kept_out(actor), _open_invitations(actor, now)])
        parts.append(_to_assign(actor))
    if actor.roles:
        parts.append(_to_answer(actor))
    own = {"person": actor.person_id, "since": now - ANSWER_SHOWN} if actor.is_trainee else {}
    if not parts and not own:
        return []
    whole = union_all(*parts, *(_own_looks() if own else ())) if parts else _of_trainees()
    rows = session.execute(whole, own)
    return [Waiting(row.kind, row.n, row.since) for row in rows if row.n]


def _to_assign(actor: Actor) -> Select[str, int, datetime]:
    """Count the requests for another look for which nobody is named yet."""
    return _tally("to-assign", Appeal.asked_at, Appeal.id.in_(unassigned_in(actor))).select_from(
        Appeal
    )


def _to_answer(actor: Actor) -> Select[str, int, datetime]:
    """Count what one is named to look at again, or was sent back to one."""
    return _tally("to-answer", Appeal.assigned_at, waits_for(actor.person_id)).select_from(Appeal)


@cache
def _of_trainees() -> CompoundSelect[str, int, datetime]:
    """Return the whole query of somebody who only trains, put together once."""
    return union_all(*_own_looks())


@cache
def _own_looks() -> tuple[Select[str, int, datetime], ...]:
    """Count the requests of `person` that wait for an answer, and those answered after `since`."""
    last = func.coalesce(Appeal.again_at, Appeal.answered_at)
    waits = Appeal.state.in_(("asked", "assigned", "sent-back"))
    return (
        _own_appeals("look-asked", waits),
        _own_appeals("look-answered", last > bindparam("since")),
    )


def _own_appeals(kind: str, where: ColumnElement[bool]) -> Select[str, int, datetime]:
    own = Enrolment.person_id == bindparam("person")
    mine = _tally(kind, Appeal.asked_at, own, where)
    return mine.select_from(Appeal).join(Enrolment, Enrolment.id == Appeal.enrolment_id)


def _to_mark(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-mark",
        Performance.recorded_at,
        Performance.marker_id == actor.person_id,
        Performance.state == "booked",
    ).select_from(Performance)


def _to_release(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-release",
        Performance.recorded_at,
        Performance.marker_id == actor.person_id,
        Performance.state == "marked",
    ).select_from(Performance)


def _to_close(actor: Actor, now: datetime) -> Select[str, int, datetime]:
    """Count the gatherings that one leads, that are over, and whose attendance is not on record."""
    return _tally(
        "to-close",
        Gathering.ends_at,
        Gathering.leader_id == actor.person_id,
        Gathering.state == "planned",
        Gathering.ends_at <= now,
    ).select_from(Gathering)


def _to_revisit(actor: Actor) -> Select[str, int, datetime]:
    """Count the cohorts one trains where somebody joined since the trust agreement."""
    return _tally(
        "to-revisit", Cohort.created_at, Cohort.id.in_(trust_to_revisit(actor))
    ).select_from(Cohort)


def _to_confirm(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-confirm",
        HoursEntry.submitted_at,
        HoursEntry.supervisor_id == actor.person_id,
        HoursEntry.state == "submitted",
    ).select_from(HoursEntry)


def _shared(actor: Actor, now: datetime) -> Select[str, int, datetime]:
    """Count what somebody shared that was not opened yet."""
    read = select(SharedReading.id).where(SharedReading.sharing_id == Sharing.id)
    return _tally(
        "shared",
        Sharing.shared_at,
        Sharing.reader_id == actor.person_id,
        Sharing.ended_at.is_(None),
        Sharing.until_on >= now.date(),
        is_beside(actor.person_id, Sharing.person_id),
        ~read.exists(),
    ).select_from(Sharing)


def _no_contact(actor: Actor) -> Select[str, int, datetime]:
    """Count one where nobody to turn to is named, so that practice is shut for everybody."""
    return _tally(
        "no-contact",
        Organisation.created_at,
        Organisation.id == actor.organisation_id,
        or_(Organisation.duty_name == "", Organisation.duty_reach == ""),
    ).select_from(Organisation)


def _referred(actor: Actor) -> Select[str, int, datetime]:
    open_ones = _tally(
        "referred",
        Performance.released_at,
        Performance.result == "referred",
        Performance.state == "released",
        Performance.replaced_at.is_(None),
        Person.organisation_id == actor.organisation_id,
        HarmResolution.id.is_(None),
    )
    return (
        open_ones.select_from(Performance)
        .join(Enrolment, Enrolment.id == Performance.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(
            HarmResolution,
            (HarmResolution.performance_id == Performance.id)
            & HarmResolution.replaced_at.is_(None),
        )
    )


def _to_issue(actor: Actor) -> Select[str, int, datetime]:
    """Count who was found ready and holds no certificate yet: the office looks and issues."""
    ready = _tally("to-issue", ReadinessDecision.recorded_at, *_found_ready(actor))
    return (
        ready.select_from(ReadinessDecision)
        .join(Enrolment, Enrolment.id == ReadinessDecision.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
    )


def _found_ready(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    issued = select(Certificate.id).where(
        Certificate.enrolment_id == Enrolment.id, Certificate.is_whole
    )
    return (
        ReadinessDecision.outcome == "ready",
        ReadinessDecision.replaced_at.is_(None),
        Cohort.organisation_id == actor.organisation_id,
        Enrolment.state.in_(("admitted", "active")),
        Enrolment.person_id != actor.person_id,
        ~issued.exists(),
    )


class ReadyRow(NamedTuple):
    """Somebody found ready who holds no certificate yet, and since when."""

    enrolment: str
    name: str
    cohort: str
    ready_on: date


def list_found_ready(session: Session, actor: Actor) -> list[ReadyRow]:
    """Return who was found ready and holds no certificate yet, who waits longest first."""
    query = (
        select(Enrolment.public_id, Person.chosen_name, Cohort.name, ReadinessDecision.happened_on)
        .join(Enrolment, Enrolment.id == ReadinessDecision.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(*_found_ready(actor))
        .order_by(ReadinessDecision.happened_on, ReadinessDecision.id)
    )
    return [ReadyRow(*row) for row in session.execute(query)]


def _to_look_at(actor: Actor) -> Select[str, int, datetime]:
    """Count the documents that were handed in and that nobody has looked at."""
    handed_in = _tally(
        "to-look-at",
        Document.recorded_at,
        Document.state == "handed-in",
        Document.replaced_at.is_(None),
        Person.organisation_id == actor.organisation_id,
        Person.id != actor.person_id,
        Enrolment.state != "withdrawn",
    )
    return (
        handed_in.select_from(Document)
        .join(Enrolment, Enrolment.id == Document.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
    )


def _to_decide(actor: Actor) -> Select[str, int, datetime]:
    """Count the requests to set a requirement aside that wait to be decided."""
    asked = _tally(
        "to-decide",
        WaiverRequest.asked_at,
        WaiverRequest.state == "asked",
        Person.organisation_id == actor.organisation_id,
        Person.id != actor.person_id,
        Enrolment.state != "withdrawn",
    )
    return (
        asked.select_from(WaiverRequest)
        .join(Enrolment, Enrolment.id == WaiverRequest.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
    )


def _to_put_on_record(actor: Actor) -> Select[str, int, datetime]:
    """Count the qualifications of the house's people that were handed in."""
    return (
        _tally(
            "to-put-on-record",
            Qualification.recorded_at,
            Qualification.state == "handed-in",
            Qualification.replaced_at.is_(None),
            Person.organisation_id == actor.organisation_id,
            Person.id != actor.person_id,
        )
        .select_from(Qualification)
        .join(Person, Person.id == Qualification.person_id)
    )


def _about_certificates(actor: Actor, now: datetime) -> list[Select[str, int, datetime]]:
    """Count what holders ask for, conditions that lapsed, and suspensions to be looked at."""
    return [
        wishes_for(actor, *_counted("certificate-asked", CertificateWish.asked_at)),
        lapses_for(actor, *_counted("certificate-lapsed", CertificateLapse.noted_at)),
        suspensions_for(
            actor, *_counted("certificate-again", CertificateEvent.recorded_at), now=now
        ),
    ]


def _to_approve(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-approve", IssueProposal.proposed_at, IssueProposal.id.in_(waiting_scope(actor))
    ).select_from(IssueProposal)


def _sent_back(actor: Actor, now: datetime) -> Select[str, int, datetime]:
    return _tally(
        "sent-back", IssueProposal.decided_at, IssueProposal.id.in_(sent_back_scope(actor, now=now))
    ).select_from(IssueProposal)


def _unassigned(actor: Actor) -> Select[str, int, datetime]:
    assigned = (
        select(Assignment.id)
        .where(Assignment.enrolment_id == Enrolment.id, Assignment.until_on.is_(None))
        .where(Assignment.kind.in_(("trainer", "supervisor")))
    )
    alone = _tally(
        "unassigned",
        Enrolment.recorded_at,
        Cohort.organisation_id == actor.organisation_id,
        Enrolment.state.in_(("admitted", "active")),
        ~assigned.exists(),
    )
    return alone.select_from(Enrolment).join(Cohort, Cohort.id == Enrolment.cohort_id)


def _kept_out(actor: Actor) -> Select[str, int, datetime]:
    """Count who came by invitation into a cohort and has no place anywhere: a gate was closed."""
    placed = select(Enrolment.id).where(
        Enrolment.person_id == Person.id,
        Enrolment.state.in_(OPEN_STATES) | (Enrolment.cohort_id == Invitation.cohort_id),
    )
    waiting = _tally(
        "kept-out",
        Invitation.claimed_at,
        Invitation.role == TRAINEE,
        Invitation.cohort_id.is_not(None),
        Person.organisation_id == actor.organisation_id,
        Person.closed_at.is_(None),
        ~placed.exists(),
    )
    return waiting.select_from(Invitation).join(Person, Person.id == Invitation.claimed_by)


def _open_invitations(actor: Actor, now: datetime) -> Select[str, int, datetime]:
    return _tally(
        "invited",
        Invitation.created_at,
        Invitation.organisation_id == actor.organisation_id,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    ).select_from(Invitation)
