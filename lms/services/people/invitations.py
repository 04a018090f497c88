"""Invitations: one link an address, made again, withdrawn, or sent to a whole list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from lms.content.bundled import bundled
from lms.db import lock_row
from lms.models import Address, Cohort, Invitation, Organisation, Person
from lms.rules.people import (
    TRAINEE,
    EntryRefusal,
    ListRow,
    heading_of_list,
    refusal_to_let_in,
    rows_of_list,
)
from lms.rules.signin import INVITATION_DAYS, LinkRefusal, normalised_address
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.gates import refuse_unsigned
from lms.services.ground import ground_of
from lms.services.mail import queue_mail
from lms.services.people.organisations import today_in
from lms.services.signin import new_token, token_hash
from lms.words import letter


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom to let in, and to what. `cohort` only for a trainee."""

    address: str
    chosen_name: str
    role: str = TRAINEE
    cohort: Cohort | None = None


def let_in(
    session: Session,
    organisation: Organisation,
    offer: Offer,
    *,
    invited_by: int | None,
    now: datetime,
) -> tuple[Invitation, str]:
    """Offer one person an account and return the invitation with its link's token.

    Edge: an unclaimed invitation to the same address is withdrawn, so that one link works at a
    time.
    Raises: RefusedError(EntryRefusal), UnsignedError.
    """
    _wait_turn(session, organisation.id)
    address = normalised_address(offer.address)
    refusal = refusal_to_let_in(
        address=offer.address,
        chosen_name=offer.chosen_name,
        role=offer.role,
        already_here=_is_here(session, organisation.id, address),
    ) or _refusal_of_cohort(organisation.id, offer, now)
    if refusal:
        raise RefusedError(refusal)
    if offer.cohort:
        refuse_unsigned(session, offer.cohort)
    _withdraw_unclaimed(session, organisation.id, address, now)
    token = new_token()
    invitation = _new(organisation, offer, token, invited_by, now)
    session.add(invitation)
    session.flush()
    record_act(
        session,
        "person-invited",
        now=now,
        chain=organisation.id,
        actor_id=invited_by,
        subject=f"invitation:{invitation.public_id}",
        role=offer.role,
    )
    return invitation, token


def _wait_turn(session: Session, organisation_id: int) -> None:
    """Let one transaction at a time invite for an organisation, so that no address gets two."""
    query = select(Organisation.id).where(Organisation.id == organisation_id)
    session.execute(query.with_for_update(key_share=True))


def _refusal_of_cohort(organisation_id: int, offer: Offer, now: datetime) -> EntryRefusal | None:
    cohort = offer.cohort
    if cohort is None:
        return None
    if offer.role != TRAINEE or cohort.organisation_id != organisation_id:
        return EntryRefusal.COHORT_CLOSED
    ended = cohort.ends_on is not None and cohort.ends_on < today_in(cohort.zone, now)
    return EntryRefusal.COHORT_CLOSED if ended else None


def _new(
    organisation: Organisation, offer: Offer, token: str, by: int | None, now: datetime
) -> Invitation:
    return Invitation(
        organisation_id=organisation.id,
        cohort_id=offer.cohort.id if offer.cohort else None,
        written=offer.address.strip(),
        normalised=normalised_address(offer.address),
        chosen_name=offer.chosen_name,
        role=offer.role,
        token_hash=token_hash(token),
        invited_by=by,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )


def _is_here(session: Session, organisation_id: int, address: str) -> bool:
    query = exists().where(
        Address.normalised == address,
        Address.person_id == Person.id,
        Person.organisation_id == organisation_id,
    )
    return bool(session.scalar(select(query)))


def _withdraw_unclaimed(
    session: Session, organisation_id: int, address: str, now: datetime
) -> None:
    query = update(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.normalised == address,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    session.execute(query.values(withdrawn_at=now))


def _unclaimed(organisation_id: int) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )


def invitation_link(session: Session, token: str) -> str:
    """Return the whole address of an invitation."""
    return f"{ground_of(session).base_url}/invitations/{token}"


def send_invitation(
    session: Session, invitation: Invitation, letter: tuple[str, str], now: datetime
) -> None:
    """Queue an invitation's letter. Shape: `letter` is (subject, body)."""
    queue_mail(session, to=invitation.written, subject=letter[0], body=letter[1], now=now)


def _letter_for(session: Session, organisation: Organisation, token: str) -> tuple[str, str]:
    return letter(
        bundled("templates"),
        "invitation",
        organisation.language,
        link=invitation_link(session, token),
        days=str(INVITATION_DAYS),
    )


def invite_person(
    session: Session, organisation: Organisation, offer: Offer, *, by: int, now: datetime
) -> Invitation:
    """Invite one person by letter. Raises: RefusedError(EntryRefusal), UnsignedError."""
    invitation, token = let_in(session, organisation, offer, invited_by=by, now=now)
    send_invitation(session, invitation, _letter_for(session, organisation, token), now)
    return invitation


class ListedInvitation(NamedTuple):
    """An unclaimed invitation as a coordinator sees it; its link is nowhere to be read."""

    public_id: str
    written: str
    chosen_name: str
    role: str
    cohort: str
    expires_at: datetime
    still_works: bool


def list_open_invitations(
    session: Session, organisation_id: int, now: datetime
) -> Sequence[Invitation]:
    """Return an organisation's invitations that can still be claimed, newest first."""
    query = _unclaimed(organisation_id).where(Invitation.expires_at > now)
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def list_invitations(
    session: Session, organisation_id: int, now: datetime
) -> list[ListedInvitation]:
    """Return an organisation's unclaimed invitations, also those grown too old, newest first."""
    columns = (
        Invitation.public_id,
        Invitation.written,
        Invitation.chosen_name,
        Invitation.role,
        Cohort.name,
        Invitation.expires_at,
    )
    query = (
        _unclaimed(organisation_id)
        .with_only_columns(*columns)
        .outerjoin(Cohort, Cohort.id == Invitation.cohort_id)
        .order_by(Invitation.id.desc())
    )
    return [
        ListedInvitation(*row[:4], row[4] or "", row[5], row[5] > now)
        for row in session.execute(query)
    ]


def get_open_invitation(session: Session, public_id: str) -> Invitation:
    """Return an unclaimed invitation by the id in its address.

    Edge: a claimed or withdrawn one is gone; nobody is shown the way into another's account.
    Raises: MissingError.
    """
    query = select(Invitation).where(
        Invitation.public_id == public_id,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def _lock_unclaimed(session: Session, invitation: Invitation) -> None:
    lock_row(session, invitation)
    if invitation.claimed_at is not None:
        raise RefusedError(LinkRefusal.USED)
    if invitation.withdrawn_at is not None:
        raise RefusedError(LinkRefusal.WITHDRAWN)


def renew_invitation(
    session: Session,
    invitation: Invitation,
    *,
    by_letter: bool,
    by: int,
    now: datetime,
    seen: str = "",
) -> str:
    """Make a new link for an unclaimed invitation and return its token; the old link ends.

    Edge: without `by_letter` nothing is sent: the link is given by hand. `seen` is the expiry that
    the page showed; where another has been set since, nothing is done and "" is returned, so that
    a double click sends one letter.
    Raises: RefusedError(LinkRefusal).
    """
    _lock_unclaimed(session, invitation)
    if seen and seen != invitation.expires_at.isoformat():
        return ""
    token = new_token()
    invitation.token_hash = token_hash(token)
    invitation.expires_at = now + timedelta(days=INVITATION_DAYS)
    session.flush()
    if by_letter:
        organisation = session.get_one(Organisation, invitation.organisation_id)
        send_invitation(session, invitation, _letter_for(session, organisation, token), now)
    _record(session, "invitation-renewed", invitation, by, now, by_letter=by_letter)
    return token


def withdraw_invitation(
    session: Session, invitation: Invitation, *, by: int, now: datetime
) -> None:
    """Take an unclaimed invitation back; its link opens nothing from here on.

    Raises: RefusedError(LinkRefusal).
    """
    _lock_unclaimed(session, invitation)
    invitation.withdrawn_at = now
    session.flush()
    _record(session, "invitation-withdrawn", invitation, by, now)


def _record(
    session: Session, act: str, invitation: Invitation, by: int, now: datetime, **details: bool
) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=invitation.organisation_id,
        actor_id=by,
        subject=f"invitation:{invitation.public_id}",
        **details,
    )


def judge_list(session: Session, organisation_id: int, text: str, now: datetime) -> list[ListRow]:
    """Return a pasted list's rows with their problems; nothing is changed."""
    here = session.scalars(
        select(Address.normalised)
        .join(Person, Person.id == Address.person_id)
        .where(Person.organisation_id == organisation_id)
    )
    invited = session.scalars(
        _unclaimed(organisation_id)
        .with_only_columns(Invitation.normalised)
        .where(Invitation.expires_at > now)
    )
    return rows_of_list(text, here=set(here), invited=set(invited))


class ListOutcome(NamedTuple):
    """What inviting a list did. Shape: `left` is what was not invited, as it was pasted."""

    invited: int
    left: str


def invite_list(
    session: Session,
    organisation: Organisation,
    text: str,
    *,
    cohort: Cohort | None,
    by: int,
    now: datetime,
) -> ListOutcome:
    """Invite every good row of a pasted list as a trainee, by letter, and give the rest back.

    Raises: RefusedError(EntryRefusal), UnsignedError where the cohort takes nobody.
    """
    _wait_turn(session, organisation.id)
    refusal = _refusal_of_cohort(organisation.id, Offer("", "", TRAINEE, cohort), now)
    if refusal:
        raise RefusedError(refusal)
    if cohort:
        refuse_unsigned(session, cohort)
    rows = judge_list(session, organisation.id, text, now)
    good = [row for row in rows if not row.problems]
    for row in good:
        token = new_token()
        offer = Offer(row.address, row.name, TRAINEE, cohort)
        session.add(_new(organisation, offer, token, by, now))
        subject, body = _letter_for(session, organisation, token)
        queue_mail(session, to=row.address.strip(), subject=subject, body=body, now=now)
    session.flush()
    if good:
        record_act(
            session,
            "list-invited",
            now=now,
            chain=organisation.id,
            actor_id=by,
            subject=f"cohort:{cohort.public_id}" if cohort else "",
            people=len(good),
        )
    left = [row.raw for row in rows if row.problems]
    heading = heading_of_list(text)
    return ListOutcome(len(good), "\n".join([heading, *left] if heading and left else left))
