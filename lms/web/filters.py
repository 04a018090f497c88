"""How dates, durations, shares and codes are written for the eye, and how a field is described."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale, dates, numbers
from flask import Flask, has_app_context
from flask_babel import gettext
from wtforms import Field, RadioField, SelectMultipleField
from wtforms.widgets import ListWidget

from lms.rules.certificates import format_code
from lms.services.sealed import is_readable

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
ENGLISH, BRITISH = Locale.parse("en"), Locale.parse("en_GB")


def current_locale() -> Locale:
    """Return the reader's locale; plain English is British."""
    found: Locale | None = flask_babel.get_locale() if has_app_context() else None
    return BRITISH if found is None or found == ENGLISH else found


def date_words(day: date, locale: Locale | None = None) -> str:
    """Return a calendar date in words: "3 May 2027"."""
    return _date_words(day, locale or current_locale())


@lru_cache(maxsize=4096)
def _date_words(day: date, locale: Locale) -> str:
    return dates.format_date(day, "long", locale)


def datetime_words(instant: datetime, zone: str, locale: Locale | None = None) -> str:
    """Return an instant as date and clock in a zone: "3 May 2027, 14:05".

    Units: `instant` is aware; `zone` is an IANA name, the programme's.
    """
    local = instant.astimezone(ZoneInfo(zone))
    chosen = locale or current_locale()
    return f"{date_words(local.date(), chosen)}, {clock_words(local, chosen)}"


def clock_words(local: datetime, locale: Locale | None = None) -> str:
    """Return the clock of a datetime as it stands, without seconds: "14:05"."""
    return dates.format_time(local, "short", locale=locale or current_locale())


def minutes_words(minutes: int, locale: Locale | None = None) -> str:
    """Return whole minutes as "2 h 30 min"; the signs are those of the SI and need no translation.

    Edge: nothing is "0 min"; less than nothing keeps its sign.
    """
    hours, rest = divmod(abs(minutes), 60)
    parts = []
    if hours:
        parts.append(f"{_number(hours, locale)}{NO_BREAK_SPACE}h")
    if rest or not hours:
        parts.append(f"{rest}{NO_BREAK_SPACE}min")
    sign = "\N{MINUS SIGN}" if minutes < 0 else ""
    return _in_order(sign + " ".join(parts), locale)


def percent_words(percent: Fraction | int, locale: Locale | None = None) -> str:
    """Return a percentage as "81.5 %": one decimal, rounded half up, none where it is whole.

    Units: 0 to 100, exact.
    """
    tenths = (Fraction(percent) * 10 + Fraction(1, 2)).__floor__()
    return _in_order(f"{_number(Decimal(tenths) / 10, locale)}{NARROW_SPACE}%", locale)


def _number(value: int | Decimal, locale: Locale | None) -> str:
    return _number_words(value, locale or current_locale())


@lru_cache(maxsize=4096)
def _number_words(value: int | Decimal, locale: Locale) -> str:
    return numbers.format_decimal(value, "#,##0.#", locale)


def _in_order(text: str, locale: Locale | None) -> str:
    """Return the text so that number and sign keep their order in a right-to-left script."""
    if (locale or current_locale()).text_direction == "ltr":
        return text
    return f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def code_groups(code: str) -> list[str]:
    """Return a certificate's code as the groups it is printed in."""
    return format_code(code).split(" ")


def reach_address(reach: str) -> str | None:
    """Return the link that calls or writes, or None for words that are neither."""
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", reach):
        return f"mailto:{reach}"
    if re.fullmatch(r"\+?[\d\s().-]{3,20}", reach):
        return "tel:" + re.sub(r"\(0\)|[^\d+]", "", reach)
    return None


def field_attributes(field: Field, hint: str, further: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that tie a field to its hint and its error, with any further ones."""
    attributes = dict(further)
    below = [f"{field.id}-hint"] if hint else []
    if field.errors:
        below.append(f"{field.id}-error")
        attributes["aria-invalid"] = "true"
    if below:
        attributes["aria-describedby"] = " ".join(below)
    return attributes


def first_control(field: Field) -> str:
    """Return the id of the first thing to type in or press in a field."""
    if field.type == "MinutesField":
        return f"{field.id}-hours"
    if isinstance(field, (RadioField, SelectMultipleField)) and isinstance(
        field.widget, ListWidget
    ):
        return f"{field.id}-0"
    return str(field.id)


def opened(text: str) -> str:
    """Return a text that was sealed, a kind sentence where it cannot be opened just now."""
    if is_readable(text):
        return text
    words = gettext(
        "These words cannot be opened just now. Nothing was thrown away. "
        "Tell the office, so that somebody can look."
    )
    return str(words)


FILTERS: tuple[Callable[..., Any], ...] = (
    date_words,
    datetime_words,
    clock_words,
    minutes_words,
    percent_words,
    code_groups,
    reach_address,
    field_attributes,
    first_control,
    opened,
)


def install(app: Flask) -> None:
    """Give templates every filter under its own name."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
