"""What text may be rendered at all: limits of size and depth, so that no text can hang a page."""

import re

from lms.content.errors import ProblemCode
from lms.content.markdown.links import Finding

TEXT_LIMIT = 200_000
BLOCK_LIMIT = 8_000
LINES_LIMIT = 120
DEPTH_LIMIT = 10
BRACKETS_LIMIT = 20

_BLANK = re.compile(r"\n[ \t]*\n")
_PREFIX = re.compile(r"(?:[ \t]|>|[-*+:][ \t]|[0-9]{1,9}[.)][ \t])*")
_MARKER = re.compile(r"[-*+:] |[0-9][.)] ")
_BRACKET = re.compile(r"[\[\]()]")


def heavy_part(text: str, *, line: bool) -> Finding | None:
    """Return the first part that is too long or nested too deeply, or None if all is well.

    Units: at most 200,000 characters in all; 8,000 characters and 120 lines between two empty
           lines (in all, where the text is read as one `line`); ten levels of lists and quotes;
           twenty brackets inside each other.
    """
    if len(text) > TEXT_LIMIT:
        message = f"This text is longer than {TEXT_LIMIT:,} characters. Divide it."
        return Finding(ProblemCode.TOO_LARGE, message, text[:40])
    for block in [text] if line else _BLANK.split(text):
        heavy = _heavy_block(block.strip())
        if heavy is not None:
            return heavy
    return None


def _heavy_block(block: str) -> Finding | None:
    if len(block) > BLOCK_LIMIT or block.count("\n") >= LINES_LIMIT:
        limits = f"{BLOCK_LIMIT:,} characters or {LINES_LIMIT} lines"
        message = f"This goes on for more than {limits}. Add an empty line."
        return Finding(ProblemCode.TOO_LARGE, message, block[:40].split("\n")[0])
    if _most_open(block) > BRACKETS_LIMIT:
        message = f"More than {BRACKETS_LIMIT} brackets are open here. Close them, or use fewer."
        return Finding(ProblemCode.TOO_DEEP, message, block[:40].split("\n")[0])
    for line in block.split("\n"):
        if _depth(line) > DEPTH_LIMIT:
            message = f"Lists and quotes are more than {DEPTH_LIMIT} deep here. Make them flatter."
            return Finding(ProblemCode.TOO_DEEP, message, line.strip()[:40])
    return None


def _depth(line: str) -> int:
    prefix = _PREFIX.match(line)
    if not prefix or not prefix[0]:
        return 0
    lead = prefix[0].expandtabs(4)
    return lead.count(">") + len(_MARKER.findall(lead)) + lead.count(" ") // 4


def _most_open(block: str) -> int:
    """Return how many brackets of one kind are open at once, at most."""
    most, now = 0, {"[": 0, "(": 0}
    for sign in _BRACKET.findall(block):
        if sign in now:
            now[sign] += 1
            most = max(most, now[sign])
        else:
            kind = "[" if sign == "]" else "("
            now[kind] = max(0, now[kind] - 1)
    return most
