"""Form fields that WTForms does not have, or says in words that are not ours."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, Field, IntegerField, RadioField, SelectField, TimeField
from wtforms.utils import unset_value
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

BOXES = ("hours", "minutes")
MOST_DIGITS = 6


class MinutesField(Field):
    """Whole minutes, shown by `components/form.html` as a box of hours and a box of minutes.

    Units: `data` is minutes, or None where both boxes are empty or hold no whole number.
    Edge:  what was typed stays in `hours_text` and `minutes_text`, whatever it was.
    """

    widget = TextInput()
    hours_text = ""
    minutes_text = ""

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Take the boxes if they were sent, else the minutes given."""
        super().process(None, data, extra_filters)
        if formdata is not None and f"{self.name}-hours" in formdata:
            self._take(*(formdata.get(f"{self.name}-{box}", "").strip() for box in BOXES))
        elif self.data is not None:
            self.hours_text, self.minutes_text = (str(part) for part in divmod(self.data, 60))

    def _take(self, hours: str, minutes: str) -> None:
        self.hours_text, self.minutes_text = hours, minutes
        self.raw_data = [hours or minutes]
        self.data = None
        if not (hours or minutes):
            return
        if all(self._is_number(text) or not text for text in (hours, minutes)):
            self.data = int(hours or 0) * 60 + int(minutes or 0)
        else:
            self.process_errors = [self.gettext("Write whole numbers, such as 1 and 30.")]

    @staticmethod
    def _is_number(text: str) -> bool:
        return text.isdecimal() and len(text) <= MOST_DIGITS


class ChoiceField(SelectField):
    """A choice from a list. What is not in the list is asked for again, in plain words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was chosen; what cannot be one of the list is no choice."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Choose one from the list.")) from None

    def pre_validate(self, form: Any) -> None:
        """Refuse what the page did not offer."""
        if not any(str(self.data) == str(value) for value, *_rest in self.iter_choices()):
            raise ValidationError(_("Choose one from the list."))


class RadioChoiceField(ChoiceField, RadioField):
    """The same as full lines, one of which is pressed."""


class WholeField(IntegerField):
    """A whole number. What was typed stays, whatever it was."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take a number written in digits."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a whole number, such as 6.")) from None


class DayField(DateField):
    """A calendar date. What was typed stays, whatever it was."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take a date as browsers send it, year first."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a date that there is, such as 2026-11-21.")) from None


class ClockField(TimeField):
    """A time of the day. What was typed stays, whatever it was."""

    def __init__(self, label: Any = None, **more: Any) -> None:
        super().__init__(label, format=["%H:%M", "%H:%M:%S"], **more)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take a time as browsers send it, hours first."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a time of the day, such as 18:30.")) from None
