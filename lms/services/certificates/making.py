"""Making documents, one or many: drawn ahead, numbered under one lock, sealed and stored."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.documents.certificate import CertificateFacts
from lms.models import Certificate, CertificateCounter, Person
from lms.rules.certificates import SALT_BYTES, IssueRefusal, code_from_bytes, seal
from lms.rules.programmes import valid_until
from lms.services.certificates.basis import Basis
from lms.services.certificates.facts import sealed_facts
from lms.services.certificates.holding import FIRST_TERM
from lms.services.certificates.material import Material, material_for
from lms.services.certificates.printing import drawn, printed_facts
from lms.services.certificates.stating import Saying, claims_for, saying_for, signing_name
from lms.services.errors import RefusedError
from lms.services.ground import ground_of

FIRST_EDITION = 1


class Succession(NamedTuple):
    """Where a certificate stands among those of its place and kind, and its last valid day."""

    term: int
    edition: int
    replaces_id: int | None
    valid_until: date | None


class Order(NamedTuple):
    """One document that may be made: on what, by whom, under which form, and after which other.

    Without a succession it is the first of its place and kind.
    """

    basis: Basis
    by: int
    op_id: str
    succession: Succession | None = None


class Drawing(NamedTuple):
    """A document drawn before its number was taken: its code, what it prints, and the bytes."""

    code: str
    printed: CertificateFacts
    pdf: bytes


Drawings = Mapping[int, Drawing]
"""What was drawn ahead, by the id of the place."""


@dataclass(slots=True)
class _Making:
    """One document on its way. `claims` and `drawing` are those of the number it has just now."""

    order: Order
    issuer: Person
    saying: Saying
    certificate: Certificate
    drawing: Drawing | None
    material: Material
    claims: dict[str, str | None] = field(default_factory=dict)
    refusal: RefusedError | None = None


def make_certificate(
    session: Session,
    basis: Basis,
    *,
    by: int,
    op_id: str,
    now: datetime,
    succession: Succession | None = None,
) -> Certificate:
    """Make, number, seal, print and store a document; whether it may be is asked before.

    Shape:  without `succession` it is the first of its place and kind.
    Edge:   the place's row is held by the caller; the name and the chosen lines are those of now.
    Raises: RefusedError(ALREADY_ISSUED) where the database holds one in its stead, by its place,
            kind, term and edition, by what it replaces, or by the form sent; UnprintableError;
            RefusedError(WORDS_DO_NOT_FIT).
    """
    try:
        with session.begin_nested():
            (made,) = make_certificates(session, [Order(basis, by, op_id, succession)], now=now)
    except IntegrityError as clash:
        raise RefusedError(IssueRefusal.ALREADY_ISSUED) from clash
    if isinstance(made, RefusedError):
        raise made
    return made


def make_certificates(
    session: Session, orders: Sequence[Order], *, now: datetime, drawings: Drawings | None = None
) -> list[Certificate | RefusedError]:
    """Make the documents of a cohort, in the order given, and return each or what stood against it.

    Shape:  `drawings` were drawn ahead; what turns out to say anything else is drawn again.
    Edge:   the places' rows are held by the caller. What cannot be drawn takes no number.
    Raises: IntegrityError where the database holds one of them already.
    """
    makings = list(_makings(session, orders, now, drawings or {}))
    _draw_expected(session, makings, before=0)
    for counter in _locked_counters(session, makings):
        for making in makings:
            if _counted_by(making) == (counter.organisation_id, counter.programme):
                _number(session, making, counter)
    made = [making.certificate for making in makings if not making.refusal]
    session.add_all(made)
    session.flush()
    return [making.refusal or making.certificate for making in makings]


def draw_ahead(
    session: Session, orders: Sequence[Order], *, now: datetime, before: int
) -> dict[int, Drawing]:
    """Draw documents with the numbers they will most likely have, and change nothing.

    Shape: `before` is how many others are likely to take their numbers first.
    """
    makings = list(_makings(session, orders, now, {}))
    _draw_expected(session, makings, before=before)
    return {one.order.basis.place.id: one.drawing for one in makings if one.drawing}


def first_of(basis: Basis, material: Material) -> Succession:
    """Return the place of a first document; only the programme's own certificate ends."""
    ends = None
    if basis.terms.is_whole:
        held = material.held.get(basis.place.person_id, ())
        ends = valid_until(basis.programme.validity, basis.today, held)
    return Succession(FIRST_TERM, FIRST_EDITION, None, ends)


def unsaved(basis: Basis, succession: Succession, now: datetime) -> Certificate:
    """Return the document of a basis as yet without number, code, facts and file."""
    place = basis.place
    return Certificate(
        enrolment_id=place.id,
        organisation_id=place.cohort.organisation_id,
        programme=basis.programme.id,
        programme_version_id=place.programme_version_id,
        kind=basis.terms.kind.value,
        is_whole=basis.terms.is_whole,
        term=succession.term,
        edition=succession.edition,
        replaces_id=succession.replaces_id,
        name=signing_name(place.person),
        issued_on=basis.today,
        issued_at=now,
        valid_until=succession.valid_until,
        number=0,
    )


def _makings(
    session: Session, orders: Sequence[Order], now: datetime, drawings: Drawings
) -> Iterator[_Making]:
    if not orders:
        return
    material = material_for(session, [order.basis for order in orders])
    for order in orders:
        basis, issuer = order.basis, session.get_one(Person, order.by)
        saying = saying_for(session, basis, issuer, material)
        certificate = unsaved(basis, order.succession or first_of(basis, material), now)
        drawing = drawings.get(basis.place.id)
        certificate.code = drawing.code if drawing else code_from_bytes(secrets.token_bytes(17))
        certificate.issued_by, certificate.op_id = order.by, order.op_id
        certificate.hidden = json.dumps([line.value for line in saying.chosen])
        yield _Making(order, issuer, saying, certificate, drawing, material)


def _counted_by(making: _Making) -> tuple[int, str]:
    return making.certificate.organisation_id, making.certificate.programme


def _draw_expected(session: Session, makings: Sequence[_Making], *, before: int) -> None:
    """Draw with the numbers that come next, before anybody waits for them."""
    expected: dict[tuple[int, str], int] = {}
    for making in makings:
        key = _counted_by(making)
        if key not in expected:
            last = session.scalars(_counter(*key).with_only_columns(CertificateCounter.last))
            expected[key] = (last.one_or_none() or 0) + before
        _draw(session, making, expected[key] + 1)
        expected[key] += making.refusal is None


def _draw(session: Session, making: _Making, number: int) -> None:
    """Draw a document with a number, unless the drawing at hand says the very same."""
    certificate, saying = making.certificate, making.saying
    certificate.number = number
    making.claims = claims_for(session, making.order.basis, certificate, saying)
    check = f"{ground_of(session).base_url}/check"
    printed = printed_facts(certificate, saying, making.claims, check, making.material.mark)
    if making.drawing is not None and making.drawing.printed == printed:
        return
    try:
        making.drawing = Drawing(certificate.code, printed, drawn(session, printed))
    except RefusedError as refused:
        making.refusal, making.drawing = refused, None


def _counter(organisation_id: int, programme: str) -> Select[CertificateCounter]:
    return select(CertificateCounter).where(
        CertificateCounter.organisation_id == organisation_id,
        CertificateCounter.programme == programme,
    )


def _locked_counters(session: Session, makings: Sequence[_Making]) -> Iterator[CertificateCounter]:
    """Yield the rows that numbers are taken from, held; a rollback gives the numbers back."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for organisation_id, programme in sorted({*map(_counted_by, makings)}):
        first = insert(CertificateCounter).values(
            organisation_id=organisation_id, programme=programme, last=0
        )
        session.execute(first.on_conflict_do_nothing())
        query = _counter(organisation_id, programme).with_for_update()
        yield session.scalars(query.execution_options(populate_existing=True)).one()


def _number(session: Session, making: _Making, counter: CertificateCounter) -> None:
    """Give a document its number and seal what it says; none where it cannot be drawn."""
    if making.refusal is None:
        _draw(session, making, counter.last + 1)
    if making.drawing is None:
        return
    counter.last += 1
    salt = secrets.token_bytes(SALT_BYTES)
    certificate, signed = making.certificate, making.material.signed
    certificate.salt = salt.hex()
    certificate.facts = sealed_facts(
        making.order.basis, certificate, making.issuer, making.claims, signed
    )
    certificate.seal = seal(certificate.facts, salt)
    certificate.pdf = making.drawing.pdf
    certificate.pdf_sha256 = hashlib.sha256(certificate.pdf).hexdigest()
