"""The forms of another look."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.rules.appeals import NEEDS_RECORD, AppealKind, AppealState, answers_from
from lms.rules.readiness import DecisionSource
from lms.web.appeals.words import ANSWERS
from lms.web.fields import RadioChoiceField
from lms.web.forms import Bare, Form, choices_from, choices_of, prose
from lms.web.readiness import SOURCES

MAX_WORDS = 4000


class AskForm(Form):
    """What the asker wants to be looked at again, and why."""

    words = prose(_l("What should be looked at again, and why?"), required=True, length=MAX_WORDS)


class AssignForm(Bare):
    """Who decides; the view passes in who may."""

    decider = RadioChoiceField(_l("Who decides"), [InputRequired(_l("Choose somebody."))])
    seen = HiddenField()


class AnswerForm(Form):
    """The answer with its reasons; what a new fact needs besides comes with the kind."""

    outcome = RadioField(_l("What do you decide?"), [InputRequired(_l("Choose one."))])
    reasons = prose(_l("Your reasons, for the person who asked"), required=True, length=MAX_WORDS)
    sources = SelectMultipleField(
        _l("What the new decision rests on"),
        choices=choices_of(DecisionSource, SOURCES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    record = prose(_l("Reasons for the record"), length=MAX_WORDS)
    version = HiddenField(default="0")


def answer_form(kind: AppealKind, state: AppealState) -> AnswerForm:
    """Return the form with the answers open from a state, and the fields that its kind needs."""
    form = AnswerForm()
    form.outcome.choices = choices_from((one, ANSWERS[kind][one]) for one in answers_from(state))
    if kind not in NEEDS_RECORD:
        del form.record
    if kind is not AppealKind.DECISION:
        del form.sources
    return form
