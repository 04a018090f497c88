"""Translations: every string of the pages is in the catalogue, and every catalogue compiles.

python -m tests.translations            says what is missing
python -m tests.translations --update   extracts, updates and compiles
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "lms" / "translations"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "phrase": None,
    "plural": (1, 2),
    "N_": None,
}
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true"}, "**.txt": {"trimmed": "true"}}


def extracted() -> Catalog:
    """Return every string of the application and its templates."""
    catalog = Catalog(project="Alongside", charset="utf-8", header_comment="# Alongside")
    for folder in ("lms", "templates"):
        found = extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
        )
        for _file, _line, message, _comments, context in found:
            catalog.add(message, context=context)
    return catalog


def _po(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def read(language: str) -> Catalog:
    """Return a language's catalogue as written."""
    with _po(language).open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Return the strings that a language's catalogue does not have yet."""
    catalog = read(language)
    return [
        str(message.id)
        for message in extracted()
        if message.id and (catalog.get(message.id) is None)
    ]


def update(language: str) -> None:
    """Bring a catalogue up to date and compile it."""
    catalog = read(language)
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with _po(language).open("wb") as file:
        write_po(file, catalog, width=100, no_location=True, omit_header=False)
    with _po(language).with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def main() -> int:
    """Check, or update, every language."""
    if "--update" in sys.argv:
        for language in languages():
            update(language)
    late = {language: missing(language) for language in languages()}
    for language, strings in late.items():
        for text in strings[:20]:
            sys.stderr.write(f"{language}: not in the catalogue: {text}\n")
    return 1 if any(late.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
