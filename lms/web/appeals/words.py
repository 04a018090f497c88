"""Another look in words: kinds, states, roles, and a sentence for every refusal."""

from typing import Any

from flask_babel import lazy_gettext as _l

from lms.rules.appeals import AppealKind, AppealRefusal, AppealState
from lms.web.words import add_sentences

KINDS: dict[AppealKind, Any] = {
    AppealKind.DECISION: _l("A decision on readiness"),
    AppealKind.RESULT: _l("The result of a role-play"),
    AppealKind.HOURS: _l("Hours that were not confirmed"),
    AppealKind.CERTIFICATE: _l("A certificate that was suspended or revoked"),
    AppealKind.WAIVER: _l("A requirement that was not set aside"),
}

STATES: dict[AppealState, tuple[str, Any]] = {
    AppealState.ASKED: ("under-way", _l("Waits for somebody to be named")),
    AppealState.ASSIGNED: ("under-way", _l("Being looked at")),
    AppealState.UPHELD: ("not-yet", _l("Answered: it stays as it is")),
    AppealState.CHANGED: ("met", _l("Answered: it was changed")),
    AppealState.SENT_BACK: ("under-way", _l("Sent back, to be looked at once more")),
    AppealState.WITHDRAWN: ("withdrawn", _l("Taken back")),
}

WHO_FITS: dict[AppealKind, Any] = {
    AppealKind.DECISION: _l("a coordinator"),
    AppealKind.RESULT: _l("a trainer or a coordinator"),
    AppealKind.HOURS: _l("a supervisor or a coordinator"),
    AppealKind.CERTIFICATE: _l("a coordinator"),
    AppealKind.WAIVER: _l("a coordinator"),
}

WHAT_CHANGES: dict[AppealKind, Any] = {
    AppealKind.DECISION: _l("It is changed: a new decision takes its place. The old one is kept."),
    AppealKind.RESULT: _l("It is changed: a new marking takes its place. The old one is kept."),
    AppealKind.HOURS: _l("It is changed: the hours are confirmed in a new entry and count."),
    AppealKind.CERTIFICATE: _l("It is changed: the certificate is valid again."),
    AppealKind.WAIVER: _l("It is changed: the requirement is set aside for this person."),
}

ANSWERS: dict[AppealKind, dict[AppealState, Any]] = {
    kind: {
        AppealState.UPHELD: _l("It stays as it is."),
        AppealState.CHANGED: changed,
        AppealState.SENT_BACK: _l("Whoever decided it looks once more, with what you write here."),
    }
    for kind, changed in WHAT_CHANGES.items()
}

add_sentences(
    {
        AppealRefusal.NOTHING_TO_ASK: _l("There is nothing here that could be looked at again."),
        AppealRefusal.MOVED_ON: _l(
            "Something newer has taken its place meanwhile, so this can no longer be changed here."
        ),
        AppealRefusal.TOO_LATE: _l(
            "The time for asking is over. You can still talk to the office about it."
        ),
        AppealRefusal.ALREADY_OPEN: _l("You have asked already. Below you see where it stands."),
        AppealRefusal.ALREADY_ANSWERED: _l("This was looked at again, and you have the answer."),
        AppealRefusal.WORDS_MISSING: _l("Write what you want to be looked at. A sentence will do."),
        AppealRefusal.NOT_FROM_HERE: _l("This has moved on. Here is where it stands now."),
        AppealRefusal.CHANGED_MEANWHILE: _l(
            "Somebody else was named meanwhile. Look at it again, then choose."
        ),
        AppealRefusal.DECIDER_ASKED: _l("Nobody decides about their own record."),
        AppealRefusal.DECIDER_TOOK_PART: _l(
            "This person took part in what is looked at. Choose somebody else."
        ),
        AppealRefusal.DECIDER_WITHOUT_ROLE: _l("Choose one of the people in the list."),
        AppealRefusal.REASONS_MISSING: _l("Write your reasons in a sentence or two."),
        AppealRefusal.RECORD_MISSING: _l("Write the reasons that go with the new record."),
        AppealRefusal.NO_WAY_BACK: _l(
            "A revoked certificate cannot be made valid again here yet. Answer that it stays, or "
            "send it back, and say what the office does next."
        ),
        AppealRefusal.SAME_MARKS: _l(
            "The levels and harm items are the same as before. Change what you see differently, or "
            "choose that it stays."
        ),
        AppealRefusal.TAKER_GONE: _l(
            "Whoever decided this can no longer look at it. Please decide it yourself."
        ),
    }
)
