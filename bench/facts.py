"""The facts of each invented person: rows for set-based inserts, about sixty a person."""

import json
import random
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from bench.inserts import Row, put, put_for_ids, quick_public_id
from lms.content.library import Library
from lms.models import (
    Attempt,
    Attestation,
    Completion,
    Confirmation,
    ContentVersion,
    HoursEntry,
    LessonReading,
    Marking,
    Performance,
    ReadinessDecision,
    Response,
    Score,
    Signature,
)
from lms.rules.assessments.attempts import WHOLE
from lms.rules.assessments.definition import Assessment, Item, MultipleItem, TrueFalseItem
from lms.rules.assessments.scoring import AssessmentScore, score
from lms.rules.hours import HoursClaim, HoursKind, HoursMedium, content_hash
from lms.rules.learning import modules_asked
from lms.rules.roleplays import Scenario
from lms.sealing import Sealer
from lms.services.assessments.forms import keep_form
from lms.services.publishing import current_version, definition_of, list_current_versions
from lms.services.roleplays.marking import about_marking

HOURS = 22
SUMMARY = "We talked about two visits, what went well, and where I was unsure whom to ask."
WENT_WELL = "You let her finish, and you asked before you offered anything."
NEXT_STEP = "Say in the first minute what stays between you, and what does not."
REASONS = "The scores, two role-plays and what her supervisor wrote all say the same."


@dataclass(frozen=True, slots=True)
class Content:
    """What is published, as far as facts name it."""

    modules: tuple[ContentVersion, ...]
    lessons: Mapping[str, tuple[str, ...]]
    agreements: tuple[ContentVersion, ...]
    scenarios: tuple[tuple[ContentVersion, Scenario], ...]
    rubric: ContentVersion
    assessment: Assessment
    forms: tuple[str, ...]
    sheets: tuple["Sheet", ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One way of answering the assessment, and what it scores."""

    answers: Mapping[str, Any]
    scored: AssessmentScore


@dataclass(frozen=True, slots=True)
class Trainee:
    """Whose facts are made, who accompanies them, and the key their texts are sealed with."""

    person_id: int
    enrolment_id: int
    trainer_id: int
    second_trainer_id: int
    supervisor_id: int
    coordinator_id: int
    began_on: date
    today: date
    zone_noon: datetime
    sealer: Sealer


def sheets_for(assessment: Assessment, chance: random.Random) -> tuple[Sheet, ...]:
    """Return twelve ways of answering, from unsure to strong."""
    found = []
    for number in range(12):
        sure = 0.55 + 0.04 * number
        answers = {item.id: _answer(item, chance.random() < sure) for item in assessment.items}
        found.append(Sheet(answers, score(assessment, answers)))
    return tuple(found)


def content_of(
    session: Session, library: Library, programme: str, forms: int, chance: random.Random
) -> Content:
    """Return what is published of a library, with so many forms of its assessment."""
    version = current_version(session, "assessment", "readiness")
    assessment: Assessment = definition_of(session, version)
    scenarios = list_current_versions(session, "scenario")
    asked = modules_asked(
        definition_of(session, current_version(session, "programme", programme)).requirements
    )
    return Content(
        modules=tuple(current_version(session, "module", slug) for slug in asked),
        lessons={
            module.slug: tuple(lesson.slug for lesson in module.lessons)
            for module in library.modules
        },
        agreements=tuple(list_current_versions(session, "agreement")),
        scenarios=tuple((row, definition_of(session, row)) for row in scenarios),
        rubric=current_version(session, "rubric", "twelve"),
        assessment=assessment,
        forms=tuple(keep_form(session, version, number) for number in range(forms)),
        sheets=sheets_for(assessment, chance),
    )


def _answer(item: Item, is_best: bool) -> Any:
    if isinstance(item, TrueFalseItem):
        return item.key is is_best
    if not is_best:
        return [item.options[0].id] if isinstance(item, MultipleItem) else item.options[0].id
    good = [option.id for option in item.options if Fraction(option.credit) > 0]
    full = [option.id for option in item.options if Fraction(option.credit) == 1]
    return good if isinstance(item, MultipleItem) else full[0]


class FactRows:
    """Gathers the rows of many people, a list a table; what must be inserted first comes first."""

    def __init__(self, content: Content, chance: random.Random) -> None:
        self.content, self.chance = content, chance
        self.plain: dict[type, list[Row]] = {
            kind: []
            for kind in (Completion, LessonReading, Signature, Attestation, ReadinessDecision)
        }
        self.attempts: list[tuple[Row, Sheet, datetime]] = []
        self.hours: list[tuple[Row, Row]] = []
        self.performances: list[tuple[Row, list[Row]]] = []

    def count(self) -> int:
        """Return how many facts were made, confirmations, scores and markings among them."""
        plain = sum(len(rows) for kind, rows in self.plain.items() if kind is not LessonReading)
        scores = sum(1 + len(sheet.scored.domains) for _, sheet, _ in self.attempts)
        played = sum(1 + len(markings) for _, markings in self.performances)
        return plain + scores + played + sum(1 + bool(signed) for _, signed in self.hours)

    def keep(self, session: Session) -> None:
        """Insert everything."""
        for model, plain in self.plain.items():
            put(session, model, plain)
        self._keep_attempts(session)
        ids = put_for_ids(session, HoursEntry, [row for row, _ in self.hours])
        signed = [
            {"entry_id": entry} | confirmation
            for entry, (_, confirmation) in zip(ids, self.hours, strict=True)
            if confirmation
        ]
        put(session, Confirmation, signed)
        played = put_for_ids(session, Performance, [row for row, _ in self.performances])
        markings = [
            {"performance_id": performance} | marking
            for performance, (_, found) in zip(played, self.performances, strict=True)
            for marking in found
        ]
        put(session, Marking, markings)

    def _keep_attempts(self, session: Session) -> None:
        ids = put_for_ids(session, Attempt, [row for row, _, _ in self.attempts])
        found: dict[type, list[Row]] = {Response: [], Score: []}
        for attempt, (row, sheet, at) in zip(ids, self.attempts, strict=True):
            for model, made in attempt_rows(attempt, row, sheet, at):
                found[model].append(made)
        for model, rows in found.items():
            put(session, model, rows)

    def add(self, who: Trainee, progress: float) -> None:
        """Make the facts of one person. Units: `progress` 0 has just begun, 1 has done it all."""
        for rows in (self._read, self._signed, self._sat, self._supervised, self._played):
            rows(who, progress)
        if progress > 0.9:
            self.plain[ReadinessDecision].append(self._decision(who))

    def _fact(self, who: Trainee, share: float) -> Row:
        span = max((who.today - who.began_on).days, 1)
        on = who.began_on + timedelta(days=int(span * min(share, 1.0)))
        at = datetime.combine(on, time(12), who.zone_noon.tzinfo)
        return {
            "enrolment_id": who.enrolment_id,
            "public_id": quick_public_id(),
            "happened_on": on,
            "recorded_at": at,
        }

    def _read(self, who: Trainee, progress: float) -> None:
        modules = self.content.modules
        done = len(modules) if progress > 0.6 else round(progress * len(modules))
        for place, version in enumerate(modules[:done]):
            fact = self._fact(who, 0.1 * (place + 1))
            lessons = self.content.lessons[version.slug]
            self.plain[LessonReading] += [
                {
                    "enrolment_id": who.enrolment_id,
                    "module": version.slug,
                    "lesson": lesson,
                    "version_id": version.id,
                    "finished_at": fact["recorded_at"],
                }
                for lesson in lessons
            ]
            self.plain[Completion].append(
                fact
                | {
                    "module": version.slug,
                    "version_id": version.id,
                    "version_number": version.number,
                    "lesson_versions": json.dumps(dict.fromkeys(lessons, version.hash)),
                }
            )

    def _signed(self, who: Trainee, progress: float) -> None:
        for version in self.content.agreements:
            self.plain[Signature].append(
                self._fact(who, 0)
                | {
                    "person_id": who.person_id,
                    "agreement": version.slug,
                    "version_id": version.id,
                    "version_number": version.number,
                    "text_hash": version.hash,
                    "name_typed": "Name as typed",
                }
            )
        self.plain[Attestation].append(
            self._fact(who, 0)
            | {"what": "lived-experience", "capacity": "self", "attested_by": who.person_id}
        )

    def _sat(self, who: Trainee, progress: float) -> None:
        sheets = self.content.sheets
        for number in range(2 if progress > 0.5 else 1):
            best = len(sheets) - 1 if progress > 0.9 and number else int(progress * 8) + number
            fact = self._fact(who, 0.4 + 0.3 * number)
            row = {
                "enrolment_id": who.enrolment_id,
                "public_id": quick_public_id(),
                "assessment": self.content.assessment.id,
                "number": number + 1,
                "form_hash": self.chance.choice(self.content.forms),
                "seed": number,
                "state": "closed",
                "started_at": fact["recorded_at"] - timedelta(minutes=50),
                "closed_at": fact["recorded_at"],
            }
            self.attempts.append((row, sheets[best], fact["recorded_at"]))

    def _supervised(self, who: Trainee, progress: float) -> None:
        for number in range(HOURS):
            kind = HoursKind.GROUP if number % 4 == 3 else HoursKind.INDIVIDUAL
            fact = self._fact(who, (number + 1) / HOURS)
            claim = HoursClaim(
                on=fact["happened_on"],
                minutes=self.chance.choice((45, 60, 90)),
                kind=kind,
                medium=self.chance.choice((HoursMedium.IN_PERSON, HoursMedium.VIDEO)),
                supervisor_id=who.supervisor_id,
                domains={},
                group_size=6 if kind is HoursKind.GROUP else None,
            )
            is_signed = number < HOURS * max(progress, 0.5)
            self.hours.append(self._entry(who, fact, claim, is_signed))

    def _entry(
        self, who: Trainee, fact: Row, claim: HoursClaim, is_signed: bool
    ) -> tuple[Row, Row]:
        about = f"hours:{fact['public_id']}:summary"
        row = fact | {
            "ledger": "supervision",
            "kind": claim.kind.value,
            "minutes": claim.minutes,
            "domains": "{}",
            "medium": claim.medium.value,
            "group_size": claim.group_size,
            "supervisor_id": who.supervisor_id,
            "summary": who.sealer.seal(SUMMARY.encode(), about),
            "state": "confirmed" if is_signed else "submitted",
            "op_id": secrets.token_urlsafe(18),
            "submitted_at": fact["recorded_at"],
        }
        if not is_signed:
            return row, {}
        signed = {
            "confirmed_by": who.supervisor_id,
            "confirmed_at": fact["recorded_at"] + timedelta(days=1),
            "content_hash": content_hash(
                claim, entry=fact["public_id"], person=who.person_id, summary=SUMMARY
            ),
            "assurance": "account",
        }
        return row, signed

    def _played(self, who: Trainee, progress: float) -> None:
        markers = (who.trainer_id, who.second_trainer_id)
        done = 3 if progress > 0.7 else round(progress * 3)
        for number in range(done):
            version, scenario = self.content.scenarios[number % len(self.content.scenarios)]
            fact = self._fact(who, 0.5 + 0.1 * number)
            row = fact | {
                "scenario": scenario.id,
                "scenario_version_id": version.id,
                "rubric_version_id": self.content.rubric.id,
                "marker_id": markers[number % 2],
                "booked_by": who.coordinator_id,
                "minutes": scenario.minutes,
                "state": "released",
                "result": "met" if number or progress > 0.9 else "not-yet",
                "released_at": fact["recorded_at"] + timedelta(days=1),
                "released_on": fact["happened_on"] + timedelta(days=1),
                "op_id": secrets.token_urlsafe(18),
            }
            level = 2 if number or progress > 0.9 else 1
            marking = self._marking(who, fact, markers[number % 2], scenario, level)
            self.performances.append((row, [marking]))

    def _marking(
        self, who: Trainee, fact: Row, marker_id: int, scenario: Scenario, level: int
    ) -> Row:
        def sealed(part: str, text: str) -> bytes:
            return who.sealer.seal(text.encode(), about_marking(fact["public_id"], part))

        return {
            "marker_id": marker_id,
            "levels": json.dumps({criterion.id: level for criterion in scenario.criteria}),
            "moments": sealed("moments", "{}"),
            "went_well": sealed("went_well", WENT_WELL),
            "next_step": sealed("next_step", NEXT_STEP),
            "submitted_at": fact["recorded_at"],
        }

    def _decision(self, who: Trainee) -> Row:
        fact = self._fact(who, 1)
        return fact | {
            "what": "readiness",
            "outcome": "ready",
            "sources": json.dumps(["scores", "role-plays", "supervisor"]),
            "reasons": who.sealer.seal(REASONS.encode(), f"decision:{fact['public_id']}"),
            "capacity": "coordinator",
            "decided_by": who.coordinator_id,
            "op_id": secrets.token_urlsafe(18),
        }


def attempt_rows(
    attempt_id: int, row: Row, sheet: Sheet, at: datetime
) -> Iterator[tuple[type, Row]]:
    """Yield the responses and scores of an attempt that has its id."""
    for item, value in sheet.answers.items():
        yield (
            Response,
            {
                "attempt_id": attempt_id,
                "item": item,
                "value": json.dumps(value),
                "counter": 1,
                "saved_at": at,
            },
        )
    for part, points in {WHOLE: sheet.scored.whole, **sheet.scored.domains}.items():
        yield (
            Score,
            {
                "enrolment_id": row["enrolment_id"],
                "public_id": quick_public_id(),
                "happened_on": at.date(),
                "recorded_at": at,
                "attempt_id": attempt_id,
                "assessment": row["assessment"],
                "part": part,
                "points": points.points,
                "of": points.of,
                "score_percent": points.score_percent,
                "score_ppm": points.score_ppm,
            },
        )
