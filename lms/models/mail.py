"""Mail queued in the act's transaction and sent after it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Mail(Base):
    """One message. Its body is emptied once it has been sent: links in it are keys."""

    __tablename__ = "mail"
    __table_args__ = (CheckConstraint("state in ('queued','sent','given-up')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="queued")
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
