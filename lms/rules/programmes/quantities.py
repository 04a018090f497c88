"""Figures as an author writes them ("46 h", "70 %", "12 months"), read into exact values."""

import calendar
import re
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

TO_BE_SET = "to be set"
"""Stands where a figure has no source yet; a programme that holds it cannot open."""

Duration = str
"""Working time with its unit: "46 h", "90 min", "22.5 h", "1 h 30 min"; whole minutes."""
Calendar = str
"""A stretch of the calendar: "90 days", "6 weeks", "12 months", "2 years"."""
Number = int | str
"""A whole number of at least 0, or "to be set"."""
Percent = int | str
"""0 to 100, exact: 70, "70 %", "66.5 %"; or "to be set"."""

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?) ?h)?(?: ?(\d+) ?min)?")
_CALENDAR = re.compile(r"(\d+) ?(day|week|month|year)s?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%?")


class Length(NamedTuple):
    """A stretch of the calendar; months keep their length of 28 to 31 days."""

    months: int
    days: int


def minutes_from(text: str) -> int:
    """Return the whole minutes of a duration.

    Raises: ValueError where the unit is missing or the minutes are not whole.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None or found.group(0) == "":
        raise ValueError('Write a time with its unit, such as "46 h" or "90 min".')
    total = Fraction(found.group(1) or 0) * 60 + int(found.group(2) or 0)
    if total.denominator != 1:
        raise ValueError("Write a time that comes to whole minutes.")
    return int(total)


def length_from(text: str) -> Length:
    """Return a stretch of the calendar. Raises: ValueError where it is not one."""
    found = _CALENDAR.fullmatch(text.strip())
    if found is None:
        raise ValueError('Write a stretch such as "90 days", "12 months" or "2 years".')
    number, unit = int(found.group(1)), found.group(2)
    days = {"day": number, "week": 7 * number}.get(unit, 0)
    months = {"month": number, "year": 12 * number}.get(unit, 0)
    return Length(months, days)


def percent_from(value: Percent) -> Fraction:
    """Return an exact percentage from 0 to 100. Raises: ValueError where it is not one."""
    found = _PERCENT.fullmatch(str(value).strip())
    if found is None or Fraction(found.group(1)) > 100:
        raise ValueError('Write a percentage from 0 to 100, such as "70 %".')
    return Fraction(found.group(1))


def number_from(value: Number) -> int:
    """Return a whole number of at least 0. Raises: ValueError where it is not one."""
    text = str(value).strip()
    if not (text.isascii() and text.isdigit()):
        raise ValueError("Write a whole number.")
    return int(text)


def is_to_be_set(value: object) -> bool:
    """Return whether a figure still waits for a coordinator."""
    return isinstance(value, str) and value.strip() == TO_BE_SET


def add_length(day: date, length: Length) -> date:
    """Return the day that many calendar months and days later.

    Edge: a day the month does not have becomes its last one; past the calendar, its last day.
    """
    months = day.year * 12 + day.month - 1 + length.months
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        return date.max if year > 9999 else date.min
    moved = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return add_days(moved, length.days)


def subtract_length(day: date, length: Length) -> date:
    """Return the day that many calendar months and days earlier."""
    return add_length(day, Length(-length.months, -length.days))


def add_days(day: date, days: int) -> date:
    """Return the day so many days on (back where negative), kept inside the calendar."""
    number = day.toordinal() + days
    if number > date.max.toordinal():
        return date.max
    return date.min if number < 1 else day + timedelta(days=days)
