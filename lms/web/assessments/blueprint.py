"""The blueprint of assessments, and the sentences of their refusals."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.rules.assessments.attempts import AnswerRefusal, StartRefusal
from lms.rules.assessments.scoring import ResponseFault
from lms.web.words import add_sentences

bp = Blueprint("assessments", __name__)
add_sentences(
    {
        StartRefusal.NO_ATTEMPTS_LEFT: _l(
            "You have used every try that your programme gives. Talk with your trainer about it."
        ),
        StartRefusal.TOO_SOON: _l("Your programme sets some time between two tries."),
        AnswerRefusal.CLOSED: _l("You have handed this in. Your answers stay as they were then."),
        AnswerRefusal.PAUSED: _l("The clock stands still. Go on first, then answer."),
        AnswerRefusal.TIME_IS_UP: _l("The time is up. What you saved before counts."),
        ResponseFault.UNKNOWN_ITEM: _l("This question is not part of what you are answering."),
        ResponseFault.UNKNOWN_OPTION: _l("Choose one of the answers below."),
        ResponseFault.TICKED_TWICE: _l("Tick each answer once."),
        ResponseFault.WRONG_SHAPE: _l("Choose one of the answers below."),
    }
)
