"""Erasing: what a certificate said is taken out for good; the least proof that it was stays."""

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from lms.models import Certificate, Person
from lms.rules.certificates import EraseRefusal, Wish, WishOutcome, refusal_to_erase
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place
from lms.services.certificates.chain import chain_of
from lms.services.certificates.wishes import end_wishes
from lms.services.drafts import spend
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.ground import ground_of


def kept_mark(session: Session, sha256_hex: str) -> str:
    """Return what stays of a file's hash: a mark that nobody can try names against.

    Shape: 64 hexadecimal digits, made with a key that is not in the database.
    """
    key = ground_of(session).audit_key
    return hmac.new(key, f"certificate-file:{sha256_hex}".encode(), "sha256").hexdigest()


def take_out(session: Session, certificate: Certificate) -> None:
    """Take the name, the facts and the file out of a certificate.

    Edge: number, code, programme version, dates, events and the salted hash of the facts stay. The
    file's hash is turned into its mark, so that the holder's own copy is still known.
    """
    if not certificate.facts:
        return
    certificate.name, certificate.facts, certificate.pdf = "", "", b""
    certificate.pdf_sha256 = kept_mark(session, certificate.pdf_sha256)
    certificate.hidden = "[]"


def erase_certificate(
    session: Session, certificate: Certificate, *, by: int, asked: bool, op_id: str, now: datetime
) -> None:
    """Erase a certificate with every term and edition of it, at its holder's wish.

    Shape: `asked` says that the coordinator made sure that the holder themselves asked for it.
    Edge:  the reasons and conditions of its events go too. It cannot be undone.
    Raises: RefusedError(EraseRefusal).
    """
    place = lock_place(session, certificate.enrolment_id)
    if not spend(session, op_id, by, certificate.public_id, now):
        return
    chain = chain_of(session, certificate)
    is_erased = all(one.erased_at is not None for one in chain)
    refusal = refusal_to_erase(
        asked=asked, is_erased=is_erased, actor_id=by, holder_id=place.person_id
    )
    if refusal:
        raise RefusedError(refusal)
    for one in chain:
        take_out(session, one)
        one.erased_at = one.erased_at or now
        for event in one.events:
            event.reason = event.conditions = b""
        end_wishes(session, one.id, tuple(set(Wish) - {Wish.LOOK_UP}), WishOutcome.DONE, now=now)
        record_act(
            session,
            "certificate-erased",
            now=now,
            chain=one.organisation_id,
            actor_id=by,
            about_id=place.person_id,
            subject=f"certificate:{one.public_id}",
        )
    session.flush()
    touch_record(session, place.id)


def switch_lookup(
    session: Session, certificate: Certificate, *, off: bool, by: int, now: datetime
) -> None:
    """Turn the look-up of a holder's certificates off, or on again, for all of them at once.

    Raises: RefusedError(EraseRefusal.OWN_CERTIFICATE).
    """
    place = lock_place(session, certificate.enrolment_id)
    if place.person_id == by:
        raise RefusedError(EraseRefusal.OWN_CERTIFICATE)
    holder = session.get_one(Person, place.person_id, with_for_update=True)
    for one in chain_of(session, certificate):
        end_wishes(session, one.id, (Wish.LOOK_UP,), WishOutcome.DONE, now=now)
    if holder.lookup_off == off:
        return
    holder.lookup_off = off
    session.flush()
    record_act(
        session,
        "certificate-lookup-off" if off else "certificate-lookup-on",
        now=now,
        chain=certificate.organisation_id,
        actor_id=by,
        about_id=holder.id,
        subject=f"certificate:{certificate.public_id}",
    )
