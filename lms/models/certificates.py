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
from lms.models.cohorts import Cohort, Enrolment


class CertificateCounter(Base):
    """The last number given out in a programme; its row is locked while one is taken."""

    __tablename__ = "certificate_counter"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    programme: Mapped[str] = mapped_column(String(100), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(PublicIdMixin, Base):
    """An immutable document of one kind. `facts` is canonical JSON and `seal` its salted SHA-256.

    `is_whole` marks the programme's own certificate, which rests on every requirement. `term`
    counts renewals; `edition` counts what was issued anew within a term, and `replaces` names what
    it stands in place of.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "kind", "term", "edition"),
        UniqueConstraint("replaces_id"),
        UniqueConstraint("code"),
        UniqueConstraint("organisation_id", "programme", "number"),
        UniqueConstraint("op_id"),
        CheckConstraint("kind in ('training','credential','letter')", name="kind"),
        CheckConstraint("edition >= 1", name="edition"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    programme: Mapped[str] = mapped_column(String(100))
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    kind: Mapped[str] = mapped_column(String(12), default="credential")
    is_whole: Mapped[bool] = mapped_column(default=True)
    term: Mapped[int] = mapped_column(default=1)
    edition: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
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
    erased_at: Mapped[datetime | None]
    op_id: Mapped[str] = mapped_column(String(40))

    enrolment: Mapped[Enrolment] = relationship(lazy="raise")
    events: Mapped[list["CertificateEvent"]] = relationship(
        lazy="raise", order_by="CertificateEvent.position"
    )


class PrintedChoice(Base):
    """Which lines that imply lived experience somebody wants on a kind of document: JSON names."""

    __tablename__ = "printed_choice"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    lines: Mapped[str] = mapped_column(Text, default="[]")
    chosen_at: Mapped[datetime]


class Letterhead(Base):
    """How an organisation prints: its mark, address, signatories, paper and language.

    `mark` is a PNG or JPEG made anew from what was sent; `mark_words` is its alternative text. An
    empty `language` is the programme's own.
    """

    __tablename__ = "letterhead"
    __table_args__ = (CheckConstraint("paper in ('a4','letter')", name="paper"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    approval: Mapped[str] = mapped_column(String(300), default="")
    first_name: Mapped[str] = mapped_column(String(200), default="")
    first_role: Mapped[str] = mapped_column(String(200), default="")
    second_name: Mapped[str] = mapped_column(String(200), default="")
    second_role: Mapped[str] = mapped_column(String(200), default="")
    paper: Mapped[str] = mapped_column(String(8), default="a4")
    language: Mapped[str] = mapped_column(String(16), default="")
    mark: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    mark_words: Mapped[str] = mapped_column(String(300), default="")


class CertificateEvent(Base):
    """What happened to a certificate after issue, never an edit of it; `position` counts from 1.

    `reason` and `conditions` are sealed with the holder's key, and empty where there are none. With
    `lifts` a suspension ends by its date alone: `until_on` is its last day.
    """

    __tablename__ = "certificate_event"
    __table_args__ = (
        UniqueConstraint("certificate_id", "position"),
        CheckConstraint(
            "kind in ('suspended','reinstated','revoked','superseded','withdrawn','restored')",
            name="kind",
        ),
        CheckConstraint("until_on is null or until_on > happened_on", name="until"),
        CheckConstraint("not lifts or until_on is not null", name="lifts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    conditions: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    until_on: Mapped[date | None]
    lifts: Mapped[bool] = mapped_column(default=False)
    notice_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    decided_on: Mapped[date | None]


class CertificateWish(Base):
    """What a holder asks about a certificate; at most one of a kind is open."""

    __tablename__ = "certificate_wish"
    __table_args__ = (
        CheckConstraint("wish in ('new-name','look-up','erasure')", name="wish"),
        CheckConstraint("outcome in ('','done','taken-back')", name="outcome"),
        CheckConstraint("(ended_at is null) = (outcome = '')", name="ended"),
        Index(
            "uq_certificate_wish_open",
            "certificate_id",
            "wish",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    wish: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(12), default="")

    certificate: Mapped[Certificate] = relationship(lazy="raise")


class CertificateLapse(Base):
    """A condition of holding a certificate that no longer holds; `requirement` is its id."""

    __tablename__ = "certificate_lapse"
    __table_args__ = (
        Index(
            "uq_certificate_lapse_open",
            "certificate_id",
            "requirement",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    requirement: Mapped[str] = mapped_column(String(100))
    noted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    certificate: Mapped[Certificate] = relationship(lazy="raise")


class IssueRun(PublicIdMixin, Base):
    """What one coordinator sent for a cohort. `round` counts how often its jobs were queued."""

    __tablename__ = "issue_run"
    __table_args__ = (
        UniqueConstraint("started_by", "op_id"),
        CheckConstraint("state in ('open','stopped')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    started_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")
    round: Mapped[int] = mapped_column(default=1)
    moved_at: Mapped[datetime]
    op_id: Mapped[str] = mapped_column(String(40))

    cohort: Mapped[Cohort] = relationship(lazy="raise")


class IssueRow(Base):
    """One person of a run. `name_mark` is a mark of the name that was read, never the name."""

    __tablename__ = "issue_row"
    __table_args__ = (
        UniqueConstraint("run_id", "enrolment_id"),
        CheckConstraint("act in ('issue','propose','approve')", name="act"),
        CheckConstraint("state in ('waiting','issued','proposed','refused')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("issue_run.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    act: Mapped[str] = mapped_column(String(8))
    name_mark: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    refusal: Mapped[str] = mapped_column(String(40), default="")
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    settled_at: Mapped[datetime | None]

    run: Mapped[IssueRun] = relationship(lazy="raise")
    enrolment: Mapped[Enrolment] = relationship(lazy="raise")
    certificate: Mapped[Certificate | None] = relationship(lazy="raise")


class IssueProposal(PublicIdMixin, Base):
    """A document that one coordinator proposed; at most one a place and document is open.

    `document` is its kind, empty for the programme's own certificate; `about_id` is the one to be
    renewed or made anew. `why` says for what reason it is made anew, `words` are that reason and
    `reason` says why it was sent back, both sealed with the holder's key.
    """

    __tablename__ = "issue_proposal"
    __table_args__ = (
        CheckConstraint("state in ('open','approved','declined')", name="state"),
        CheckConstraint("decided_by is null or state <> 'open'", name="decided"),
        CheckConstraint("state <> 'approved' or decided_by <> proposed_by", name="two"),
        CheckConstraint("act in ('issue','renew','replace')", name="act"),
        CheckConstraint("(about_id is null) = (act = 'issue')", name="about"),
        CheckConstraint("(why = '') = (act <> 'replace')", name="why"),
        Index(
            "uq_issue_proposal_open",
            "enrolment_id",
            "document",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    act: Mapped[str] = mapped_column(String(8), default="issue")
    document: Mapped[str] = mapped_column(String(12), default="")
    about_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    why: Mapped[str] = mapped_column(String(12), default="")
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))

    enrolment: Mapped[Enrolment] = relationship(lazy="raise")
