"""How an organisation prints: its mark, address, signatories, paper and language."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.content.images import clean_mark
from lms.db import lock_row
from lms.documents.certificate import Paper
from lms.models import Letterhead, Organisation
from lms.services.audit import record_act
from lms.services.errors import ClashError


@dataclass(frozen=True, slots=True)
class LetterheadWords:
    """What an organisation's documents carry beside their own words; what is empty is left out.

    `approval` is a provider or approval number as it is to be read; an empty `language` is the
    programme's own.
    """

    address: str = ""
    approval: str = ""
    first_name: str = ""
    first_role: str = ""
    second_name: str = ""
    second_role: str = ""
    paper: str = Paper.A4.value
    language: str = ""


FIELDS = tuple(LetterheadWords.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Mark:
    """The organisation's mark: a JPEG, and what it shows in words."""

    data: bytes
    words: str


def words_of_letterhead(session: Session, organisation_id: int) -> LetterheadWords:
    """Return how an organisation prints now; plainly, where nobody has chosen anything."""
    found = session.get(Letterhead, organisation_id)
    if found is None:
        return LetterheadWords()
    return LetterheadWords(**{name: getattr(found, name) for name in FIELDS})


def find_mark(session: Session, organisation_id: int) -> Mark | None:
    """Return the organisation's mark, or None where it has none."""
    found = session.get(Letterhead, organisation_id)
    if found is None or found.mark is None:
        return None
    return Mark(found.mark, found.mark_words)


def _held(session: Session, organisation: Organisation) -> Letterhead:
    """Return the letterhead of an organisation, whose row is held until the transaction ends."""
    lock_row(session, organisation)
    found = session.get(Letterhead, organisation.id, populate_existing=True)
    if found is None:
        found = Letterhead(organisation_id=organisation.id, **asdict(LetterheadWords()))
        found.mark_words = ""
        session.add(found)
    return found


def change_letterhead(
    session: Session,
    organisation: Organisation,
    words: LetterheadWords,
    *,
    seen: dict[str, str],
    by: int,
    now: datetime,
) -> None:
    """Write how an organisation prints from now on; what was issued stays as it is.

    Shape: `seen` is what the page showed when the writing began; a key it lacks is not compared.
    Raises: ClashError where somebody else changed something meanwhile.
    """
    held = _held(session, organisation)
    present, wanted = {name: getattr(held, name) for name in FIELDS}, asdict(words)
    if present == wanted:
        return
    if any(present[key] != seen.get(key, present[key]) for key in present):
        raise ClashError(present, wanted, 0)
    changed = [key for key in wanted if wanted[key] != present[key]]
    for key in changed:
        setattr(held, key, wanted[key])
    _note(session, organisation, by, now, " ".join(changed))


def put_mark(
    session: Session, organisation: Organisation, data: bytes, words: str, *, by: int, now: datetime
) -> None:
    """Take a picture as the organisation's mark, made anew, with words for who cannot see it.

    Raises: PictureError.
    """
    clean = clean_mark(data)
    held = _held(session, organisation)
    held.mark, held.mark_words = clean, words
    _note(session, organisation, by, now, "mark")


def remove_mark(session: Session, organisation: Organisation, *, by: int, now: datetime) -> None:
    """Take the mark away; documents carry the organisation's name alone."""
    held = _held(session, organisation)
    if held.mark is None:
        return
    held.mark, held.mark_words = None, ""
    _note(session, organisation, by, now, "mark")


def _note(session: Session, organisation: Organisation, by: int, now: datetime, what: str) -> None:
    session.flush()
    record_act(
        session,
        "letterhead-changed",
        now=now,
        chain=organisation.id,
        actor_id=by,
        subject=f"organisation:{organisation.public_id}",
        what=what,
    )
