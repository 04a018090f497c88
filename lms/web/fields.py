"""Form fields that WTForms does not have: whole minutes typed as hours and minutes."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value
from wtforms.widgets import TextInput

BOXES = ("hours", "minutes")


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
        if all(text.isdecimal() or not text for text in (hours, minutes)):
            self.data = int(hours or 0) * 60 + int(minutes or 0)
        else:
            self.process_errors = [self.gettext("Write whole numbers, such as 1 and 30.")]
