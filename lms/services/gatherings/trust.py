"""The trust agreement of a cohort: written in versions, kept, acknowledged by each member."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from lms.db import lock_row
from lms.models import (
    Cohort,
    Enrolment,
    Person,
    TrustAcknowledgement,
    TrustAgreement,
    TrustReview,
)
from lms.rules.gatherings import (
    TrustRefusal,
    TrustTexts,
    is_revisit_due,
    refusal_to_acknowledge,
    refusal_to_write,
    trust_hash,
    trust_text,
    trust_texts,
)
from lms.rules.people import folded
from lms.rules.roles import Actor
from lms.services.audit import record_act
from lms.services.errors import ClashError, MissingError, RefusedError
from lms.services.facts import add_fact
from lms.services.people import today_in
from lms.services.visibility import cohorts_trained_by

MEMBERS = ("admitted", "active", "paused")


@dataclass(frozen=True, slots=True)
class TrustVersion:
    """One version as it is read. Shape: `before` are the texts of the version before it."""

    row: TrustAgreement
    texts: TrustTexts
    before: TrustTexts | None
    written_by: str


@dataclass(frozen=True, slots=True)
class TrustState:
    """Where the agreement of a cohort stands; `current` None where nothing is written yet.

    `joined` names who was admitted since it was written or kept; `reviews` are days on which it
    was kept, the newest first; `waiting` names members who have not acknowledged the current one,
    `waiting_places` are the public ids of their places.
    """

    current: TrustVersion | None
    joined: tuple[str, ...]
    reviews: tuple[date, ...]
    waiting: tuple[str, ...]
    waiting_places: tuple[str, ...]
    members: int


def find_trust(session: Session, cohort_id: int) -> TrustAgreement | None:
    """Return the current version of a cohort's trust agreement, or None."""
    query = (
        select(TrustAgreement)
        .where(TrustAgreement.cohort_id == cohort_id)
        .order_by(TrustAgreement.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def find_version(session: Session, cohort_id: int, number: int) -> TrustVersion | None:
    """Return one version of a cohort's trust agreement, or None."""
    query = select(TrustAgreement).where(
        TrustAgreement.cohort_id == cohort_id, TrustAgreement.number.in_((number, number - 1))
    )
    rows = {row.number: row for row in session.scalars(query)}
    if number not in rows:
        return None
    row, earlier = rows[number], rows.get(number - 1)
    name = select(Person.chosen_name).where(Person.id == row.written_by)
    before = trust_texts(earlier.texts) if earlier else None
    return TrustVersion(row, trust_texts(row.texts), before, session.scalars(name).one())


def get_version(session: Session, cohort_id: int, number: int) -> TrustVersion:
    """Return a version by the number in its address. Raises: MissingError."""
    found = find_version(session, cohort_id, number)
    if found is None:
        raise MissingError
    return found


def current_trust(session: Session, cohort_id: int) -> TrustVersion | None:
    """Return the current version with the texts before it, or None."""
    row = find_trust(session, cohort_id)
    return find_version(session, cohort_id, row.number) if row else None


def trust_state(session: Session, cohort: Cohort) -> TrustState:
    """Return where the agreement of a cohort stands, for those who write it."""
    current, members = current_trust(session, cohort.id), _members(session, cohort.id)
    if current is None:
        names, places = tuple(m.name for m in members), tuple(m.public_id for m in members)
        return TrustState(None, (), (), names, places, len(members))
    reviews = _reviews(session, current.row)
    settled_at = max([current.row.written_at, *(review.kept_at for review in reviews)])
    done = set(
        session.scalars(
            select(TrustAcknowledgement.enrolment_id).where(
                TrustAcknowledgement.agreement_id == current.row.id
            )
        )
    )
    waiting = [member for member in members if member.id not in done]
    return TrustState(
        current,
        tuple(m.name for m in members if is_revisit_due(m.joined_at, settled_at)),
        tuple(review.kept_on for review in reviews),
        tuple(member.name for member in waiting),
        tuple(member.public_id for member in waiting),
        len(members),
    )


class _Member(NamedTuple):
    id: int
    public_id: str
    name: str
    joined_at: datetime


def _members(session: Session, cohort_id: int) -> list[_Member]:
    query = (
        select(Enrolment.id, Enrolment.public_id, Person.chosen_name, Enrolment.recorded_at)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(MEMBERS))
    )
    found = [_Member(*row) for row in session.execute(query)]
    return sorted(found, key=lambda member: (folded(member.name), member.id))


def _reviews(session: Session, agreement: TrustAgreement) -> list[TrustReview]:
    query = (
        select(TrustReview)
        .where(TrustReview.agreement_id == agreement.id)
        .order_by(TrustReview.kept_at.desc(), TrustReview.id.desc())
    )
    return list(session.scalars(query))


def write_trust(
    session: Session,
    actor_id: int,
    cohort: Cohort,
    texts: TrustTexts,
    *,
    begun_from: int,
    now: datetime,
) -> TrustAgreement:
    """Write a version that nobody changes afterwards, and return it.

    Units:  `begun_from` is the number of the version that the writers had before them, 0 for none.
    Raises: RefusedError(TrustRefusal); ClashError with both texts where somebody else has written a
            version meanwhile.
    """
    current = find_trust(session, cohort.id)
    number = current.number if current else 0
    before = trust_texts(current.texts) if current else None
    refusal = refusal_to_write(texts, before=before, begun_from=begun_from, current=number)
    if refusal is TrustRefusal.CHANGED:
        raise _clash(before, texts, number)
    if refusal:
        raise RefusedError(refusal)
    stored = trust_text(texts)
    row = TrustAgreement(
        cohort_id=cohort.id,
        number=number + 1,
        texts=stored,
        text_hash=trust_hash(stored),
        written_by=actor_id,
        written_on=today_in(cohort.zone, now),
        written_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:  # one version a number: who comes second sees both
        other = find_version(session, cohort.id, number + 1)
        raise _clash(other.texts if other else None, texts, number + 1) from clash
    _note(session, "trust-written", actor_id, cohort, row, now)
    return row


def _clash(theirs: TrustTexts | None, yours: TrustTexts, number: int) -> ClashError:
    def plain(texts: TrustTexts | None) -> dict[str, str]:
        return {section.value: text for section, text in (texts or {}).items()}

    return ClashError(plain(theirs), plain(yours), number)


def keep_trust(session: Session, actor_id: int, cohort: Cohort, *, now: datetime) -> None:
    """Note that the group has looked at its agreement since somebody joined, and keeps it.

    Edge:   where nobody has joined since, nothing is noted: a second click is none.
    Raises: RefusedError(TrustRefusal).
    """
    current = find_trust(session, cohort.id)
    if current is None:
        raise RefusedError(TrustRefusal.NOT_WRITTEN)
    lock_row(session, current)
    if not trust_state(session, cohort).joined:
        return
    kept_on = today_in(cohort.zone, now)
    review = TrustReview(agreement_id=current.id, kept_by=actor_id, kept_on=kept_on, kept_at=now)
    session.add(review)
    session.flush()
    _note(session, "trust-kept", actor_id, cohort, current, now)


def acknowledge_trust(
    session: Session, place: Enrolment, *, shown: int, shown_hash: str, now: datetime
) -> TrustAcknowledgement:
    """Take a member's word on the version that was shown, once, and return it.

    Shape:  `place` has its cohort loaded.
    Raises: RefusedError(TrustRefusal).
    """
    current = find_trust(session, place.cohort_id)
    refusal = refusal_to_acknowledge(
        shown=shown,
        shown_hash=shown_hash,
        current=current.number if current else None,
        current_hash=current.text_hash if current else "",
    )
    if current is None or refusal:
        raise RefusedError(refusal or TrustRefusal.NOT_WRITTEN)
    found = find_acknowledgement(session, place.id, current.id)
    if found is not None:
        return found
    row = TrustAcknowledgement(
        enrolment_id=place.id,
        agreement_id=current.id,
        text_hash=current.text_hash,
        happened_on=today_in(place.cohort.zone, now),
        recorded_at=now,
    )
    try:
        with session.begin_nested():
            add_fact(session, row)
    except IntegrityError:  # pressed twice at once: the other's row is the same word
        found = find_acknowledgement(session, place.id, current.id)
        if found is None:
            raise
        return found
    _note(session, "trust-acknowledged", place.person_id, place.cohort, current, now)
    return row


def find_acknowledgement(
    session: Session, enrolment_id: int, agreement_id: int
) -> TrustAcknowledgement | None:
    """Return a member's word on one version, or None."""
    query = select(TrustAcknowledgement).where(
        TrustAcknowledgement.enrolment_id == enrolment_id,
        TrustAcknowledgement.agreement_id == agreement_id,
    )
    return session.scalars(query).one_or_none()


@dataclass(frozen=True, slots=True)
class OwnTrust:
    """The agreement as one member meets it. `acknowledged_on` None: not yet, in this version."""

    version: TrustVersion | None
    acknowledged_on: date | None
    earlier: int | None


def own_trust(session: Session, place: Enrolment) -> OwnTrust:
    """Return the current agreement of a member's cohort, and their word on it.

    Shape: `earlier` is the newest version before it that they have acknowledged.
    """
    current = current_trust(session, place.cohort_id)
    if current is None:
        return OwnTrust(None, None, None)
    own = find_acknowledgement(session, place.id, current.row.id)
    newest = None if own else acknowledged_number(session, place.id)
    return OwnTrust(current, own.happened_on if own else None, newest)


def acknowledged_number(session: Session, enrolment_id: int) -> int | None:
    """Return the number of the newest version that a member has acknowledged, or None."""
    query = (
        select(func.max(TrustAgreement.number))
        .join(TrustAcknowledgement, TrustAcknowledgement.agreement_id == TrustAgreement.id)
        .where(TrustAcknowledgement.enrolment_id == enrolment_id)
    )
    return session.scalars(query).one()


def _note(
    session: Session,
    act: str,
    actor_id: int,
    cohort: Cohort,
    row: TrustAgreement,
    now: datetime,
) -> None:
    about = actor_id if act == "trust-acknowledged" else None
    record_act(
        session,
        act,
        now=now,
        chain=cohort.organisation_id,
        actor_id=actor_id,
        about_id=about,
        subject=f"cohort:{cohort.public_id}",
        version=row.number,
        text=row.text_hash,
    )


def current_trust_id(cohort_id: int) -> ScalarSelect[int]:
    """Return the query for the id of a cohort's current version."""
    return (
        select(TrustAgreement.id)
        .where(TrustAgreement.cohort_id == cohort_id)
        .order_by(TrustAgreement.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def trust_to_revisit(actor: Actor) -> Select[int]:
    """Return the ids of the cohorts that an actor trains where somebody joined since the agreement.

    Edge: a cohort without an agreement waits for none to be revisited.
    """
    newest = aliased(TrustAgreement)
    later = exists().where(
        newest.cohort_id == TrustAgreement.cohort_id, newest.number > TrustAgreement.number
    )
    kept = exists().where(
        TrustReview.agreement_id == TrustAgreement.id,
        TrustReview.kept_at >= Enrolment.recorded_at,
    )
    joined = exists().where(
        Enrolment.cohort_id == TrustAgreement.cohort_id,
        Enrolment.state.in_(MEMBERS),
        Enrolment.recorded_at > TrustAgreement.written_at,
        ~kept.correlate(Enrolment, TrustAgreement),
    )
    return select(TrustAgreement.cohort_id).where(
        TrustAgreement.cohort_id.in_(cohorts_trained_by(actor)), ~later, joined
    )
