"""Words of evidence: outcomes, relationships, and the sentences of what is not taken."""

from typing import Any

from flask_babel import lazy_gettext as _l

from lms.content.papers import PaperRefusal
from lms.rules.evidence import (
    TO_LOOK_AT,
    AttestRefusal,
    DocumentRefusal,
    QualificationRefusal,
    Recommends,
    ReferenceRefusal,
    ReferenceState,
    Relationship,
    WaiverRefusal,
)
from lms.rules.programmes.walking import kind_words
from lms.rules.signin import LinkRefusal
from lms.web.words import add_sentences

OUTCOME_WORDS: dict[str, Any] = {
    "accepted": _l("Accepted"),
    "clear": _l("Clear: it shows nothing"),
    "passed": _l("Passed"),
    TO_LOOK_AT: _l("Something in it is to be talked about first"),
}
RELATION_WORDS: dict[str, Any] = {
    Relationship.SUPERVISOR: _l("Supervisor or employer"),
    Relationship.COLLEAGUE: _l("Colleague"),
    Relationship.TEACHER: _l("Teacher or trainer"),
    Relationship.COMMUNITY: _l("From the same community or group"),
    Relationship.FRIEND: _l("Friend"),
    Relationship.FAMILY: _l("Family"),
    Relationship.OTHER: _l("Something else"),
}
STATE_WORDS: dict[str, Any] = {
    "handed-in": _l("Handed in: the office looks at it"),
    "on-file": _l("On file"),
    "returned": _l("Returned with a note"),
    "withdrawn": _l("Taken away"),
}
QUALIFICATION_WORDS: dict[str, Any] = {
    "handed-in": _l("Handed in: the office looks at it"),
    "on-record": _l("On record"),
    "returned": _l("Returned with a note"),
    "withdrawn": _l("Taken away"),
}
QUALIFICATION_SHAPES = {
    "handed-in": "submitted",
    "on-record": "confirmed",
    "returned": "returned",
    "withdrawn": "withdrawn",
}
TRAINING_WORDS: dict[str, Any] = {
    "train-the-trainer": _l("Train the trainer"),
    "supervision": _l("Training in supervision"),
}
RECOMMENDS_WORDS: dict[str, Any] = {
    Recommends.YES: _l("Yes, I recommend them for this work"),
    Recommends.WITH_SUPPORT: _l("Yes, with good support at the beginning"),
    Recommends.NOT_SAID: _l("I leave this open"),
}
REFERENCE_WORDS: dict[str, Any] = {
    ReferenceState.WAITING: _l("Asked: the letter is out"),
    ReferenceState.TOO_OLD: _l("The link grew too old"),
    ReferenceState.GIVEN: _l("Given"),
    ReferenceState.DECLINED: _l("They would rather not"),
    ReferenceState.WITHDRAWN: _l("Taken back"),
}
REFERENCE_SHAPES = {
    "waiting": "submitted",
    "too-old": "expired",
    "given": "confirmed",
    "declined": "not-yet",
    "withdrawn": "withdrawn",
}
ASKED_OVER: dict[Any, Any] = {
    LinkRefusal.UNKNOWN: _l("This link is not one of ours. Check that you have the whole of it."),
    LinkRefusal.EXPIRED: _l(
        "This link is too old. If you still want to write, ask the person for a new letter."
    ),
    LinkRefusal.USED: _l("Your answer has arrived already. You need do nothing more."),
    LinkRefusal.WITHDRAWN: _l(
        "Nobody asks for this any more, or there is a newer letter. You need do nothing."
    ),
}
SHORT = 6
"""Codes up to so long are abbreviations, such as CPS."""
WAIVER_WORDS: dict[str, Any] = {
    "asked": _l("Asked: somebody decides"),
    "granted": _l("Set aside"),
    "declined": _l("Not set aside"),
    "withdrawn": _l("Taken back"),
}
WAIVER_SHAPES = {
    "asked": "submitted",
    "granted": "waived",
    "declined": "not-yet",
    "withdrawn": "withdrawn",
}
SHAPES = {
    "handed-in": "submitted",
    "on-file": "confirmed",
    "returned": "returned",
    "withdrawn": "withdrawn",
}

add_sentences(
    {
        DocumentRefusal.NOT_ASKED: _l("This programme does not ask for this."),
        DocumentRefusal.NO_DAY: _l("Choose the day."),
        DocumentRefusal.IN_THE_FUTURE: _l("This day is still to come."),
        DocumentRefusal.TOO_OLD: _l("Choose a day from 1900 on."),
        DocumentRefusal.EXPIRES_FIRST: _l("Its last day is before its own day. Look at both."),
        DocumentRefusal.NO_FILE_KEPT: _l(
            "Of this only the day, the outcome and the last day are kept. "
            "Leave the file out: it stays with you."
        ),
        DocumentRefusal.OUTCOME_UNKNOWN: _l("Choose one."),
        DocumentRefusal.OWN_RECORD: _l("This is your own record. Somebody else decides here."),
        DocumentRefusal.NOT_FROM_HERE: _l("This has moved on. Look at where it stands now."),
        DocumentRefusal.NOTE_MISSING: _l("Write a short note, so that the other knows why."),
        DocumentRefusal.PLACE_CLOSED: _l("This place is not open, so nothing is handed in here."),
        DocumentRefusal.KNOWN_LATER: _l("This day is after the paper's own day, or before 1900."),
        ReferenceRefusal.NOT_ASKED: _l("This programme does not ask for this."),
        ReferenceRefusal.NAME_MISSING: _l("Write a name here, in any script."),
        ReferenceRefusal.ADDRESS_NOT_ONE: _l("This does not look like an e-mail address."),
        ReferenceRefusal.OWN_ADDRESS: _l(
            "This is the person's own address. Somebody else writes a reference."
        ),
        ReferenceRefusal.KNOWN_LATER: _l("Choose a day from 1900 until today."),
        ReferenceRefusal.WORDS_MISSING: _l("A sentence or two is enough, but not none."),
        ReferenceRefusal.PLACE_CLOSED: _l("This place is not open, so nobody is asked."),
        ReferenceRefusal.NOT_FROM_HERE: _l("This has moved on. Look at where it stands now."),
        QualificationRefusal.NAME_MISSING: _l("Choose one, or write which."),
        QualificationRefusal.NO_DAY: _l("Choose the day."),
        QualificationRefusal.IN_THE_FUTURE: _l("This day is still to come."),
        QualificationRefusal.TOO_OLD: _l("Choose a day from 1900 on."),
        QualificationRefusal.ENDS_FIRST: _l("It ends before it begins. Look at both days."),
        QualificationRefusal.HOURS_MISSING: _l("Write whole hours, from 1 to 200,000."),
        QualificationRefusal.OWN_RECORD: _l("This is your own. A coordinator looks at it."),
        QualificationRefusal.NOT_FROM_HERE: _l("This has moved on. Look at where it stands now."),
        QualificationRefusal.NOTE_MISSING: _l("Write a short note, so that the other knows why."),
        QualificationRefusal.NOT_STAFF: _l(
            "Such a record is kept of whoever trains or supervises."
        ),
        AttestRefusal.NOT_ASKED: _l("This programme does not ask for this."),
        AttestRefusal.NOT_YOURS: _l("The programme asks somebody else to say this."),
        AttestRefusal.TYPE_MISSING: _l("Choose one."),
        AttestRefusal.PLACE_CLOSED: _l("This place is not open, so nothing is noted here."),
        WaiverRefusal.CLAIM_MISSING: _l("Write in a sentence or two on what ground."),
        WaiverRefusal.DUE_BEHIND: _l("Choose today or a day to come."),
        WaiverRefusal.ASKED_ALREADY: _l("This is asked for already, and waits to be decided."),
        WaiverRefusal.SETTLED: _l("This requirement is set aside already."),
        WaiverRefusal.NOT_WAIVABLE: _l("This programme lets nobody set this requirement aside."),
        WaiverRefusal.TOO_LATE: _l("The programme let this be set aside until a day that is over."),
        WaiverRefusal.DECIDER_UNKNOWN: _l("Choose one from the list."),
        WaiverRefusal.DOCUMENT_UNKNOWN: _l("Choose one from the list."),
        WaiverRefusal.OWN_RECORD: _l("This is your own record. Somebody else decides here."),
        WaiverRefusal.REASON_MISSING: _l("Write the reason in a sentence or two."),
        WaiverRefusal.NOT_FROM_HERE: _l("This is decided already. Look at where it stands now."),
        WaiverRefusal.PLACE_CLOSED: _l("This place is not open, so nothing is asked for here."),
        PaperRefusal.EMPTY: _l("This file is empty. Choose it again."),
        PaperRefusal.TOO_LARGE: _l("This file is larger than 10 MB. A smaller photo will do."),
        PaperRefusal.OTHER_KIND: _l("This is no PDF, PNG or JPEG, whatever its name says."),
        PaperRefusal.BROKEN: _l("This file is broken, or was cut off. Send it once more."),
        PaperRefusal.TOO_MANY_PIXELS: _l(
            "This picture has too many dots. Take it again in a smaller size."
        ),
    }
)


def outcome_words(outcome: str) -> str:
    """Return an outcome in words; one that only a programme knows reads as it is written there."""
    return str(OUTCOME_WORDS.get(outcome) or kind_words(outcome))


def qualification_words(name: str) -> str:
    """Return a credential or training in words: as it was written, or a code made readable."""
    return str(
        TRAINING_WORDS.get(name) or (name.upper() if len(name) <= SHORT else kind_words(name))
    )
