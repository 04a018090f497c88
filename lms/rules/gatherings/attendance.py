"""Who was there for which part, what that comes to, and what is still to be made up."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lms.rules.gatherings.plan import GatheringState, Part

Marks = tuple[int | None, ...]
"""One entry a part, in order. Units: minutes late, 0 for there from the start, None for away."""

HERE, AWAY = "here", "away"


class AttendanceRefusal(StrEnum):
    """Why attendance cannot be closed or corrected."""

    CLOSED = "attendance-closed"
    CANCELLED = "attendance-cancelled"
    NOT_OVER = "attendance-not-over"
    INCOMPLETE = "attendance-incomplete"
    CHANGED = "attendance-changed"
    NOT_CLOSED = "attendance-not-closed"
    OWN = "attendance-own"
    SAME = "attendance-same"
    MADE_UP = "attendance-made-up"
    REASON_MISSING = "attendance-reason-missing"


class MarkingGap(StrEnum):
    """What is to be mended on a sheet before it can be closed."""

    NO_CHOICE = "sheet-no-choice"
    NOT_MINUTES = "sheet-not-minutes"
    LATE_TO_THE_END = "sheet-late-to-the-end"


class MakeUpWay(StrEnum):
    """How a missed part was made up. All of them count the same."""

    GATHERING = "gathering"
    CONVERSATION = "conversation"
    READING = "reading"


class MakeUpRefusal(StrEnum):
    """Why a make-up cannot be recorded like this."""

    OWN = "make-up-own"
    NOT_CLOSED = "make-up-not-closed"
    NO_PART = "make-up-no-part"
    NOT_MISSING = "make-up-not-missing"
    NO_MINUTES = "make-up-no-minutes"
    TOO_MANY_MINUTES = "make-up-too-many-minutes"
    NO_MEDIUM = "make-up-no-medium"
    IN_THE_FUTURE = "make-up-in-the-future"
    BEFORE_PLACE = "make-up-before-place"
    NOT_ATTENDED = "make-up-not-attended"


class Standing(StrEnum):
    """What a gathering came to for one person.

    `to-make-up`: an unmissable part is missing, and nothing of the gathering counts until it is
    made up. `in-part` counts for the minutes that were attended. `not-asked`: not expected, and
    not there; nothing is missing.
    """

    MET = "met"
    IN_PART = "in-part"
    TO_MAKE_UP = "to-make-up"
    MISSED = "missed"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What attendance is judged by. Units: `tolerance_minutes` late still is there from the start.

    Shape: `parts` in their order.
    """

    parts: tuple[Part, ...]
    tolerance_minutes: int = 0

    @property
    def planned_minutes(self) -> int:
        """What being there throughout comes to."""
        return sum(part.minutes for part in self.parts)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One make-up: which parts (counted from 0), in how many minutes of its own."""

    parts: frozenset[int]
    minutes: int


def is_there(late: int | None, tolerance_minutes: int) -> bool:
    """Say whether somebody was there for a part: lateness within the tolerance is none."""
    return late is not None and late <= tolerance_minutes


def minutes_in(part: Part, late: int | None, tolerance_minutes: int) -> int:
    """Return the minutes that a part counts for: the whole of it, or what was left when they came.

    Edge: beyond the tolerance all the minutes before they came are missing.
    """
    if late is None:
        return 0
    return part.minutes if late <= tolerance_minutes else max(0, part.minutes - late)


def minutes_there(conditions: Conditions, marks: Marks) -> int:
    """Return what a person's attendance of a whole gathering comes to."""
    return sum(
        minutes_in(part, late, conditions.tolerance_minutes)
        for part, late in zip(conditions.parts, marks, strict=True)
    )


def missing_minutes(conditions: Conditions, marks: Marks | None) -> dict[int, int]:
    """Return the minutes missing of each part that was missed, wholly or beyond the tolerance.

    Edge: without marks the person was not asked to come, and may make up all of it.
    """
    if marks is None:
        marks = (None,) * len(conditions.parts)
    return {
        number: part.minutes - minutes_in(part, late, conditions.tolerance_minutes)
        for number, (part, late) in enumerate(zip(conditions.parts, marks, strict=True))
        if not is_there(late, conditions.tolerance_minutes)
    }


def left_to_make_up(
    conditions: Conditions, marks: Marks | None, made_up: Iterable[MadeUp]
) -> dict[int, int]:
    """Return what is missing by part, those left out that were made up."""
    done = {number for one in made_up for number in one.parts}
    missing = missing_minutes(conditions, marks)
    return {number: minutes for number, minutes in missing.items() if number not in done}


def is_open(conditions: Conditions, marks: Marks | None, made_up: Iterable[MadeUp]) -> bool:
    """Say whether an unmissable part is still missing: until it is made up, nothing counts."""
    left = left_to_make_up(conditions, marks, made_up)
    return any(conditions.parts[number].is_unmissable for number in left)


def standing_for(
    conditions: Conditions, marks: Marks | None, made_up: Sequence[MadeUp]
) -> Standing:
    """Return what a closed gathering came to for one person."""
    if marks is None and not made_up:
        return Standing.NOT_ASKED
    if is_open(conditions, marks, made_up):
        return Standing.TO_MAKE_UP
    if not left_to_make_up(conditions, marks, made_up):
        return Standing.MET
    began = bool(made_up) or (marks is not None and minutes_there(conditions, marks) > 0)
    return Standing.IN_PART if began else Standing.MISSED


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was filled in: marks by seat where all parts are set, and what is to be mended.

    Shape: `problems` maps the name of a control to what is to be mended; `untouched` are seats
           without any mark.
    """

    marks: Mapping[str, Marks]
    problems: Mapping[str, MarkingGap]
    untouched: frozenset[str]


def control_name(what: str, seat: str, part: int) -> str:
    """Return the name of a control of the sheet: `at` or `late`, the seat, the part from 0."""
    return f"{what}-{seat}-{part}"


def sheet_from(
    body: Mapping[str, str], seats: Iterable[str], expected: Collection[str], parts: Sequence[Part]
) -> Sheet:
    """Return what was filled in for the seats of a gathering.

    Edge: an expected person needs a mark for each part. For everybody else nothing at all means
          that they did not come, which is no mark: refusing costs nothing and is not recorded.
    """
    marks: dict[str, Marks] = {}
    problems: dict[str, MarkingGap] = {}
    untouched: set[str] = set()
    for seat in seats:
        answers = [body.get(control_name("at", seat, n), "") for n in range(len(parts))]
        if not any(answers) and seat not in expected:
            untouched.add(seat)
            continue
        found = [_mark(body, seat, n, part, answers[n]) for n, part in enumerate(parts)]
        wrong = {name: gap for name, gap, _ in found if gap}
        problems |= wrong
        if not wrong:
            marks[seat] = tuple(late for _, _, late in found)
    return Sheet(marks, problems, frozenset(untouched))


def _mark(
    body: Mapping[str, str], seat: str, number: int, part: Part, answer: str
) -> tuple[str, MarkingGap | None, int | None]:
    """Return one part's mark: the control that is wrong and why, or the minutes late."""
    if answer == AWAY:
        return "", None, None
    if answer != HERE:
        return control_name("at", seat, number), MarkingGap.NO_CHOICE, None
    name = control_name("late", seat, number)
    text = body.get(name, "").strip()
    if text and not (text.isdecimal() and len(text) < 5):
        return name, MarkingGap.NOT_MINUTES, None
    late = int(text or 0)
    return name, MarkingGap.LATE_TO_THE_END if late >= part.minutes else None, late


def refusal_to_save(state: GatheringState) -> AttendanceRefusal | None:
    """Return why a sheet is not kept any more, or None."""
    return {
        GatheringState.PLANNED: None,
        GatheringState.CLOSED: AttendanceRefusal.CLOSED,
        GatheringState.CANCELLED: AttendanceRefusal.CANCELLED,
    }[state]


def refusal_to_close(
    state: GatheringState, *, ends_at: datetime, now: datetime, complete: bool
) -> AttendanceRefusal | None:
    """Return why attendance cannot be closed yet, or None; the very end is late enough."""
    refusal = refusal_to_save(state)
    if refusal:
        return refusal
    if now < ends_at:
        return AttendanceRefusal.NOT_OVER
    return None if complete else AttendanceRefusal.INCOMPLETE


def refusal_to_correct(
    state: GatheringState,
    *,
    by: int,
    person_id: int,
    before: Marks | None,
    after: Marks,
    made_up: Iterable[MadeUp],
    conditions: Conditions,
    reason: str,
) -> AttendanceRefusal | None:
    """Return why a person's attendance is not recorded anew, or None.

    Edge: nobody records their own. A make-up of a part that now counts as attended stands in the
          way: it would count twice, and is taken back first. Only a correction needs a reason.
    """
    if by == person_id:
        return AttendanceRefusal.OWN
    if state is not GatheringState.CLOSED:
        return AttendanceRefusal.NOT_CLOSED
    if before == after:
        return AttendanceRefusal.SAME
    missing = missing_minutes(conditions, after)
    if any(one.minutes > sum(missing.get(n, 0) for n in one.parts) for one in made_up):
        return AttendanceRefusal.MADE_UP
    return None if reason or before is None else AttendanceRefusal.REASON_MISSING


@dataclass(frozen=True, slots=True)
class MakeUpClaim:
    """What is said of a make-up. Units: whole minutes; dates in the cohort's zone.

    `counted_elsewhere`: the gathering it was made up in is on record for this person, so that its
    minutes are in the ledger already and are not added again.
    """

    way: MakeUpWay
    parts: frozenset[int]
    minutes: int
    medium: str
    on: date
    counted_elsewhere: bool = False


def refusal_to_make_up(
    claim: MakeUpClaim,
    *,
    state: GatheringState,
    by: int,
    person_id: int,
    left: Mapping[int, int],
    today: date,
    place_since: date,
) -> MakeUpRefusal | None:
    """Return why a make-up is not recorded, or None.

    Shape: `left` maps parts still missing to their minutes.
    Edge:  reading has no medium; the other two take place somewhere.
    """
    if by == person_id:
        return MakeUpRefusal.OWN
    if state is not GatheringState.CLOSED:
        return MakeUpRefusal.NOT_CLOSED
    if not claim.parts:
        return MakeUpRefusal.NO_PART
    if not claim.parts <= set(left):
        return MakeUpRefusal.NOT_MISSING
    if claim.on > today:
        return MakeUpRefusal.IN_THE_FUTURE
    if claim.on < place_since:
        return MakeUpRefusal.BEFORE_PLACE
    return _refusal_of_minutes(claim, sum(left[number] for number in claim.parts))


def _refusal_of_minutes(claim: MakeUpClaim, missing: int) -> MakeUpRefusal | None:
    if claim.counted_elsewhere:
        return None
    if claim.minutes < 1:
        return MakeUpRefusal.NO_MINUTES
    if claim.minutes > missing:
        return MakeUpRefusal.TOO_MANY_MINUTES
    if claim.way is not MakeUpWay.READING and not claim.medium:
        return MakeUpRefusal.NO_MEDIUM
    return None
