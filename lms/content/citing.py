"""How a source is named inside a sentence: short words and the year."""

import re

from lms.rules.definitions import Reference

_INITIALS = re.compile(r",\s*(?:[A-Z]\.[ -]?)+")
_JOINS = re.compile(r"\s*,?\s*(?:&|\band\b)\s*|\s*[,;]\s+")
_FIRST_WORDS = 4


def short_words(reference: Reference) -> str:
    """Return how a citation names a source, such as `Gilbert 2025` or `Liversage and others 2025`.

    Edge: without `short`, the words before the year in brackets tell, else the first four words.
    """
    return f"{reference.short or _authors(reference)} {reference.year}"


def _authors(reference: Reference) -> str:
    before, bracket, _ = reference.cite.partition(f"({reference.year})")
    if not bracket:
        words = reference.cite.split()
        return " ".join(words[:_FIRST_WORDS]).rstrip(".,;:")
    written = _INITIALS.sub("", before.strip()).rstrip(" .,")
    if written.endswith(("and colleagues", "and others", "et al")):
        return written.removesuffix("et al").removesuffix("and colleagues").strip() + (
            "" if written.endswith("and others") else " and others"
        )
    names = [name for name in _JOINS.split(written) if name]
    if len(names) > 2:
        return f"{names[0]} and others"
    return " and ".join(names) or reference.id
