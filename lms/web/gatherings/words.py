"""Gatherings in words: kinds, standings, times, parts, and a sentence for every refusal."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.models import Gathering
from lms.rules.gatherings import (
    AnswerRefusal,
    AttendanceRefusal,
    Audience,
    Conditions,
    GatheringKind,
    GatheringMode,
    GatheringState,
    MakeUpRefusal,
    MakeUpWay,
    MarkingGap,
    Marks,
    Part,
    PlanRefusal,
    Standing,
    TrustHold,
    TrustRefusal,
    TrustSection,
    is_there,
    minutes_in,
)
from lms.web.filters import clock_words, date_words, datetime_words, minutes_words
from lms.web.words import add_sentences

KINDS: dict[str, Any] = {
    GatheringKind.TEACHING: _l("Teaching"),
    GatheringKind.PRACTICE: _l("Practice"),
    GatheringKind.STORY_SHARING: _l("Story-sharing"),
}
MODES: dict[str, Any] = {
    GatheringMode.IN_PERSON: _l("In the same room"),
    GatheringMode.VIDEO: _l("By video"),
    GatheringMode.VOICE: _l("By voice"),
}
AUDIENCES: dict[str, Any] = {
    Audience.WOMEN: _l("Women only"),
    Audience.MEN: _l("Men only"),
    Audience.JOINT: _l("Joint: each person comes only if they want to"),
}
AUDIENCE_WORDS: dict[str, Any] = {
    Audience.WOMEN: _l("Women only"),
    Audience.MEN: _l("Men only"),
    Audience.JOINT: _l("Joint"),
}
STATES: dict[str, tuple[str, Any]] = {
    GatheringState.PLANNED: ("under-way", _l("Planned")),
    GatheringState.CLOSED: ("met", _l("Attendance is on record")),
    GatheringState.CANCELLED: ("withdrawn", _l("Cancelled")),
}
STANDINGS: dict[Standing, tuple[str, Any]] = {
    Standing.MET: ("met", _l("Met")),
    Standing.IN_PART: ("under-way", _l("There in part")),
    Standing.TO_MAKE_UP: ("needs-a-person", _l("A part is to be made up")),
    Standing.MISSED: ("not-yet", _l("Not there")),
    Standing.NOT_ASKED: ("not-applicable", _l("Nothing recorded")),
}
WAYS: dict[str, Any] = {
    MakeUpWay.GATHERING: _l("At another gathering"),
    MakeUpWay.CONVERSATION: _l("In a conversation"),
    MakeUpWay.READING: _l("By reading"),
}
MEDIA: dict[str, Any] = {
    "in-person": _l("In the same room"),
    "video": _l("By video"),
    "phone": _l("By phone"),
}
SECTIONS: dict[TrustSection, tuple[Any, Any]] = {
    TrustSection.PARTICIPATION: (
        _l("Participation"),
        _l("How we take part, when we come and go, and how somebody sits something out."),
    ),
    TrustSection.RESPONSIBILITY: (
        _l("Shared responsibility"),
        _l("What we all see to, and what we do when something fails."),
    ),
    TrustSection.CONFLICT: (
        _l("Conflict"),
        _l("How we say that something is wrong, and who helps when we are stuck."),
    ),
    TrustSection.CONFIDENTIALITY: (
        _l("Confidentiality"),
        _l("What stays between us, and what cannot stay between us."),
    ),
}

GAPS: dict[MarkingGap, Any] = {
    MarkingGap.NO_CHOICE: _l("Choose “was here” or “was not here”."),
    MarkingGap.NOT_MINUTES: _l("Write whole minutes, such as 15."),
    MarkingGap.LATE_TO_THE_END: _l("This part was over by then. Choose “was not here”."),
}

add_sentences(
    {
        PlanRefusal.TOO_FAR_AHEAD: _l("Choose a day within the next twelve months."),
        PlanRefusal.BEFORE_COHORT: _l("Choose a day since the cohort began."),
        PlanRefusal.CLOCK_SKIPPED: _l(
            "The clocks go forward that night, so this time does not come. Choose another."
        ),
        PlanRefusal.NO_LENGTH: _l("It begins and ends at the same time. Choose a later end."),
        PlanRefusal.TOO_LONG: _l("This is longer than twelve hours. Look at both times again."),
        PlanRefusal.PARTS_TOO_LONG: _l("The parts are longer than the whole. Make them shorter."),
        PlanRefusal.PART_UNFINISHED: _l("Give each part a name and its minutes."),
        PlanRefusal.NOBODY_INVITED: _l("Choose whom to invite."),
        PlanRefusal.NOT_A_MEMBER: _l("Somebody you chose is not in the cohort now. Choose again."),
        PlanRefusal.NOT_A_LEADER: _l("Choose one of the trainers."),
        PlanRefusal.NO_SUCH_TOPIC: _l("Choose one from the list."),
        PlanRefusal.CLOSED: _l("Attendance is on record, so the plan stays as it was."),
        PlanRefusal.CANCELLED: _l("This gathering is cancelled."),
        PlanRefusal.CHANGED: _l(
            "Somebody else changed this meanwhile. Look at it again, then change it."
        ),
        AnswerRefusal.BEGUN: _l("It has begun. Tell whoever leads it, if you like."),
        AnswerRefusal.NOT_PLANNED: _l("This gathering does not take answers any more."),
        TrustHold.NOT_WRITTEN: _l(
            "Stories are shared once the group has written its trust agreement together."
        ),
        TrustHold.NOT_ACKNOWLEDGED: _l(
            "This opens when you have read the group's trust agreement and said so."
        ),
        AttendanceRefusal.CLOSED: _l(
            "Attendance was put on record already. Each person's can be corrected."
        ),
        AttendanceRefusal.CANCELLED: _l("This gathering is cancelled."),
        AttendanceRefusal.NOT_OVER: _l(
            "It is not over yet. Your marks are kept; put them on record afterwards."
        ),
        AttendanceRefusal.INCOMPLETE: _l("Something is still missing. It is named below."),
        AttendanceRefusal.CHANGED: _l(
            "This changed on another page since you looked. Here is how it stands now."
        ),
        AttendanceRefusal.NOT_CLOSED: _l("Attendance is not on record yet. Use the sheet."),
        AttendanceRefusal.OWN: _l("Somebody else records your own attendance."),
        AttendanceRefusal.SAME: _l("This is what is on record already."),
        AttendanceRefusal.MADE_UP: _l(
            "This part was made up, and would count twice. Take the make-up back first."
        ),
        AttendanceRefusal.REASON_MISSING: _l("Write in a sentence why it is corrected."),
        MakeUpRefusal.OWN: _l("Somebody else records what you have made up."),
        MakeUpRefusal.NOT_CLOSED: _l("Attendance is not on record yet. Use the sheet."),
        MakeUpRefusal.NO_PART: _l("Choose what was made up."),
        MakeUpRefusal.NOT_MISSING: _l("This part is not missing any more."),
        MakeUpRefusal.NO_MINUTES: _l("Say how long it took."),
        MakeUpRefusal.TOO_MANY_MINUTES: _l("This is more time than was missed. Make it shorter."),
        MakeUpRefusal.NO_MEDIUM: _l("Say where it took place."),
        MakeUpRefusal.IN_THE_FUTURE: _l("This day is still to come."),
        MakeUpRefusal.BEFORE_PLACE: _l("This day is before the person joined the cohort."),
        MakeUpRefusal.NOT_ATTENDED: _l("Choose a gathering that this person attended."),
        TrustRefusal.UNFINISHED: _l("All four parts need words. A sentence each is enough."),
        TrustRefusal.UNCHANGED: _l("The words are the same as before. You can keep them so."),
        TrustRefusal.CHANGED: _l("There is a newer text since you opened this page. Here it is."),
        TrustRefusal.NOT_WRITTEN: _l("Nothing is written yet."),
        **GAPS,
    }
)


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def span_words(begins_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return from when to when in the zone of the cohort: "3 May 2027, 18:00 to 20:30"."""
    begins, ends = _local(begins_at, zone), _local(ends_at, zone)
    if begins.date() == ends.date():
        until = clock_words(ends)
    else:
        until = f"{date_words(ends.date())}, {clock_words(ends)}"
    return str(_("%(begin)s to %(end)s", begin=datetime_words(begins_at, zone), end=until))


def gathering_span(gathering: Gathering, zone: str) -> str:
    """Return when a gathering is."""
    return span_words(gathering.begins_at, gathering.ends_at, zone)


def part_words(part: Part) -> str:
    """Return what a part is called."""
    return part.title or str(_("The whole of it"))


def mark_words(part: Part, late: int | None, tolerance_minutes: int) -> str:
    """Return one mark in words, with what it counts for where somebody came late."""
    if late is None:
        return str(_("Was not here"))
    if not late:
        return str(_("Was here"))
    if is_there(late, tolerance_minutes):
        return str(_("Was here, %(late)s late, counts in full", late=minutes_words(late)))
    counts = minutes_in(part, late, tolerance_minutes)
    return str(
        _(
            "Was here, %(late)s late, counts for %(counts)s",
            late=minutes_words(late),
            counts=minutes_words(counts),
        )
    )


def marks_words(conditions: Conditions, marks: Marks) -> list[tuple[str, str]]:
    """Return each part with its mark in words."""
    return [
        (part_words(part), mark_words(part, late, conditions.tolerance_minutes))
        for part, late in zip(conditions.parts, marks, strict=True)
    ]


def link_of(place: str) -> str | None:
    """Return the web address that a place is, or None where it is words."""
    is_one = place.startswith(("https://", "http://")) and not any(c.isspace() for c in place)
    return place if is_one else None
