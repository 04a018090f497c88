"""Erasing: what a certificate said is taken out for good; the least proof that it was stays."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms.models import (
    Certificate,
    Cohort,
    ContentVersion,
    Enrolment,
    IssueProposal,
    Person,
    PrintedChoice,
)
from lms.rules.certificates import (
    CertificateState,
    EraseRefusal,
    Kept,
    Wish,
    WishOutcome,
    is_still_kept,
    kept_longest,
    last_day_of,
    refusal_to_erase,
    state_on,
    state_since,
)
from lms.rules.programmes import DocumentKind, Programme
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place
from lms.services.certificates.chain import chain_of, plain_events
from lms.services.certificates.wishes import end_wishes
from lms.services.drafts import spend
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.ground import ground_of
from lms.services.people import today_in
from lms.services.publishing import definition_of


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


ENDED = frozenset({CertificateState.REVOKED, CertificateState.WITHDRAWN})


def kept_of(session: Session, certificate: Certificate, *, now: datetime) -> Kept | None:
    """Return until when the papers behind a certificate are to be kept, None where they may go.

    Edge: the version of the newest term says so, and its last day counts; the holder's wish to
          erase stays open until then.
    """
    return _kept(session, chain_of(session, certificate), now)


def _kept(session: Session, chain: Sequence[Certificate], now: datetime) -> Kept | None:
    newest = chain[-1]
    version = session.get_one(ContentVersion, newest.programme_version_id)
    programme: Programme = definition_of(session, version)
    zone = session.get_one(Cohort, session.get_one(Enrolment, newest.enrolment_id).cohort_id).zone
    today, events = today_in(zone, now), plain_events(newest.events)
    is_ended = state_on(events, None, today) in ENDED
    last_day = last_day_of(
        issued_on=newest.issued_on,
        valid_until=newest.valid_until,
        ended_on=state_since(events, None, today) if is_ended else None,
        has_term=newest.kind == DocumentKind.CREDENTIAL,
    )
    kept = kept_longest(programme.keeping, last_day)
    return kept if is_still_kept(kept, today) else None


def erase_certificate(
    session: Session, certificate: Certificate, *, by: int, asked: bool, op_id: str, now: datetime
) -> None:
    """Erase a certificate with every term and edition of it, at its holder's wish.

    Shape: `asked` says that the coordinator made sure that the holder themselves asked for it.
    Edge:  the reasons and conditions of its events go too, and which lines its holder wanted
           printed. It cannot be undone. While its papers are to be kept, nothing is erased.
    Raises: RefusedError(EraseRefusal).
    """
    place = lock_place(session, certificate.enrolment_id)
    if not spend(session, op_id, by, certificate.public_id, now):
        return
    chain = chain_of(session, certificate)
    is_erased = all(one.erased_at is not None for one in chain)
    refusal = refusal_to_erase(
        asked=asked,
        is_erased=is_erased,
        is_kept=_kept(session, chain, now) is not None,
        actor_id=by,
        holder_id=place.person_id,
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
    _forget_lines(session, certificate)
    about = [one.id for one in chain]
    session.execute(
        update(IssueProposal).where(IssueProposal.about_id.in_(about)).values(words=None)
    )
    session.flush()
    touch_record(session, place.id)


def _forget_lines(session: Session, certificate: Certificate) -> None:
    """Take out which lines that imply lived experience were to be printed."""
    session.execute(
        delete(PrintedChoice).where(
            PrintedChoice.enrolment_id == certificate.enrolment_id,
            PrintedChoice.kind == certificate.kind,
        )
    )


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
