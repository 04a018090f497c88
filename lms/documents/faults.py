"""What can go wrong when a page is drawn, without what draws it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from unicodedata import category, name

_PACKAGES = {
    ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO"): "fonts-droid-fallback",
    ("HANGUL",): "fonts-nanum",
    ("",): "fonts-noto-core",
}


class MissingGlyphError(ValueError):
    """No font at hand can show these characters, so the document would show boxes."""

    def __init__(self, characters: Sequence[str]) -> None:
        named = ", ".join(described(character) for character in characters)
        super().__init__(f"No font at hand can show: {named}.")
        self.characters = tuple(characters)


class ShapingMissingError(ValueError):
    """These characters need letters to be joined or stacked, which is not installed."""

    def __init__(self, characters: Sequence[str]) -> None:
        named = ", ".join(described(character) for character in characters)
        super().__init__(f"To set these, install the extra 'shaping': {named}.")
        self.characters = tuple(characters)


class FontFileError(ValueError):
    """A font an organisation added cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why} A TrueType font (.ttf or .ttc) is needed.")
        self.path = path


def described(character: str) -> str:
    """Return a character with its code point and Unicode name, for a sentence."""
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}(U+{ord(character):04X} {name(character, 'without a name')})"


def packages_with(characters: Iterable[str]) -> tuple[str, ...]:
    """Return the Debian packages whose TrueType fonts have such letters; of signs there is none."""
    names = [name(character, "") for character in characters if category(character)[0] in "LM"]
    found = (
        next(package for starts, package in _PACKAGES.items() if letter.startswith(starts))
        for letter in names
    )
    return tuple(dict.fromkeys(found))


class DoesNotFitError(ValueError):
    """The words are too many for one page, even when set small."""
