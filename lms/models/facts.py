"""What every fact about a person's training carries: whose, when it happened, when recorded."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import PublicIdMixin


class FactMixin(PublicIdMixin):
    """Append-only: a correction sets `replaced_at` on the old row and adds a new one."""

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
