"""What a holder asks about a certificate: open until it is done or taken back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Certificate, CertificateWish
from lms.rules.certificates import Wish, WishOutcome, WishRefusal, refusal_to_wish, state_on
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place
from lms.services.certificates.chain import chain_of, plain_events
from lms.services.certificates.stating import signing_name
from lms.services.errors import RefusedError
from lms.services.people import today_in


def ask_wish(
    session: Session, certificate: Certificate, wish: Wish, *, by: int, now: datetime
) -> None:
    """Note what a holder asks; the same wish twice is one.

    Raises: RefusedError(WishRefusal).
    """
    place = lock_place(session, certificate.enrolment_id)
    (own,) = [one for one in chain_of(session, certificate) if one.id == certificate.id]
    today = today_in(place.cohort.zone, now)
    refusal = refusal_to_wish(
        wish,
        is_holder=by == place.person_id,
        is_erased=own.erased_at is not None,
        state=state_on(plain_events(own.events), own.valid_until, today),
        same_name=own.name == signing_name(place.person),
    )
    if refusal:
        raise RefusedError(refusal)
    try:
        with session.begin_nested():
            session.add(CertificateWish(certificate_id=own.id, wish=wish.value, asked_at=now))
    except IntegrityError as clash:
        raise RefusedError(WishRefusal.ASKED_ALREADY) from clash
    _note(session, own, f"certificate-wish-{wish.value}", by, now)


def take_back_wish(
    session: Session, certificate: Certificate, wish: Wish, *, by: int, now: datetime
) -> None:
    """End an open wish at its holder's word; none is open: nothing happens."""
    if end_wishes(session, certificate.id, (wish,), WishOutcome.TAKEN_BACK, now=now):
        _note(session, certificate, "certificate-wish-taken-back", by, now)


def end_wishes(
    session: Session,
    certificate_id: int,
    wishes: Iterable[Wish],
    outcome: WishOutcome,
    *,
    now: datetime,
) -> bool:
    """End what is open of these wishes, and say whether there was any."""
    query = (
        update(CertificateWish)
        .where(
            CertificateWish.certificate_id == certificate_id,
            CertificateWish.wish.in_([wish.value for wish in wishes]),
            CertificateWish.ended_at.is_(None),
        )
        .values(ended_at=now, outcome=outcome.value)
        .returning(CertificateWish.id)
    )
    return bool(session.scalars(query).all())


def open_wishes(session: Session, certificate_id: int) -> list[Wish]:
    """Return what is open about one certificate."""
    query = select(CertificateWish.wish).where(
        CertificateWish.certificate_id == certificate_id, CertificateWish.ended_at.is_(None)
    )
    found = set(session.scalars(query))
    return [wish for wish in Wish if wish.value in found]


def _note(session: Session, certificate: Certificate, act: str, by: int, now: datetime) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=certificate.organisation_id,
        actor_id=by,
        about_id=by,
        subject=f"certificate:{certificate.public_id}",
    )
