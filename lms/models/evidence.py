"""Signatures under agreements, attestations, waivers, documents and the files handed in."""

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
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, PublicIdMixin, new_public_id
from lms.models.facts import FactMixin


class Signature(FactMixin, Base):
    """An agreement signed: which version, the hash of the very text, and the name typed.

    The same version may be signed again later, where a renewal asks for it.
    """

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("enrolment_id", "agreement", "version_id", "happened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agreement: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    version_number: Mapped[int]
    text_hash: Mapped[str] = mapped_column(String(64))
    name_typed: Mapped[str] = mapped_column(String(300))
    understood_at: Mapped[datetime | None]


class Attestation(FactMixin, Base):
    """That something is so, said by whom and when: a code at most, never the story behind it."""

    __tablename__ = "attestation"
    __table_args__ = (
        Index(
            "uq_attestation_current",
            *("enrolment_id", "what", "type", "attested_by"),
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(60), default="")
    capacity: Mapped[str] = mapped_column(String(20))
    attested_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Waiver(FactMixin, Base):
    """A requirement set aside for one person, by whom and why."""

    __tablename__ = "waiver"
    __table_args__ = (UniqueConstraint("enrolment_id", "requirement"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement: Mapped[str] = mapped_column(String(100))
    capacity: Mapped[str] = mapped_column(String(20))
    waived_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)


class Upload(PublicIdMixin, Base):
    """A file that was handed in: its bytes are sealed beside the database, under its public id.

    Edge: the name it came with is kept nowhere, it may tell a story of its own.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(
            "media_type in ('application/pdf','image/png','image/jpeg')", name="media_type"
        ),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    stored_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Document(FactMixin, Base):
    """That a paper is there: `happened_on` is its own day, `expires_on` its last good one.

    Shape: `paper` names it in addresses and in verdicts; a correction is a new row with the same
           `paper`. `signers` is JSON, a list of ids: public ids of people of the house, or ids of
           this record alone whose names stand sealed in `names`, JSON too.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("state in ('handed-in','on-file','returned','withdrawn')", name="state"),
        CheckConstraint("expires_on is null or expires_on >= happened_on", name="dates"),
        UniqueConstraint("enrolment_id", "op_id"),
        Index(
            "uq_document_current",
            "paper",
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper: Mapped[str] = mapped_column(String(16), default=new_public_id)
    kind: Mapped[str] = mapped_column(String(100))
    expires_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(60), default="")
    signers: Mapped[str] = mapped_column(Text, default="[]")
    names: Mapped[bytes | None] = mapped_column(LargeBinary)
    relationship: Mapped[str] = mapped_column(String(30), default="")
    known_since: Mapped[date | None]
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    allowed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    allowed_on: Mapped[date | None]
    op_id: Mapped[str | None] = mapped_column(String(40))


class WaiverRequest(PublicIdMixin, Base):
    """That a requirement be set aside is asked, to be decided by a day; granted, it has a waiver.

    Shape: `document` is the `paper` of a document; claim, evidence and reason are sealed.
    """

    __tablename__ = "waiver_request"
    __table_args__ = (
        CheckConstraint("state in ('asked','granted','declined','withdrawn')", name="state"),
        UniqueConstraint("enrolment_id", "op_id"),
        Index(
            "uq_waiver_request_open",
            "enrolment_id",
            "requirement",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    requirement: Mapped[str] = mapped_column(String(100))
    claim: Mapped[bytes] = mapped_column(LargeBinary)
    evidence: Mapped[bytes | None] = mapped_column(LargeBinary)
    document: Mapped[str] = mapped_column(String(16), default="")
    due_on: Mapped[date]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    waiver_id: Mapped[int | None] = mapped_column(ForeignKey("waiver.id"))
    op_id: Mapped[str] = mapped_column(String(40))


class Reference(PublicIdMixin, Base):
    """Words asked of somebody without an account, by a letter with a link that is used once.

    Shape: `who` is sealed JSON, name and address; `answer` sealed JSON, what they wrote; `signer`
           is the id under which they sign, the same for the same address; `paper` names the
           document that came of it. The link itself is never stored: only its hash is.
    """

    __tablename__ = "reference"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("enrolment_id", "op_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(100))
    relationship: Mapped[str] = mapped_column(String(30))
    known_since: Mapped[date | None]
    who: Mapped[bytes] = mapped_column(LargeBinary)
    signer: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    paper: Mapped[str] = mapped_column(String(16), default="")
    op_id: Mapped[str] = mapped_column(String(40))


class Qualification(PublicIdMixin, Base):
    """What qualifies a trainer or supervisor: `since` and `until` both count, None is still.

    Shape: `entry` names it in addresses; a later word on it is a new row with the same `entry`.
    Units: `hours` are whole hours practised by the day `since`.
    """

    __tablename__ = "qualification"
    __table_args__ = (
        CheckConstraint("kind in ('credential','training','practice')", name="kind"),
        CheckConstraint("state in ('handed-in','on-record','returned','withdrawn')", name="state"),
        CheckConstraint("until is null or until >= since", name="dates"),
        CheckConstraint("hours is null or hours between 1 and 200000", name="hours"),
        UniqueConstraint("person_id", "op_id"),
        Index(
            "uq_qualification_current",
            "entry",
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str] = mapped_column(String(16), default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    since: Mapped[date]
    until: Mapped[date | None]
    hours: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    op_id: Mapped[str | None] = mapped_column(String(40))
