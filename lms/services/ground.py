"""What every use case stands on: one object with the keys and places an installation has."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from lms.config import Settings
from lms.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Ground:
    """Keys and places; put into `session.info['ground']` when a session is made."""

    master: Sealer
    audit_key: bytes
    data_dir: Path
    base_url: str
    extra_fonts: tuple[Path, ...] = ()


def ground_of(session: Session) -> Ground:
    """Return the ground that a session was made on."""
    ground: Ground = session.info["ground"]
    return ground


def ground_for(settings: Settings) -> Ground:
    """Return the keys and places that an installation's settings name."""
    return Ground(
        master=Sealer(settings.sealing_keys),
        audit_key=settings.audit_key,
        data_dir=settings.data_dir,
        base_url=settings.base_url,
        extra_fonts=settings.extra_fonts,
    )
