"""The public code: made of random bits, typed, pasted or scanned by anybody."""

import re
from datetime import date
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SYMBOLS = ALPHABET + "*~$=U"
CODE_LENGTH = 27
GROUP_LENGTH = 3
LONGEST_TYPED_CODE = 400

_BODY_LENGTH = CODE_LENGTH - 1
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_READ_AS = str.maketrans("OIL", "011")
_WIDE_TO_PLAIN = {0xFF01 + offset: 0x21 + offset for offset in range(94)}


class CodeFault(StrEnum):
    """What is wrong with a typed code before anything is looked up."""

    EMPTY = "code-empty"
    WRONG_CHARACTERS = "code-wrong-characters"
    TOO_SHORT = "code-too-short"
    TOO_LONG = "code-too-long"
    CHECK_DIFFERS = "code-check-differs"


def code_from_bytes(seventeen: bytes) -> str:
    """Return the public code for 17 random bytes, of which 130 bits are used.

    Shape:  26 characters of Crockford's base 32 and one check character, no spaces.
    Edge:   the number moves up to the next whose check character is a letter or digit: mail
            programs drop a sign at the end of an address. It costs less than three bits of 130.
    Raises: ValueError unless given exactly 17 bytes.
    Source: Douglas Crockford, Base 32, check symbols modulo 37.
    """
    if len(seventeen) != 17:
        raise ValueError(f"a code is made of 17 bytes, not {len(seventeen)}")
    number = int.from_bytes(seventeen, "big") >> 6
    while number % 37 >= len(ALPHABET):
        number = (number + 1) % (1 << 130)
    return _body(number) + CHECK_SYMBOLS[number % 37]


def _body(number: int) -> str:
    places = (number >> (5 * place) & 31 for place in reversed(range(_BODY_LENGTH)))
    return "".join(ALPHABET[place] for place in places)


def check_character(body: str) -> str:
    """Return the check character of a code's first 26 characters."""
    number = 0
    for character in body:
        number = number * 32 + ALPHABET.index(character)
    return CHECK_SYMBOLS[number % 37]


def format_code(code: str, separator: str = " ") -> str:
    """Return the code in groups of three, as it is printed and read aloud."""
    starts = range(0, len(code), GROUP_LENGTH)
    return separator.join(code[start : start + GROUP_LENGTH] for start in starts)


def parse_code(text: str) -> str | CodeFault:
    """Return the code somebody typed, pasted or scanned, or what is wrong with it.

    Edge: case, spaces and dashes do not matter, O is read as 0, I and L as 1; of a pasted address
          the last part is taken. The whole text may have 400 characters at most.
    """
    if len(text) > LONGEST_TYPED_CODE:
        return CodeFault.TOO_LONG
    code = _tidied(text)
    if not code:
        return CodeFault.EMPTY
    body, check = code[:_BODY_LENGTH], code[_BODY_LENGTH:]
    if any(letter not in ALPHABET for letter in body) or any(c not in CHECK_SYMBOLS for c in check):
        return CodeFault.WRONG_CHARACTERS
    if len(code) != CODE_LENGTH:
        return CodeFault.TOO_SHORT if len(code) < CODE_LENGTH else CodeFault.TOO_LONG
    return code if check == check_character(body) else CodeFault.CHECK_DIFFERS


def host_in(text: str) -> str | None:
    """Return the host of a pasted or scanned address, None where the text is no address.

    Edge: small letters, no port; whoever forges a QR code sends people to a host of their own.
    """
    scheme, mark, rest = text.strip().partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return None
    place = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    return place.partition(":")[0].lower() or None


class DayFault(StrEnum):
    """Why a day cannot be asked for."""

    NOT_A_DAY = "day-not-a-day"
    STILL_TO_COME = "day-still-to-come"


def day_asked(text: str) -> date | DayFault | None:
    """Return the day that a check is asked for, None where none was named.

    Shape: year first, as browsers send it.
    """
    typed = text.strip()
    if not typed:
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed) is None:
        return DayFault.NOT_A_DAY
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return DayFault.NOT_A_DAY


def _tidied(text: str) -> str:
    plain = text.translate(_WIDE_TO_PLAIN)
    last_part = plain.strip().split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
    kept = (c for c in last_part if not c.isspace() and c not in _DASHES and c.isprintable())
    return "".join(kept).upper().translate(_READ_AS)
