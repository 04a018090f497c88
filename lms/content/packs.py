"""Jurisdiction packs from their files: what stands in them, who checked it, and when."""

import re
from pathlib import Path
from typing import Any

from lms.content.checks import check_file_name, check_ids, check_shared
from lms.content.definitions import Written, read_written, walk
from lms.content.errors import ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, read_text
from lms.rules.curriculum import Pack, PackEntry, Site

FOLDER = "jurisdictions"

_OF_A_SERVICE = ("how_in", "wait", "cost", "suits")
_DIGITS = re.compile(r"(?:[0-9][\s().-]*){3,}")


def read_pack(path: Path, problems: Problems) -> Written[Pack] | None:
    """Return a pack as written, or None; it is checked by itself."""
    text = read_text(path, problems, YAML_LIMIT_BYTES)
    written = read_written(Pack, text, problems) if text is not None else None
    if written is None:
        return None
    pack = written.value
    check_file_name(written, pack.id, path)
    check_ids(written, pack.entries, "entries")
    if not pack.entries:
        written.add(ProblemCode.EMPTY, "A pack needs an entry.", "entries")
    if pack.review_by <= pack.reviewed_on:
        message = "'review_by' must be after 'reviewed_on'."
        written.add(ProblemCode.OUT_OF_RANGE, message, "review_by")
    for position, entry in enumerate(pack.entries):
        _check_entry(written, entry, position)
    return written


def check_pack(written: Written[Pack], references: set[str] | None) -> None:
    """Check what a pack needs of other files, and the addresses it names."""
    check_shared(written, references)
    for place, value in walk(written.value):
        if isinstance(value, Site) and not re.fullmatch(r"https?://[^\s/]\S*", value.address):
            message = "'address' must start with https:// and hold no spaces."
            written.add(ProblemCode.LINK_NOT_ALLOWED, message, *place, "address")


def _check_entry(written: Written[Pack], entry: PackEntry, position: int) -> None:
    place = ("entries", position)
    if entry.kind == "service":
        for key in _OF_A_SERVICE:
            if not getattr(entry, key).strip():
                message = f"'{key}' is missing. A service says it, even where it is not known."
                written.add(ProblemCode.MISSING_KEY, message, *place, key)
    if entry.kind == "number" and not entry.contact.strip():
        message = "'contact' is missing. A number needs it."
        written.add(ProblemCode.MISSING_KEY, message, *place, "contact")
    if written.value.demo:
        _check_invented(written, entry, place)
    elif entry.source is None:
        message = "'source' is missing. Say where this was looked up: a reference, or a page."
        written.add(ProblemCode.NO_SOURCE, message, *place, "source")


def _check_invented(written: Written[Any], entry: PackEntry, place: tuple[str | int, ...]) -> None:
    """An invented pack must never send anybody to a real telephone."""
    for key in ("title", "words", *_OF_A_SERVICE, "contact"):
        if _DIGITS.search(getattr(entry, key)):
            message = f"'{key}' holds a number that might be real. Write it without digits."
            written.add(ProblemCode.PACK, message, *place, key)
