"""The form of one question: its options as radio buttons or boxes, and back to a response."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from lms.rules.assessments.definition import Item, MultipleItem, TrueFalseItem
from lms.services.assessments import MAX_COUNTER
from lms.web.forms import Form
from lms.web.languages import told_in

TRUTH = {"true": True, "false": False}
MOST_TICKS = 100


class AnswerForm(Form):
    """One answer. `counter` grows with each save, so that a late packet overwrites nothing."""

    counter = HiddenField(default="1")
    answer: Any = RadioField("", validate_choice=False)

    @property
    def count(self) -> int:
        """Return the counter sent, 0 where it is none."""
        text = str(self.counter.data or "")
        known = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_COUNTER))
        return min(int(text), MAX_COUNTER) if known else 0


class TicksForm(AnswerForm):
    """Several answers of one question."""

    answer = SelectMultipleField(
        "",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
        description=_l("Tick all that you mean."),
    )


def form_for(item: Item) -> AnswerForm:
    """Return the form of a question, filled with what was sent."""
    form = TicksForm() if isinstance(item, MultipleItem) else AnswerForm()
    form.answer.choices = choices_of_item(item)
    form.answer.label.text = told_in(item.stem)
    return form


def empty_form(item: Item, value: Any, counter: int) -> AnswerForm:
    """Return the form of a question, filled with the answer kept."""
    kind = TicksForm if isinstance(item, MultipleItem) else AnswerForm
    form = kind(formdata=None, counter=str(counter + 1), answer=_as_typed(value))
    form.answer.choices = choices_of_item(item)
    form.answer.label.text = told_in(item.stem)
    return form


def choices_of_item(item: Item) -> list[tuple[str, Any]]:
    """Return the options of a question, in the order drawn."""
    if isinstance(item, TrueFalseItem):
        return [("true", _("True")), ("false", _("False"))]
    return [(option.id, told_in(option.text or option.id)) for option in item.options]


def response_sent(item: Item, form: AnswerForm) -> Any:
    """Return what was sent as a response; the service judges its shape."""
    sent = (form.answer.raw_data or [])[:MOST_TICKS]
    if isinstance(item, MultipleItem):
        return sent
    if not sent:
        return None
    return TRUTH.get(sent[0], sent[0]) if isinstance(item, TrueFalseItem) else sent[0]


def _as_typed(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
