"""The blueprint of reflections, their words for sharing, and the sentences of its refusals."""

from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.rules.reflections import ReadRefusal, SharePurpose, ShareRefusal
from lms.web.words import add_sentences

bp = Blueprint("reflections", __name__)

PURPOSES: dict[SharePurpose, Any] = {
    SharePurpose.TALK: _l("So that we can talk about it"),
    SharePurpose.HELP: _l("Because I would like help with it"),
    SharePurpose.KNOW: _l("Just so that they know. They need do nothing."),
}
ASKED: dict[SharePurpose, Any] = {
    SharePurpose.TALK: _l("They would like to talk about it with you."),
    SharePurpose.HELP: _l("They would like help with it."),
    SharePurpose.KNOW: _l("They want you to know. You need not do or say anything."),
}
add_sentences(
    {
        ShareRefusal.NOT_BESIDE: _l("This person is not beside you any more. Choose another one."),
        ShareRefusal.CHANGED: _l(
            "You changed these words on another page. Read them again, then share them."
        ),
        ShareRefusal.UNREADABLE: _l("These words cannot be opened just now, so nobody gets them."),
        ReadRefusal.SHUT: _l("This is not open to you any more. That needs no reason."),
    }
)
