"""Unsent words, sealed, and the acts already done once."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Draft(Base):
    """What a person has typed and not yet sent, by the form's key."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str] = mapped_column(String(160))
    version: Mapped[int] = mapped_column(default=1)
    op_id: Mapped[str] = mapped_column(String(40), default="")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]


class SpentAct(Base):
    """A form that was acted on: sending it again changes nothing and leads to `result`."""

    __tablename__ = "spent_act"

    op_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    result: Mapped[str] = mapped_column(String(200), default="")
    spent_at: Mapped[datetime]
