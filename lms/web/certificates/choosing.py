"""The holder's choice of the lines on a document that imply lived experience."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.policy import Permission
from lms.rules.programmes import DocumentTerms, LivedLine, choices_of
from lms.services.certificates import choose_lines, lines_chosen, terms_to_choose
from lms.services.practice import get_enrolment
from lms.web.access import acting, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.issuing import kind_named
from lms.web.certificates.words import KINDS
from lms.web.forms import Form, choices_from
from lms.web.state import current_session


class LinesForm(Form):
    """What is ticked is printed."""

    lines = SelectMultipleField(
        _l("Choose what is printed"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=choices_from((line.value, line.value) for line in LivedLine),
    )


def _label(terms: DocumentTerms, line: LivedLine) -> str:
    """Return what ticking a line would print."""
    if line is LivedLine.TITLE:
        return str(_("The title “%(title)s” in place of the plain one", title=terms.lived.title))
    if line is LivedLine.ENDORSEMENT:
        return str(_("The endorsement “%(words)s”", words=terms.lived.endorsement))
    return " ".join(terms.lived.lines)


@bp.get("/enrolments/<enrolment_id>/documents/<kind>/lines")
@requires(Permission.CERTIFICATE_CHOOSE, enrolment=get_enrolment)
def lines(enrolment: Enrolment, kind: str) -> str:
    """Show the plain form, and what may stand there as well."""
    session = current_session()
    terms = terms_to_choose(session, enrolment, kind_named(kind))
    form = LinesForm(formdata=None, lines=list(lines_chosen(session, enrolment.id, terms)))
    form.lines.choices = choices_from(
        (line.value, _label(terms, line)) for line in choices_of(terms)
    )
    return str(
        render_template(
            "certificates/lines.html", form=form, terms=terms, kind_words=KINDS[terms.kind]
        )
    )


@bp.post("/enrolments/<enrolment_id>/documents/<kind>/lines")
@requires(Permission.CERTIFICATE_CHOOSE, enrolment=get_enrolment)
def choose_printed(enrolment: Enrolment, kind: str) -> Any:
    """Keep what was ticked."""
    form, named = LinesForm(), kind_named(kind)
    if form.validate_on_submit():
        with acting() as session:
            chosen = form.lines.data or ()
            by, now = the_actor().person_id, utcnow()
            choose_lines(session, enrolment, named, chosen, by=by, now=now)
        flash(_("Kept. The next document is printed like this."), "good")
    return redirect(url_for(".lines", enrolment_id=enrolment.public_id, kind=named))
