"""Organisations, the people in them, their addresses, roles and invitations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, PublicIdMixin


class Installation(Base):
    """The one row that says what this database is; a demo database never becomes a real one."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    is_demo: Mapped[bool]
    created_at: Mapped[datetime]


class Organisation(PublicIdMixin, Base):
    """Who runs programmes here, and whom to turn to in it.

    `approval` says whether a second person approves each certificate.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("approval in ('','second')", name="approval"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16), default="en")
    duty_name: Mapped[str] = mapped_column(String(200), default="")
    duty_reach: Mapped[str] = mapped_column(String(300), default="")
    duty_hours: Mapped[str] = mapped_column(String(300), default="")
    duty_emergency: Mapped[str] = mapped_column(String(600), default="")
    assistance: Mapped[str] = mapped_column(Text, default="")
    pack: Mapped[str] = mapped_column(String(100), default="")
    approval: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[datetime]


class Person(PublicIdMixin, Base):
    """Somebody with an account. A former name is kept nowhere.

    `lookup_off` answers every look-up of their certificates as if there were none.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    chosen_name: Mapped[str] = mapped_column(String(300))
    certificate_name: Mapped[str] = mapped_column(String(300), default="")
    password_hash: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(16), default="en")
    mail_wanted: Mapped[bool] = mapped_column(default=False)
    lookup_off: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class PersonKey(Base):
    """A person's own data key, wrapped by the installation's master key."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Address(Base):
    """An e-mail address of a person: one first, at most one second."""

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("normalised"),
        UniqueConstraint("person_id", "rank"),
        CheckConstraint("rank in (1, 2)", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rank: Mapped[int]
    written: Mapped[str] = mapped_column(String(320))
    normalised: Mapped[str] = mapped_column(String(320))
    confirmed_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role held in an organisation, or in one of its cohorts, from a date to a date."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "role in ('trainer','supervisor','coordinator','author','host-manager','evaluator',"
            "'administrator')",
            name="role",
        ),
        CheckConstraint("until_on is null or until_on >= from_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    role: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


class Invitation(PublicIdMixin, Base):
    """An offer of an account, used once. `role` is 'trainee' or a role of RoleGrant.

    The link itself is never stored: only its hash is.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    written: Mapped[str] = mapped_column(String(320))
    normalised: Mapped[str] = mapped_column(String(320), index=True)
    chosen_name: Mapped[str] = mapped_column(String(300), default="")
    role: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64))
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
