"""The translations hold together: they compile, keep their placeholders and cover the journey."""

import re
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo

from lms.words import LANGUAGES, LOCALES, letter
from tests.translations import KEYWORDS, METHODS, OPTIONS, ROOT, languages, read

JOURNEY = [
    "today",
    "curriculum",
    "agreements",
    "assessments",
    "roleplays",
    "gatherings",
    "hours",
    "record",
    "certificates",
    "account",
    "signin",
    "help",
    "components",
]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%%")
HARSH = re.compile(r"\b(fallid|inválid|denegad|prohibid|ilegal|error)\w*|[!¡]", re.I)
Text = str | tuple[str, ...] | list[str]


def forms(text: Text) -> list[str]:
    """Return the one or two forms of a string."""
    return [text] if isinstance(text, str) else list(text)


def translated(catalog: Catalog) -> dict[tuple[str, ...], list[str]]:
    """Return what a catalogue says, by string, where every form is filled in."""
    rows = {tuple(forms(m.id)): forms(m.string) for m in catalog if m.id}
    return {ids: strings for ids, strings in rows.items() if all(strings)}


def journey() -> set[tuple[str, ...]]:
    """Return every string of the templates that a trainee meets."""
    found = [
        message
        for area in JOURNEY
        for _, _, message, _, _ in extract_from_dir(
            ROOT / "templates" / area, METHODS, OPTIONS, keywords=KEYWORDS
        )
    ]
    found += [
        message
        for _, _, message, _, _ in extract_from_dir(
            ROOT / "templates",
            [("base.html", "jinja2")],
            {"base.html": {"trimmed": "true"}},
            keywords=KEYWORDS,
        )
    ]
    return {tuple(forms(message)) for message in found}


def test_every_language_on_offer_has_a_catalogue():
    assert sorted(LANGUAGES.keys() - {"en"}) == languages()


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_compiles(language):
    compiled = BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    assert len(translated(read_mo(compiled))) >= len(translated(read(language))) > 0


@pytest.mark.parametrize("language", languages())
def test_what_is_compiled_is_what_is_written(language):
    with (LOCALES / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = translated(read_mo(file))
    written = translated(read(language))
    assert {ids for ids in written if compiled.get(ids) != written[ids]} == set()


@pytest.mark.parametrize("language", languages())
def test_placeholders_are_the_same_in_both_languages(language):
    def marks(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    differing = [
        text
        for ids, strings in translated(read(language)).items()
        for number, text in enumerate(strings)
        if marks(text) != marks(ids[min(number, len(ids) - 1)])
    ]
    assert differing == []


@pytest.mark.parametrize("language", languages())
def test_nothing_is_left_as_a_guess(language):
    assert [m.id for m in read(language) if m.id and m.fuzzy] == []


def test_a_trainee_reads_spanish_from_sign_in_to_certificate():
    asked = journey()
    missing = asked - translated(read("es")).keys()
    assert len(asked) > 300
    assert len(missing) <= 0.05 * len(asked), sorted(missing)


def test_spanish_keeps_the_calm_voice():
    words = [text for strings in translated(read("es")).values() for text in strings]
    assert [text for text in words if HARSH.search(text)] == []


def test_a_letter_goes_out_in_spanish():
    subject, body = letter(
        ROOT / "templates", "invitation", "es", link="https://example.org/x", days="14"
    )
    assert subject == "Una invitación"
    assert "durante 14 días" in body
