"""Certificates as issued, the events beside them, and the counter that numbers them."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, PublicIdMixin
from lms.models.cohorts import Enrolment


class CertificateCounter(Base):
    """The last number given out in a programme; its row is locked while one is taken."""

    __tablename__ = "certificate_counter"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    programme: Mapped[str] = mapped_column(String(100), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(PublicIdMixin, Base):
    """An immutable certificate. `facts` is canonical JSON and `seal` its salted SHA-256."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "term"),
        UniqueConstraint("code"),
        UniqueConstraint("organisation_id", "programme", "number"),
        UniqueConstraint("op_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    programme: Mapped[str] = mapped_column(String(100))
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    term: Mapped[int] = mapped_column(default=1)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(300))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    valid_until: Mapped[date | None]
    facts: Mapped[str] = mapped_column(Text, deferred=True)
    salt: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64), index=True)
    hidden: Mapped[str] = mapped_column(Text, default="[]")
    op_id: Mapped[str] = mapped_column(String(40))

    enrolment: Mapped[Enrolment] = relationship(lazy="raise")
    events: Mapped[list["CertificateEvent"]] = relationship(
        lazy="raise", order_by="CertificateEvent.id"
    )


class CertificateEvent(Base):
    """What happened to a certificate after issue, never an edit of it; one event at most is last.

    `reason` is sealed with the holder's key.
    """

    __tablename__ = "certificate_event"
    __table_args__ = (
        CheckConstraint("kind in ('suspended','reinstated','revoked','superseded')", name="kind"),
        Index(
            "uq_certificate_event_last",
            "certificate_id",
            unique=True,
            sqlite_where=text("kind in ('revoked','superseded')"),
            postgresql_where=text("kind in ('revoked','superseded')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)
