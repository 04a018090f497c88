"""Signatures under agreements, attestations, waivers."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.models.facts import FactMixin


class Signature(FactMixin, Base):
    """An agreement signed: which version, the hash of the very text, and the name typed."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("enrolment_id", "agreement", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agreement: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    version_number: Mapped[int]
    text_hash: Mapped[str] = mapped_column(String(64))
    name_typed: Mapped[str] = mapped_column(String(300))
    understood_at: Mapped[datetime | None]


class Attestation(FactMixin, Base):
    """That something is so, said by whom and when: never the story behind it."""

    __tablename__ = "attestation"
    __table_args__ = (UniqueConstraint("enrolment_id", "what", "attested_by", "happened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(60))
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
