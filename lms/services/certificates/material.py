"""What documents are made of beside their basis: read once, for one place as for a whole cohort."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.services.certificates.basis import Basis
from lms.services.certificates.choosing import Choices, choices_by_place
from lms.services.certificates.facts import Signed, signed_by_place
from lms.services.certificates.holding import Held, held_by
from lms.services.certificates.letterhead import (
    LetterheadWords,
    Mark,
    find_mark,
    words_of_letterhead,
)


@dataclass(frozen=True, slots=True)
class Material:
    """What an organisation's documents carry, and what is known of each place and holder."""

    letterhead: LetterheadWords
    mark: Mark | None
    choices: Choices
    held: Held
    signed: Signed


def material_for(session: Session, bases: Sequence[Basis]) -> Material:
    """Return what the documents of some bases are made of, in a fixed number of queries.

    Shape: the bases, one at least, are of one cohort and one day.
    """
    organisation_id = bases[0].place.cohort.organisation_id
    places = [basis.place.id for basis in bases]
    people = [basis.place.person_id for basis in bases]
    return Material(
        letterhead=words_of_letterhead(session, organisation_id),
        mark=find_mark(session, organisation_id),
        choices=choices_by_place(session, places),
        held=held_by(session, people, on=bases[0].today),
        signed=signed_by_place(session, places),
    )
