"""What a gathering is, when it is, and when it may be planned, changed, opened and answered."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from lms.rules.cohorts import PracticeHold
from lms.rules.programmes import Programme
from lms.rules.programmes.evidence import Subset
from lms.rules.programmes.nodes import Count

LATEST_DAYS = 365
MOST_MINUTES = 12 * 60
MOST_PARTS = 6
MOST_TOLERANCE = 120


class GatheringKind(StrEnum):
    """What a gathering is for. Story-sharing rests on the group's trust agreement."""

    TEACHING = "teaching"
    PRACTICE = "practice"
    STORY_SHARING = "story-sharing"


class GatheringMode(StrEnum):
    """How people come together."""

    IN_PERSON = "in-person"
    VIDEO = "video"
    VOICE = "voice"


class Audience(StrEnum):
    """Who may come. Whoever is invited stands in the gathering's own list, nowhere else."""

    WOMEN = "women"
    MEN = "men"
    JOINT = "joint"


class GatheringState(StrEnum):
    """Where a gathering stands; `closed`: attendance is on record."""

    PLANNED = "planned"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PlanRefusal(StrEnum):
    """Why a gathering cannot be planned or changed like this."""

    TOO_FAR_AHEAD = "gathering-too-far-ahead"
    BEFORE_COHORT = "gathering-before-cohort"
    CLOCK_SKIPPED = "gathering-clock-skipped"
    NO_LENGTH = "gathering-no-length"
    TOO_LONG = "gathering-too-long"
    PARTS_TOO_LONG = "gathering-parts-too-long"
    PART_UNFINISHED = "gathering-part-unfinished"
    NOBODY_INVITED = "gathering-nobody-invited"
    NOT_A_MEMBER = "gathering-not-a-member"
    NOT_A_LEADER = "gathering-not-a-leader"
    NO_SUCH_TOPIC = "gathering-no-such-topic"
    CLOSED = "gathering-closed"
    CANCELLED = "gathering-cancelled"
    CHANGED = "gathering-changed"


class AnswerRefusal(StrEnum):
    """Why no answer is taken to an invitation any more, or not yet."""

    BEGUN = "answer-begun"
    NOT_PLANNED = "answer-not-planned"


class TrustHold(StrEnum):
    """Why a story-sharing gathering is shut to somebody."""

    NOT_WRITTEN = "trust-not-written"
    NOT_ACKNOWLEDGED = "trust-not-acknowledged"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a gathering. Missing an unmissable one leaves the gathering to be made up.

    Units: whole minutes. An empty title is the gathering as a whole.
    """

    title: str
    minutes: int
    is_unmissable: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when. Units: aware UTC instants; `on` is the day it begins in its zone."""

    begins_at: datetime
    ends_at: datetime
    on: date

    @property
    def minutes(self) -> int:
        """How long it is in real time, whatever the clocks do meanwhile."""
        return int((self.ends_at - self.begins_at).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Subject:
    """What a gathering belongs to; each may be empty. `topic` is one that the programme names."""

    module: str = ""
    topic: str = ""
    domain: str = ""


NO_SUBJECT = Subject()


@dataclass(frozen=True, slots=True)
class GatheringPlan:
    """A gathering as it is planned: all that may still change until it is closed.

    Units: `tolerance_minutes` late still counts as there from the start.
    """

    title: str
    kind: GatheringKind
    audience: Audience
    mode: GatheringMode
    place: str
    span: Span
    parts: tuple[Part, ...]
    leader_id: int
    tolerance_minutes: int = 0
    subject: Subject = NO_SUBJECT
    words: str = ""
    content_note: str = ""


def refusal_to_day(day: date, *, today: date, since: date) -> PlanRefusal | None:
    """Return why a gathering cannot be on a day, or None; a day already past may be entered.

    Units: calendar days in the cohort's zone; `since` is the cohort's first.
    """
    if day < since:
        return PlanRefusal.BEFORE_COHORT
    if day > today + timedelta(days=LATEST_DAYS):
        return PlanRefusal.TOO_FAR_AHEAD
    return None


def span_for(day: date, begins: time, ends: time, zone: str) -> Span | PlanRefusal:
    """Return from when to when, or why these clock times cannot be.

    Edge: an end that is not after the beginning is on the next day. A clock time that a change to
          summer time leaves out is refused; one that comes twice is the first of the two.
    """
    last = day if ends > begins else day + timedelta(days=1)
    begins_at, ends_at = _instant(day, begins, zone), _instant(last, ends, zone)
    if begins_at is None or ends_at is None:
        return PlanRefusal.CLOCK_SKIPPED
    span = Span(begins_at, ends_at, day)
    if begins == ends or span.minutes < 1:
        return PlanRefusal.NO_LENGTH
    return PlanRefusal.TOO_LONG if span.minutes > MOST_MINUTES else span


def _instant(day: date, clock: time, zone: str) -> datetime | None:
    plain = datetime.combine(day, clock.replace(second=0, microsecond=0))
    instant = plain.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return instant if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == plain else None


def parts_for(given: Sequence[Part], whole_minutes: int) -> tuple[Part, ...] | PlanRefusal:
    """Return the parts of a gathering, or why they cannot be; without any, the whole is one.

    Edge: what is left between the parts is a break and counts for nobody.
    """
    if not given:
        return (Part("", whole_minutes),)
    if any(not part.title or part.minutes < 1 for part in given):
        return PlanRefusal.PART_UNFINISHED
    if sum(part.minutes for part in given) > whole_minutes:
        return PlanRefusal.PARTS_TOO_LONG
    return tuple(given)


def parts_text(parts: Sequence[Part]) -> str:
    """Return parts as they are stored."""
    return json.dumps([[p.title, p.minutes, p.is_unmissable] for p in parts], ensure_ascii=False)


def parts_from(text: str) -> tuple[Part, ...]:
    """Return stored parts."""
    return tuple(Part(*entry) for entry in json.loads(text))


def refusal_to_invite(
    audience: Audience, invited: Collection[int], members: Collection[int]
) -> PlanRefusal | None:
    """Return why these people cannot be invited, or None. Units: both are ids of places.

    Edge: a joint gathering without a list is for the whole cohort, so only the other two need one.
    """
    if not set(invited) <= set(members):
        return PlanRefusal.NOT_A_MEMBER
    if not invited and (audience is not Audience.JOINT or not members):
        return PlanRefusal.NOBODY_INVITED
    return None


def expected_at_first(audience: Audience) -> bool:
    """Say whether an invited person counts as coming before they say anything.

    Edge: to a joint gathering nobody does until they say yes; saying no leaves no trace.
    """
    return audience is not Audience.JOINT


def refusal_to_change(state: GatheringState) -> PlanRefusal | None:
    """Return why a gathering cannot be changed or cancelled any more, or None."""
    return {
        GatheringState.PLANNED: None,
        GatheringState.CLOSED: PlanRefusal.CLOSED,
        GatheringState.CANCELLED: PlanRefusal.CANCELLED,
    }[state]


def refusal_to_answer(
    state: GatheringState, *, begins_at: datetime, now: datetime
) -> AnswerRefusal | None:
    """Return why an answer to an invitation is not taken, or None; the beginning is too late."""
    if state is not GatheringState.PLANNED:
        return AnswerRefusal.NOT_PLANNED
    return AnswerRefusal.BEGUN if now >= begins_at else None


def hold_on_gathering(
    kind: GatheringKind,
    practice: PracticeHold | None,
    *,
    trust_version: int | None,
    acknowledged: int | None,
) -> PracticeHold | TrustHold | None:
    """Return what keeps a gathering shut to an invited person, the nearest to mend, or None.

    Units: `trust_version` is the number of the cohort's current trust agreement, `acknowledged`
           the newest that this person has acknowledged; None is none.
    Edge:  signed agreements and a contact on duty come first, as before any practice.
    """
    if practice:
        return practice
    if kind is not GatheringKind.STORY_SHARING:
        return None
    if trust_version is None:
        return TrustHold.NOT_WRITTEN
    return None if acknowledged == trust_version else TrustHold.NOT_ACKNOWLEDGED


def training_topics(programme: Programme) -> tuple[str, ...]:
    """Return the topics that a programme names where it chooses hours, in its order."""
    return tuple(dict.fromkeys(_topics_in(programme)))


def _topics_in(value: Any) -> Iterator[str]:
    if isinstance(value, Subset):
        yield from value.topics
    elif isinstance(value, tuple):
        for entry in value:
            yield from _topics_in(entry)
    elif is_dataclass(value):
        if isinstance(value, Count) and value.distinct == "topic":
            yield from value.among
        for field in fields(value):
            yield from _topics_in(getattr(value, field.name))
