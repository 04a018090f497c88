"""Forms for what is recorded beside a certificate."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.models import Certificate
from lms.rules.certificates import (
    CHOICES,
    CertificateEventKind,
    DueProcess,
    EventRefusal,
    Replacement,
)
from lms.services.certificates import EventNote, list_open_kinds
from lms.web.access import the_actor
from lms.web.certificates.words import SWITCHES
from lms.web.fields import DayField, RadioChoiceField
from lms.web.forms import Bare, Form, at_most, choices_from, given, prose, tidy
from lms.web.state import current_session


class ReasonForm(Bare):
    """Why a certificate is made valid again; the ground of the other two."""

    reason = prose(_l("Why"), required=True, length=2000)

    def note(self) -> EventNote:
        """Return what was written, as the service takes it."""
        return EventNote(reason=given(self.reason))

    def field_of(self, refusal: Any) -> Any:
        """Return the field that a refusal is about, None where it is about none."""
        return self.reason if refusal is EventRefusal.REASON_MISSING else None


class SuspendForm(ReasonForm):
    """Why a certificate is suspended, until when, and under which conditions."""

    until_on = DayField(
        _l("Until, the last day"),
        [Optional()],
        description=_l("Without conditions it holds again by itself on the day after."),
    )
    conditions = TextAreaField(
        _l("What it takes to make it valid again"),
        [Optional(), at_most(2000)],
        filters=[tidy],
        description=_l("With conditions it stays suspended until a coordinator lifts it."),
    )

    def note(self) -> EventNote:
        """Return what was written, as the service takes it."""
        return EventNote(
            reason=given(self.reason),
            conditions=given(self.conditions),
            until_on=self.until_on.data,
        )

    def field_of(self, refusal: Any) -> Any:
        """Return the field that a refusal is about, None where it is about none."""
        if refusal is EventRefusal.UNTIL_NOT_LATER:
            return self.until_on
        return super().field_of(refusal)


class RevokeForm(ReasonForm):
    """Why a certificate is revoked, and the days on the way there."""

    notice_on = DayField(_l("The person was told on"), [Optional()])
    answer_by = DayField(_l("They could answer until"), [Optional()])
    decided_on = DayField(_l("It was decided on"), [Optional()])

    def note(self) -> EventNote:
        """Return what was written, as the service takes it."""
        days = DueProcess(self.notice_on.data, self.answer_by.data, self.decided_on.data)
        return EventNote(reason=given(self.reason), process=days)

    def field_of(self, refusal: Any) -> Any:
        """Return the field that a refusal is about, None where it is about none."""
        fields = {
            EventRefusal.PROCESS_MISSING: self.notice_on,
            EventRefusal.PROCESS_ORDER: self.answer_by,
            EventRefusal.PROCESS_IN_THE_FUTURE: self.decided_on,
            EventRefusal.ANSWER_TOO_SHORT: self.answer_by,
        }
        return fields.get(refusal) or super().field_of(refusal)


FORMS: dict[CertificateEventKind, type[ReasonForm]] = {
    CertificateEventKind.SUSPENDED: SuspendForm,
    CertificateEventKind.REINSTATED: ReasonForm,
    CertificateEventKind.REVOKED: RevokeForm,
}


class ShownForm(Form):
    """What the check page shows; what is not ticked is hidden."""

    shown = SelectMultipleField(
        _l("Whoever has the code may read"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=choices_from((choice.value, SWITCHES[choice]) for choice in CHOICES),
    )


class GiveBackForm(Bare):
    """That a holder gives a certificate back."""

    sure = BooleanField(
        _l("I give this certificate back."),
        [InputRequired(_l("Tick this if you are sure."))],
    )


class NewDocumentForm(Bare):
    """Why a document is made anew, with the name that was read on the page."""

    name = HiddenField()
    why = RadioChoiceField(
        _l("Why"),
        choices=choices_from(
            (
                (Replacement.NAME.value, _l("The person has another name now")),
                (Replacement.CORRECTION.value, _l("Something on the document is wrong")),
            )
        ),
    )
    reason = TextAreaField(
        _l("What is wrong"),
        [Optional(), at_most(2000)],
        filters=[tidy],
        description=_l("Only for a correction. Nobody has to say why they have another name."),
    )


class EraseForm(Bare):
    """That the holder asked for it, and that the coordinator made sure of that."""

    asked = BooleanField(
        _l("The person asked for this themselves, and I made sure that it was them."),
        [InputRequired(_l("Make sure first that the person asked for it, then tick this."))],
    )


def reason_forms(
    certificate: Certificate, sent: ReasonForm | None, act: str
) -> dict[str, ReasonForm]:
    """Return a form for each event that is open now, the one that was sent as it was sent."""
    kinds = list_open_kinds(current_session(), certificate, by=the_actor().person_id, now=utcnow())
    forms = {kind.value: FORMS[kind](formdata=None) for kind in kinds if kind in FORMS}
    if sent is not None and act in forms:
        forms[act] = sent
    for kind, form in forms.items():
        for field in form:
            if field.name not in ("csrf_token", "op_id"):
                field.id = f"{kind}-{field.name.replace('_', '-')}"
    return forms
