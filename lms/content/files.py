"""Reading a file of content as text: size, encoding and characters are checked before meaning."""

import re
import unicodedata
from os import fstat
from pathlib import Path

from lms.content.errors import ProblemCode, Problems

YAML_LIMIT_BYTES = 1_000_000
LESSON_LIMIT_BYTES = 200_000

_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STRANGE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def read_text(path: Path, problems: Problems, limit_bytes: int) -> str | None:
    """Return the text of a file, or None where it cannot be read; then the reason is noted."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit_bytes + 1)
            size = max(len(raw), fstat(file.fileno()).st_size)
    except OSError:
        message = "This file cannot be opened. Check that it exists and may be read."
        problems.add(ProblemCode.UNREADABLE, message)
        return None
    if len(raw) > limit_bytes:
        problems.add(ProblemCode.TOO_LARGE, _too_large(size, limit_bytes))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = raw.count(b"\n", 0, broken.start) + 1
        message = "This line is not written in UTF-8. Save the file as UTF-8."
        problems.add(ProblemCode.UNREADABLE, message, line=line)
        return None
    return tidy_text(text, problems, limit_bytes)


def tidy_text(text: str, problems: Problems, limit_bytes: int, first_line: int = 1) -> str | None:
    """Return text with plain line ends and in NFC, or None where a character is not for reading."""
    if len(text) > limit_bytes:
        problems.add(ProblemCode.TOO_LARGE, _too_large(len(text), limit_bytes), line=first_line)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    strange = _STRANGE.search(text)
    if strange:
        message = f"A hidden character (U+{ord(strange[0]):04X}) is in this line. Take it out."
        line = line_at(text, strange.start(), first_line)
        problems.add(ProblemCode.UNREADABLE, message, line=line)
        return None
    return unicodedata.normalize("NFC", text)


def line_at(text: str, offset: int, first_line: int = 1) -> int:
    """Return the line of a character, where the text's own first line is `first_line`."""
    return first_line + text.count("\n", 0, offset)


def is_kebab(name: str) -> bool:
    """Return whether a name is in kebab-case: small letters and digits, joined by hyphens."""
    return len(name) <= 80 and _KEBAB.fullmatch(name) is not None


def _too_large(size: int, limit: int) -> str:
    return f"This is too large: {size:,} of at most {limit:,} bytes. Divide it."
