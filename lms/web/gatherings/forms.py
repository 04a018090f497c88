"""The forms of gatherings."""

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.rules.gatherings import MOST_PARTS, MOST_TOLERANCE, TrustSection
from lms.web.fields import ChoiceField, ClockField, DayField, MinutesField, WholeField
from lms.web.forms import Form, choices_from, line, prose, whole_number
from lms.web.gatherings.words import AUDIENCES, KINDS, MEDIA, MODES, SECTIONS, WAYS

MAX_WORDS = 4000
ONE = _l("Choose one.")


class TickList(SelectMultipleField):
    """People or parts to tick, each a line of its own; what is not on the list is left out."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, validate_choice=False, **more)

    @property
    def chosen(self) -> list[str]:
        """Return what was ticked of what the page offered."""
        offered = {str(value) for value, *_rest in self.iter_choices()}
        return [value for value in dict.fromkeys(self.data or []) if value in offered]


def radio(label: Any, words: dict[str, Any], *, needed: bool = True) -> Any:
    """Return a choice from a list in words of ours."""
    rule = InputRequired(ONE) if needed else Optional()
    choices = choices_from(words.items())
    more: dict[str, Any] = {"invalid_choice_message": ONE}
    return RadioField(label, [rule], choices=choices, **more)


class PlanForm(Form):
    """A gathering; the view passes people, leaders and subjects in, `with_parts` adds parts."""

    title = line(_l("What it is called"), length=200)
    kind = radio(_l("What it is for"), KINDS)
    audience = radio(_l("Who may come"), AUDIENCES)
    people = TickList(_l("Invited"))
    happened_on = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    begins = ClockField(_l("Begins"), validators=[InputRequired(_l("Say when it begins."))])
    ends = ClockField(_l("Ends"), validators=[InputRequired(_l("Say when it ends."))])
    mode = radio(_l("How"), MODES)
    place = line(_l("Place or link"), length=500)
    leader = ChoiceField(_l("Who leads"))
    subject = ChoiceField(_l("What it belongs to"))
    words = prose(_l("What is planned"), length=MAX_WORDS)
    content_note = prose(_l("Content note"), length=1000)
    tolerance = WholeField(
        _l("How many minutes late still count as there"),
        validators=[Optional(), whole_number(0, MOST_TOLERANCE)],
    )
    version = HiddenField(default="0")

    @property
    def seen(self) -> int:
        """Return the version of the plan that the page was made from."""
        return number_in(self.version.data)


def number_in(text: str | None) -> int:
    """Return a whole number that a page carried; what is none counts as 0."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def with_parts() -> type[PlanForm]:
    """Return the form of a gathering with the fields of its parts."""
    fields: dict[str, Any] = {}
    for number in range(MOST_PARTS):
        fields[f"part_{number}_title"] = line(_l("What comes in it"), required=False, length=120)
        fields[f"part_{number}_minutes"] = WholeField(
            _l("Minutes"), validators=[Optional(), whole_number(1, 720)]
        )
        fields[f"part_{number}_unmissable"] = BooleanField(_l("Cannot be missed"))
    return type("PartsPlanForm", (PlanForm,), fields)


PartsPlanForm = with_parts()


class SheetForm(Form):
    """What goes with a sheet: the version of the draft that the page was made from."""

    draft_version = HiddenField(default="0")

    @property
    def base_version(self) -> int:
        """Return the version as a number; what is none counts as 0."""
        return number_in(self.draft_version.data)


class CorrectForm(Form):
    """Why somebody's attendance is recorded anew; the marks stand beside it as on the sheet."""

    reason = prose(_l("Why it is corrected"), length=1000)
    seen = HiddenField(default="")


class MakeUpForm(Form):
    """How missed parts were made up; the view passes parts and other gatherings in."""

    parts = TickList(_l("What was made up"))
    way = radio(_l("How it was made up"), WAYS)
    other = ChoiceField(_l("Which gathering"))
    happened_on = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    duration = MinutesField(_l("How long it took"))
    medium = radio(_l("Where"), MEDIA, needed=False)


class TrustForm(Form):
    """The four texts of a trust agreement, and the version that the writers had before them."""

    participation = prose(SECTIONS[TrustSection.PARTICIPATION][0], required=True, length=MAX_WORDS)
    responsibility = prose(
        SECTIONS[TrustSection.RESPONSIBILITY][0], required=True, length=MAX_WORDS
    )
    conflict = prose(SECTIONS[TrustSection.CONFLICT][0], required=True, length=MAX_WORDS)
    confidentiality = prose(
        SECTIONS[TrustSection.CONFIDENTIALITY][0], required=True, length=MAX_WORDS
    )
    begun_from = HiddenField(default="0")


class AcknowledgeForm(Form):
    """A member's word on the version that was shown."""

    shown = HiddenField(default="0")
    shown_hash = HiddenField(default="")


EVENING = (time(18, 0), time(20, 0))
"""What a new plan begins with; both are changed at will."""
