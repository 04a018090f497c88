"""Sign-ins, one-time links and the buckets that slow a hammering."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, PublicIdMixin


class Signin(PublicIdMixin, Base):
    """One device signed in. Only the token's hash is kept, no address and no place."""

    __tablename__ = "signin"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(60))
    shared_device: Mapped[bool] = mapped_column(default=False)
    started_on: Mapped[date]
    last_used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OneTimeLink(Base):
    """A link for a reset or for confirming an address: hashed, dated, used once."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("purpose in ('reset','confirm-address')", name="purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    written: Mapped[str] = mapped_column(String(320), default="")
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RateBucket(Base):
    """How often something was tried within a window; it slows and never locks."""

    __tablename__ = "rate_bucket"

    k: Mapped[str] = mapped_column(String(100), primary_key=True)
    n: Mapped[int]
    exp: Mapped[int]
