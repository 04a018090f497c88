"""References: asked of somebody outside by letter, sent again by hand, taken back, listed."""

import json
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.bundled import bundled
from lms.db import lock_row, new_public_id
from lms.models import Address, Enrolment, Organisation, Person, Reference
from lms.rules.cohorts import EnrolmentState
from lms.rules.evidence import (
    REFERENCE_DAYS,
    ReferenceRefusal,
    ReferenceState,
    ReferenceWish,
    Relationship,
    refusal_to_ask_outside,
)
from lms.rules.programmes.walking import kind_words
from lms.rules.signin import normalised_address
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence.documents import asked_of, home_of, zone_at
from lms.services.evidence.signers import REFEREE
from lms.services.ground import ground_of
from lms.services.mail import queue_mail
from lms.services.people import today_in
from lms.services.practice import get_enrolment
from lms.services.sealed import is_readable, read_text, seal_text
from lms.services.signin import new_token, token_hash
from lms.words import letter


class Referee(NamedTuple):
    """Whom a reference was asked of."""

    name: str
    address: str


def get_reference(session: Session, public_id: str) -> Reference:
    """Return a reference by the id in its address. Raises: MissingError."""
    query = select(Reference).where(Reference.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def place_of_reference(session: Session, reference: Reference) -> Enrolment:
    """Return the place that a reference is asked for."""
    query = select(Enrolment.public_id).where(Enrolment.id == reference.enrolment_id)
    return get_enrolment(session, session.scalars(query).one())


def about_part(reference: Reference, part: str) -> str:
    """Return what a sealed part of a reference is bound to."""
    return f"reference-{part}:{reference.public_id}"


def referee_of(session: Session, person_id: int, reference: Reference) -> Referee:
    """Return whom a reference was asked of; empty where it cannot be opened."""
    text = read_text(session, person_id, reference.who, about_part(reference, "who"))
    if not text or not is_readable(text):
        return Referee("", "")
    return Referee(**json.loads(text))


def ask_reference(
    session: Session,
    place: Enrolment,
    wish: ReferenceWish,
    *,
    by: int,
    op_id: str,
    now: datetime,
) -> Reference:
    """Ask somebody outside for a reference, by letter.

    Edge:   the same form sent twice sends one letter; the same address signs under the same id.
    Raises: RefusedError(ReferenceRefusal).
    """
    lock_row(session, place)
    twin = _find_by_op(session, place.id, op_id)
    if twin is not None:
        return twin
    refusal = refusal_to_ask_outside(
        wish,
        asked=asked_of(session, place),
        own_addresses=_own_addresses(session, place.person_id),
        today=today_in(zone_at(session, place), now),
        is_open=place.state != EnrolmentState.WITHDRAWN,
    )
    if refusal:
        raise RefusedError(refusal)
    token = new_token()
    reference = Reference(
        public_id=new_public_id(),
        enrolment_id=place.id,
        kind=wish.kind,
        relationship=wish.relationship.value,
        known_since=wish.known_since,
        who=b"",
        signer=_signer_for(session, place, wish.address),
        token_hash=token_hash(token),
        asked_by=by,
        asked_at=now,
        expires_at=now + timedelta(days=REFERENCE_DAYS),
        op_id=op_id,
    )
    who = json.dumps(Referee(wish.name, wish.address.strip())._asdict(), ensure_ascii=False)
    about = about_part(reference, "who")
    reference.who = seal_text(session, place.person_id, who, about, now)
    session.add(reference)
    session.flush()
    _send(session, place, wish.address, token, now)
    note_reference(session, "reference-asked", place, reference, by=by, now=now)
    return reference


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> Reference | None:
    query = select(Reference).where(
        Reference.enrolment_id == enrolment_id, Reference.op_id == op_id
    )
    return session.scalars(query).one_or_none()


def _own_addresses(session: Session, person_id: int) -> set[str]:
    query = select(Address.normalised).where(Address.person_id == person_id)
    return set(session.scalars(query))


def _signer_for(session: Session, place: Enrolment, address: str) -> str:
    """Return the id under which an address signs: the one it has on this record, or a new one."""
    wanted = normalised_address(address)
    for other in session.scalars(select(Reference).where(Reference.enrolment_id == place.id)):
        known = referee_of(session, place.person_id, other)
        if normalised_address(known.address) == wanted:
            return other.signer
    return f"{REFEREE}{new_public_id()[:12]}"


def _send(session: Session, place: Enrolment, address: str, token: str, now: datetime) -> None:
    """Queue a letter that names nobody: whose mail it comes among is not known."""
    home = session.get_one(Organisation, home_of(session, place))
    subject, body = letter(
        bundled("templates"),
        "reference",
        home.language,
        link=f"{ground_of(session).base_url}/asked/{token}",
        days=str(REFERENCE_DAYS),
    )
    queue_mail(session, to=address.strip(), subject=subject, body=body, now=now)


def note_reference(
    session: Session,
    act: str,
    place: Enrolment,
    reference: Reference,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Note an act on a reference in the audit trail: never of whom it was asked."""
    record_act(
        session,
        act,
        now=now,
        chain=home_of(session, place),
        actor_id=by,
        about_id=place.person_id,
        subject=f"reference:{reference.public_id}",
        kind=reference.kind,
    )


def _lock_open(session: Session, reference: Reference) -> None:
    lock_row(session, reference)
    if reference.given_at or reference.declined_at or reference.withdrawn_at:
        raise RefusedError(ReferenceRefusal.NOT_FROM_HERE)


def send_reference_again(
    session: Session, reference: Reference, *, by: int, now: datetime, seen: str
) -> bool:
    """Send a letter with a new link; the old link ends. Reminders are sent by hand alone.

    Edge:   `seen` is the expiry that the page showed; where another was set since, nothing is done
            and False is returned, so that a double click sends one letter.
    Raises: RefusedError(ReferenceRefusal).
    """
    place = place_of_reference(session, reference)
    _lock_open(session, reference)
    if seen != reference.expires_at.isoformat():
        return False
    referee = referee_of(session, place.person_id, reference)
    if not referee.address:
        raise RefusedError(ReferenceRefusal.ADDRESS_NOT_ONE)
    token = new_token()
    reference.token_hash = token_hash(token)
    reference.expires_at = now + timedelta(days=REFERENCE_DAYS)
    session.flush()
    _send(session, place, referee.address, token, now)
    note_reference(session, "reference-sent-again", place, reference, by=by, now=now)
    return True


def withdraw_reference(session: Session, reference: Reference, *, by: int, now: datetime) -> None:
    """Take back what was asked; the link opens nothing from here on. Raises: RefusedError."""
    place = place_of_reference(session, reference)
    _lock_open(session, reference)
    reference.withdrawn_at = now
    session.flush()
    note_reference(session, "reference-withdrawn", place, reference, by=by, now=now)


def state_of_reference(reference: Reference, now: datetime) -> ReferenceState:
    """Return where a reference stands at an instant."""
    if reference.given_at:
        return ReferenceState.GIVEN
    if reference.declined_at:
        return ReferenceState.DECLINED
    if reference.withdrawn_at:
        return ReferenceState.WITHDRAWN
    return ReferenceState.TOO_OLD if now >= reference.expires_at else ReferenceState.WAITING


class ReferenceShown(NamedTuple):
    """A reference as its page shows it, words opened."""

    reference: Reference
    label: str
    referee: Referee
    state: ReferenceState
    asked_by: str
    relationship: Relationship


def show_reference(session: Session, reference: Reference, *, now: datetime) -> ReferenceShown:
    """Return a reference with whom it was asked of, for those who may read it."""
    place = place_of_reference(session, reference)
    asked = asked_of(session, place).get(reference.kind)
    asker = select(Person.chosen_name).where(Person.id == reference.asked_by)
    return ReferenceShown(
        reference,
        asked.label if asked else kind_words(reference.kind),
        referee_of(session, place.person_id, reference),
        state_of_reference(reference, now),
        session.scalars(asker).one(),
        Relationship(reference.relationship),
    )


class ReferenceRow(NamedTuple):
    """One line of a place's references."""

    public_id: str
    label: str
    name: str
    state: ReferenceState
    on: date


def list_references(session: Session, place: Enrolment, *, now: datetime) -> list[ReferenceRow]:
    """Return what is asked of people outside and not given yet, newest first."""
    query = (
        select(Reference)
        .where(Reference.enrolment_id == place.id, Reference.given_at.is_(None))
        .order_by(Reference.id.desc())
    )
    zone = zone_at(session, place)
    return [
        ReferenceRow(
            one.public_id,
            kind_words(one.kind),
            referee_of(session, place.person_id, one).name,
            state_of_reference(one, now),
            today_in(zone, one.asked_at),
        )
        for one in session.scalars(query)
    ]
