"""Organisations: who runs programmes here, and whom to turn to in them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Organisation
from lms.services.audit import record_act
from lms.services.errors import ClashError, MissingError


def make_organisation(
    session: Session, *, name: str, zone: str, language: str, now: datetime
) -> Organisation:
    """Make an organisation; it has no contact on duty until somebody enters one."""
    organisation = Organisation(name=name, zone=zone, language=language, created_at=now)
    session.add(organisation)
    session.flush()
    record_act(session, "organisation-made", now=now, chain=organisation.id)
    return organisation


def get_organisation(session: Session, public_id: str) -> Organisation:
    """Return an organisation by the id in its address."""
    found = session.scalars(
        select(Organisation).where(Organisation.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise MissingError
    return found


def today_in(zone: str, now: datetime) -> date:
    """Return the calendar date of an instant in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


CHOSEN = ("pack", "approval")
"""What is chosen and not written: the trail says which it is."""


@dataclass(frozen=True, slots=True)
class OrganisationWords:
    """What a coordinator may write about an organisation.

    `assistance` says who outside it talks in confidence with its people; `pack` names its local
    pack, if any; `approval` is how certificates are issued.
    """

    name: str
    zone: str
    language: str
    duty_name: str = ""
    duty_reach: str = ""
    duty_hours: str = ""
    duty_emergency: str = ""
    assistance: str = ""
    pack: str = ""
    approval: str = ""


def words_of_organisation(organisation: Organisation) -> OrganisationWords:
    """Return what is written about an organisation now."""
    return OrganisationWords(
        name=organisation.name,
        zone=organisation.zone,
        language=organisation.language,
        duty_name=organisation.duty_name,
        duty_reach=organisation.duty_reach,
        duty_hours=organisation.duty_hours,
        duty_emergency=organisation.duty_emergency,
        assistance=organisation.assistance,
        pack=organisation.pack,
        approval=organisation.approval,
    )


def change_organisation(
    session: Session,
    organisation: Organisation,
    words: OrganisationWords,
    *,
    seen: dict[str, str],
    by: int,
    now: datetime,
) -> None:
    """Write what a coordinator says about the organisation.

    Shape: `seen` is what the page showed when the writing began; a key it lacks is not compared.
    Raises: ClashError where somebody else changed something meanwhile.
    """
    lock_row(session, organisation)
    present, wanted = asdict(words_of_organisation(organisation)), asdict(words)
    if present == wanted:
        return
    if any(present[key] != seen.get(key, present[key]) for key in present):
        raise ClashError(present, wanted, 0)
    changed = [key for key in wanted if wanted[key] != present[key]]
    for key in changed:
        setattr(organisation, key, wanted[key])
    session.flush()
    chosen: dict[str, Any] = {key: wanted[key] for key in CHOSEN if key in changed}
    record_act(
        session,
        "organisation-changed",
        now=now,
        chain=organisation.id,
        actor_id=by,
        subject=f"organisation:{organisation.public_id}",
        what=" ".join(changed),
        **chosen,
    )
