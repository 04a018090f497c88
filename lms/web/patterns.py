"""The page of patterns: every component with its states, in debug and demo only."""

from datetime import date

from flask import Blueprint, abort, render_template
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.web.access import public
from lms.web.fields import MinutesField
from lms.web.state import state

bp = Blueprint("patterns", __name__)


class PatternForm(FlaskForm):
    """One field of every kind."""

    name = StringField("Name you go by", [InputRequired("Write the name you go by.")])
    address = EmailField("E-mail address", [Optional()])
    happened_on = DateField("Date", [InputRequired("Choose the day.")])
    duration = MinutesField("How long", [InputRequired("Say how long it took.")])
    kind = RadioField(
        "Kind of supervision",
        [InputRequired("Choose one.")],
        choices={"one": "One to one", "group": "In a group"},
        validate_choice=False,
    )
    domains = SelectMultipleField(
        "What you talked about",
        [Optional()],
        choices={"ethics": "Ethics", "wellness": "Your own wellness"},
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    supervisor = SelectField("With whom", choices={"n": "Noor Achterberg", "b": "Babak Tehrani"})
    summary = TextAreaField("In a few words", [InputRequired("Write a few words.")])
    sheet = FileField("Signed sheet", [Optional()])
    agreed = BooleanField("This is what happened", [InputRequired("Tick this if it is so.")])


@bp.get("/patterns")
@public
def index() -> str:
    """Show every component, and the form as it looks when it is sent empty."""
    if not (state().settings.debug or state().settings.demo):
        abort(404)
    form = PatternForm(formdata=None, data={"happened_on": date(2026, 11, 21), "duration": 90})
    unsent = PatternForm(formdata=None, prefix="unsent", meta={"csrf": False})
    unsent.validate()
    return render_template("patterns/index.html", form=form, unsent=unsent)
