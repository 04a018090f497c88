"""Role-plays in words: states, results, media, and a sentence for every refusal."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.rules.roleplays import (
    BookRefusal,
    CancelRefusal,
    HarmOutcome,
    MarkProblem,
    MarkRefusal,
    ReleaseRefusal,
    ResolveRefusal,
    Result,
    ScenarioState,
)
from lms.web.words import add_sentences

MEDIA: dict[str, Any] = {
    "in-person": _l("in person"),
    "video": _l("by video"),
    "voice": _l("by voice"),
    "text": _l("by typed chat"),
}

TOPICS: dict[str, Any] = {
    "violence": _l("violence"),
    "control": _l("control"),
    "threats": _l("threats"),
    "children": _l("children"),
    "self-harm": _l("self-harm"),
    "substance-use": _l("substance use"),
    "sexual-harm": _l("sexual harm"),
    "loss": _l("loss"),
    "stalking": _l("stalking"),
    "poverty": _l("poverty"),
    "discrimination": _l("discrimination"),
}

STATES: dict[ScenarioState, tuple[str, Any]] = {
    ScenarioState.NOT_YET: ("not-yet", _l("Not yet")),
    ScenarioState.BOOKED: ("under-way", _l("Booked")),
    ScenarioState.BEING_MARKED: ("under-way", _l("Being marked")),
    ScenarioState.MET: ("met", _l("Met")),
    ScenarioState.PLAN: ("not-yet", _l("Not yet, with a plan")),
}

RESULTS: dict[Result, Any] = {
    Result.MET: _l("Met"),
    Result.NOT_YET: _l("Not yet, and what comes next"),
    Result.REFERRED: _l("Not yet, and what comes next"),
}

STAFF_RESULTS: dict[Result, tuple[str, Any]] = {
    Result.MET: ("met", _l("Met")),
    Result.NOT_YET: ("not-yet", _l("Not yet")),
    Result.REFERRED: ("referred", _l("Referred")),
}

OUTCOMES: dict[HarmOutcome, Any] = {
    HarmOutcome.RESOLVED: _l("It is settled. The levels count as they were marked."),
    HarmOutcome.REPEAT: _l(
        "The role-play is to be played again. Afterwards somebody settles this one here."
    ),
}

PROBLEMS: dict[StrEnum, Any] = {
    MarkProblem.NO_LEVEL: _l("Choose a level."),
    MarkProblem.CORRECTED_ALONE: _l(
        "“Corrected at once” is ticked for something that is not ticked itself. Tick both or none."
    ),
    MarkProblem.NO_WENT_WELL: _l("Write what went well. One sentence is enough."),
    MarkProblem.NO_NEXT_STEP: _l("Write one next step. One sentence is enough."),
    MarkProblem.TOO_LONG: _l("This is longer than we can keep. Make it shorter."),
}

add_sentences(
    {
        BookRefusal.ALREADY_OPEN: _l("This scenario is booked already, and not finished."),
        BookRefusal.TOO_FAR_AHEAD: _l("Choose a day within the next twelve months."),
        BookRefusal.BEFORE_PLACE: _l("Choose a day since the training began."),
        BookRefusal.NOT_A_MARKER: _l("Choose one of the trainers assigned to this person."),
        BookRefusal.NO_SUCH_SCENARIO: _l("Choose one of the scenarios."),
        BookRefusal.OTHER_MEDIUM: _l("This scenario is not made for that. Choose another way."),
        CancelRefusal.MARKED: _l("This role-play has been marked, so it stays."),
        CancelRefusal.CANCELLED: _l("This booking has been taken back already."),
        ReleaseRefusal.NOT_MARKED: _l("This role-play has not been marked yet."),
        ReleaseRefusal.RELEASED: _l("This result has been released already."),
        ReleaseRefusal.CANCELLED: _l("This booking has been taken back."),
        ResolveRefusal.OWN_MARKING: _l(
            "You marked this role-play, so somebody else settles it. Ask another coordinator."
        ),
        ResolveRefusal.NOTHING_OPEN: _l("Nothing is waiting to be settled here."),
        ResolveRefusal.SETTLED: _l("This has been settled already."),
        MarkRefusal.NOT_PLAYED_YET: _l(
            "The day of this role-play is still to come. Your marks are kept; send them then."
        ),
        MarkRefusal.SUBMITTED: _l("This marking has been sent. It does not change any more."),
        MarkRefusal.CANCELLED: _l("This booking has been taken back. There is nothing to mark."),
        MarkRefusal.INCOMPLETE: _l("Something is still missing. It is named below."),
        MarkRefusal.CHANGED: _l(
            "The marks changed on another page since you looked. Here is how they stand now."
        ),
        **PROBLEMS,
    }
)


def media_words(media: Any) -> str:
    """Return the ways a scenario can be played, as a list in words."""
    return ", ".join(str(MEDIA[medium]) for medium in media)


def topics_of(scenario: Any) -> list[str]:
    """Return what a scenario's content note names, in words."""
    return [str(TOPICS[topic]) for topic in scenario.content_note.topics]


def ground_rules() -> list[tuple[str, str]]:
    """Return what holds in every role-play, as pairs of a few words and a sentence."""
    return [
        (
            _("Pause."),
            _(
                "Anybody may say “pause”. The play stops at once, and nobody asks why. "
                "You choose whether to go on, swap or end."
            ),
        ),
        (
            _("Swap once."),
            _("You may swap a scenario once for another, without a reason. It costs nothing."),
        ),
        (
            _("No story needed."),
            _(
                "You never have to tell anything about your own life. Telling it earns nothing, "
                "and keeping it to yourself costs nothing."
            ),
        ),
        (
            _("Nobody plays the survivor for marks."),
            _("The other part is played by somebody prepared, who chose it and may say no."),
        ),
        (
            _("Nothing violent is shown."),
            _("No shouting, no touching, nothing that stands for a weapon."),
        ),
        (
            _("Time to come back."),
            _(
                "Afterwards you leave the role and talk it over, at least a quarter of an hour. "
                "You speak first."
            ),
        ),
        (
            _("“Not yet” comes with a plan."),
            _("There is no other way not to pass, and the way back stays open."),
        ),
    ]
