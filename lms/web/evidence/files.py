"""A file in a form: read once, told by its bytes, and taken clean or not at all."""

from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import FileField

from lms.content.papers import PAPER_LIMIT_BYTES, CleanPaper, PaperError, clean_paper
from lms.web.forms import Form
from lms.web.words import sentence

ACCEPTED = "application/pdf,image/png,image/jpeg"


def sent_file(form: Form, field: FileField) -> CleanPaper | None:
    """Return the file that was sent, clean; None where none was, or why not at its field.

    Edge: it is read and drawn anew before the act begins, so that nothing waits for it.
    """
    sent: Any = field.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    try:
        with sent.stream as stream:
            return clean_paper(stream.read(PAPER_LIMIT_BYTES + 1))
    except PaperError as refused:
        form.refuse(field, sentence(refused.reason))
        return None


def ask_again(form: Form, field: FileField) -> None:
    """Say at the file's field that it has to be chosen again: no browser keeps it."""
    sent: Any = field.data
    if isinstance(sent, FileStorage) and sent.filename and not field.errors:
        form.refuse(field, _("Choose the file again. A form that comes back does not keep it."))
