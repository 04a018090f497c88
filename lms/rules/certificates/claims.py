"""What a document says in public, what its holder hides, and the seal on its facts."""

import hashlib
from collections.abc import Collection, Mapping
from enum import StrEnum

SALT_BYTES = 32


class Claim(StrEnum):
    """One thing that a document says in public; its holder may hide each but the kind.

    `programme` is the plain title, `title` the one that implies lived experience, where it was
    chosen. `covers` goes with what the document does not qualify for.
    """

    KIND = "kind"
    NAME = "name"
    PROGRAMME = "programme"
    TITLE = "title"
    ENDORSEMENT = "endorsement"
    LINES = "lines"
    ORGANISATION = "organisation"
    ADDRESS = "address"
    APPROVAL = "approval"
    COVERS = "covers"
    DOES_NOT_QUALIFY = "does_not_qualify"
    MODULES = "modules"
    HOURS = "hours"
    ASSESSMENT = "assessment"
    TOOK_PART_FROM = "took_part_from"
    TOOK_PART_UNTIL = "took_part_until"
    TRAINER = "trainer"
    SIGNED_BY = "signed_by"
    VERSION = "version"
    ISSUED_ON = "issued_on"
    VALID_UNTIL = "valid_until"
    NUMBER = "number"


DAYS = frozenset({Claim.TOOK_PART_FROM, Claim.TOOK_PART_UNTIL, Claim.ISSUED_ON, Claim.VALID_UNTIL})
"""The claims whose value is a day, as an ISO date."""

ALWAYS = (Claim.KIND,)
"""What nobody hides: a letter must not be taken for a certificate."""

CHOICES: dict[Claim, tuple[Claim, ...]] = {
    Claim.NAME: (Claim.NAME,),
    Claim.PROGRAMME: (Claim.PROGRAMME, Claim.VERSION),
    Claim.TITLE: (Claim.TITLE,),
    Claim.ENDORSEMENT: (Claim.ENDORSEMENT,),
    Claim.LINES: (Claim.LINES,),
    Claim.ORGANISATION: (Claim.ORGANISATION, Claim.ADDRESS, Claim.APPROVAL),
    Claim.COVERS: (Claim.COVERS, Claim.DOES_NOT_QUALIFY),
    Claim.HOURS: (
        *(Claim.MODULES, Claim.HOURS, Claim.ASSESSMENT),
        *(Claim.TOOK_PART_FROM, Claim.TOOK_PART_UNTIL),
    ),
    Claim.SIGNED_BY: (Claim.TRAINER, Claim.SIGNED_BY),
    Claim.ISSUED_ON: (Claim.ISSUED_ON,),
    Claim.VALID_UNTIL: (Claim.VALID_UNTIL,),
    Claim.NUMBER: (Claim.NUMBER,),
}
"""What a holder chooses to show or hide, and which claims each choice is about."""


def claims_shown(claims: Mapping[str, str | None], hidden: Collection[str]) -> dict[Claim, str]:
    """Return what the check page may say, in the order it is said; `hidden` holds choices.

    Edge: names that are no choice hide nothing; a claim without a value is left out.
    """
    shown = {claim for choice, part in CHOICES.items() if choice not in hidden for claim in part}
    shown.update(ALWAYS)
    return {claim: value for claim in Claim if claim in shown and (value := claims.get(claim))}


def choices_in(claims: Mapping[str, str | None]) -> tuple[Claim, ...]:
    """Return the choices a holder has about a document: those about something that it says."""
    return tuple(
        choice for choice, part in CHOICES.items() if any(claims.get(claim) for claim in part)
    )


def seal(facts: str, salt: bytes) -> str:
    """Return the SHA-256, in hex, of the salt followed by the facts.

    Shape:  `facts` is canonical JSON: sorted keys, NFC, no floats, no white space between tokens.
    Raises: ValueError unless the salt has 32 bytes; a fixed length keeps the two parts apart.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a seal takes a salt of {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(salt + facts.encode()).hexdigest()
