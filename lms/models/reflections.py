"""Private reflections: sealed, read by nobody but their writer."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, PublicIdMixin


class Reflection(PublicIdMixin, Base):
    """What a trainee wrote beside a lesson's reflection prompt."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("person_id", "module", "lesson", "block"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    module: Mapped[str] = mapped_column(String(100))
    lesson: Mapped[str] = mapped_column(String(100))
    block: Mapped[str] = mapped_column(String(120))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
