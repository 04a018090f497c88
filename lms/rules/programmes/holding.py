"""What a programme says of holding its certificate: its standing, and what is owed meanwhile."""

from datetime import date

from lms.rules.programmes.nodes import Signature
from lms.rules.programmes.programme import Programme, Standing, standing_on
from lms.rules.programmes.quantities import Length, is_to_be_set, length_from


def standing_of(programme: Programme, last_day: date | None, on: date) -> Standing:
    """Return where a certificate of a programme, whose last valid day is `last_day`, stands.

    Edge:   a provisional one says so for as long as nothing more pressing is to be said.
    Source: certification-rules, rule kinds F5, G8 and G10.
    """
    found = standing_on(programme.renewal, last_day, on)
    if found is Standing.CURRENT and programme.validity.provisional:
        return Standing.PROVISIONAL
    return found


def answer_time(programme: Programme) -> Length | None:
    """Return how long somebody has at least to answer before a revocation, None where none is set.

    Edge: a time still to be set is taken as none.
    """
    text = programme.due_process.answer if programme.due_process else ""
    return None if not text or is_to_be_set(text) else length_from(text)


def agreements_to_renew(programme: Programme) -> dict[str, str]:
    """Return the agreements that renewing asks to be signed, each with its requirement's id."""
    asked = programme.renewal.requirements if programme.renewal else ()
    return {node.agreement: node.id for node in asked if isinstance(node, Signature)}
