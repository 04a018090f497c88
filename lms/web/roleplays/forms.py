"""The forms of role-plays."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired, InputRequired

from lms.rules.roleplays import HarmOutcome
from lms.web.fields import ChoiceField, DayField
from lms.web.forms import Form, choices_from, choices_of, prose
from lms.web.roleplays.words import MEDIA, OUTCOMES

MAX_ANSWER = 4000


class BookForm(Form):
    """Which scenario, how, when, and who marks; the view passes scenarios and markers in."""

    scenario = ChoiceField(_l("Scenario"))
    medium = ChoiceField(
        _l("How it is played"),
        choices=choices_from(MEDIA.items()),
    )
    happened_on = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    marker = ChoiceField(_l("Who marks"))


class MarkForm(Form):
    """What goes with a marker's marks: the version of the draft that the page was made from."""

    draft_version = HiddenField(default="0")

    @property
    def base_version(self) -> int:
        """Return the version as a number; what is not one counts as none."""
        text = str(self.draft_version.data or "0")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class ResolveForm(Form):
    """A named person's answer to a harm item."""

    outcome = RadioField(
        _l("What is decided"),
        choices=choices_of(HarmOutcome, OUTCOMES),
        validators=[DataRequired(_l("Choose one."))],
        validate_choice=False,
    )
    reason = prose(
        _l("Why, for staff"),
        required=True,
        length=MAX_ANSWER,
        description=_l("Kept sealed. Trainers of this person and coordinators read it."),
    )
    plan = prose(
        _l("What comes next, for the trainee"),
        required=True,
        length=MAX_ANSWER,
        description=_l("The trainee reads this. Plain words, without blame."),
    )

    def validate_outcome(self, field: RadioField) -> None:
        """Ask again for what the page did not offer."""
        if field.data and field.data not in set(HarmOutcome):
            field.data = ""
            DataRequired(_l("Choose one."))(self, field)
