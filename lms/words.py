"""Translations and the one plain Jinja environment for mail and documents; no Flask."""

import gettext as gettext_module
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LANGUAGES = {"en": "English", "es": "Español"}
LOCALES = Path(__file__).parent / "translations"


@cache
def translations_for(language: str) -> gettext_module.NullTranslations:
    """Return the catalogue of a language; English is the text itself."""
    return gettext_module.translation("messages", LOCALES, [language], fallback=True)


@cache
def _environment(folder: Path, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 (plain text letters, never HTML)
        keep_trailing_newline=True,
    )
    catalogue = translations_for(language)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    return environment


def letter(folder: Path, name: str, language: str, **values: str) -> tuple[str, str]:
    """Return (subject, body) of the letter `folder/email/<name>.txt`; line one is its subject."""
    text = _environment(folder, language).get_template(f"email/{name}.txt").render(**values)
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"
