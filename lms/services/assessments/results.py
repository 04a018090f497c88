"""Reading attempts: what was answered and reached, and the talks that staff still have to have."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.content.citing import short_words
from lms.content.versions import ContentKind
from lms.db import lock_row
from lms.models import Attempt, AttemptFlag, Cohort, Enrolment, Person, Score
from lms.rules.assessments.attempts import marks_of
from lms.rules.assessments.definition import Assessment
from lms.rules.assessments.scoring import AssessmentScore, score
from lms.rules.definitions import SourceRef
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass, may_read
from lms.services.assessments.forms import paper_of
from lms.services.assessments.offering import rules_for
from lms.services.assessments.sitting import answers_of
from lms.services.audit import record_act
from lms.services.errors import MissingError
from lms.services.publishing import definition_of, find_current_version
from lms.services.visibility import relations_to, scope_for


@dataclass(frozen=True, slots=True)
class Outcome:
    """An attempt handed in, scored from the exact items of its form.

    Shape: `marks` are the programme's, in percent by part; often there are none.
    """

    paper: Assessment
    answers: Mapping[str, Any]
    score: AssessmentScore
    marks: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Sight:
    """What an asker may see of an attempt."""

    is_own: bool
    answers: bool
    flags: bool


class Owner(NamedTuple):
    """Whose attempt it is: the person, their place's public id, its organisation and zone."""

    id: int
    chosen_name: str
    place_id: str
    organisation_id: int
    zone: str


class AttemptRow(NamedTuple):
    """An attempt in a list for staff: its scores by part, and how many talks it asks for."""

    attempt: Attempt
    scores: Mapping[str, Score]
    open_flags: int


class Conversation(NamedTuple):
    """A talk that a trainer still has to have: with whom, about which attempt."""

    chosen_name: str
    attempt_id: str
    assessment: str
    talks: int


def outcome_of(session: Session, attempt: Attempt) -> Outcome:
    """Return what came of an attempt, from its own form and responses, not today's content."""
    paper = paper_of(session, attempt.form_hash)
    answers = answers_of(session, attempt).values
    return Outcome(paper, answers, score(paper, answers), _marks_for(session, attempt))


def _marks_for(session: Session, attempt: Attempt) -> dict[str, Fraction]:
    place = session.get_one(Enrolment, attempt.enrolment_id)
    return marks_of(rules_for(session, place, attempt.assessment))


def sight_of_attempt(session: Session, actor: Actor, attempt: Attempt) -> Sight:
    """Return what an asker may see of an attempt, by the table of who reads what."""
    owner = owner_of(session, attempt)
    relations = relations_to(session, actor, owner.id)
    return Sight(
        is_own=owner.id == actor.person_id,
        answers=may_read(RecordClass.ANSWERS, relations),
        flags=may_read(RecordClass.FLAG, relations),
    )


def owner_of(session: Session, attempt: Attempt) -> Owner:
    """Return whose attempt it is."""
    query = (
        select(
            Person.id, Person.chosen_name, Enrolment.public_id, Cohort.organisation_id, Cohort.zone
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.id == attempt.enrolment_id)
    )
    return Owner(*session.execute(query).one())


def list_attempts(session: Session, enrolment_id: int) -> list[AttemptRow]:
    """Return a place's attempts, newest first, with their scores and the talks left to have."""
    query = select(Attempt).where(Attempt.enrolment_id == enrolment_id)
    attempts = list(session.scalars(query.order_by(Attempt.id.desc())))
    scores: dict[int, dict[str, Score]] = defaultdict(dict)
    facts = select(Score).where(Score.enrolment_id == enrolment_id, Score.replaced_at.is_(None))
    for fact in session.scalars(facts.order_by(Score.id)):
        scores[fact.attempt_id][fact.part] = fact
    flags = _open_flags(session, enrolment_id)
    return [AttemptRow(a, scores[a.id], flags.get(a.id, 0)) for a in attempts]


def _open_flags(session: Session, enrolment_id: int) -> dict[int, int]:
    query = (
        select(AttemptFlag.attempt_id, func.count())
        .join(Attempt, Attempt.id == AttemptFlag.attempt_id)
        .where(Attempt.enrolment_id == enrolment_id, AttemptFlag.talked_at.is_(None))
        .group_by(AttemptFlag.attempt_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


# Conversations to have


def list_flags(session: Session, attempt: Attempt) -> list[AttemptFlag]:
    """Return the flagged options that were chosen in an attempt, in the order of its form."""
    query = select(AttemptFlag).where(AttemptFlag.attempt_id == attempt.id)
    return list(session.scalars(query.order_by(AttemptFlag.id)))


def settle_flag(
    session: Session, attempt: Attempt, item: str, option: str, *, actor_id: int, now: datetime
) -> None:
    """Note that a flagged option was talked about; a second time changes nothing.

    Edge:   the audit names the attempt but not the person, who does not see flags.
    Raises: MissingError where that option was not chosen or not flagged.
    """
    lock_row(session, attempt)
    flag = next(
        (f for f in list_flags(session, attempt) if (f.item, f.option) == (item, option)), None
    )
    if flag is None:
        raise MissingError
    if flag.talked_at is None:
        flag.talked_at, flag.talked_by = now, actor_id
        record_act(
            session,
            "flag-talked",
            now=now,
            chain=owner_of(session, attempt).organisation_id,
            actor_id=actor_id,
            subject=f"attempt:{attempt.public_id}",
        )
    session.flush()


def list_conversations(session: Session, actor: Actor) -> list[Conversation]:
    """Return the talks that an asker still has to have, the longest waiting first."""
    query = (
        select(Person.chosen_name, Attempt.public_id, Attempt.assessment, func.count())
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(AttemptFlag, AttemptFlag.attempt_id == Attempt.id)
        .where(AttemptFlag.talked_at.is_(None))
        .where(Enrolment.id.in_(scope_for(actor, RecordClass.FLAG)))
        .group_by(Person.chosen_name, Attempt.public_id, Attempt.assessment, Attempt.closed_at)
        .order_by(Attempt.closed_at)
    )
    return [Conversation(*row) for row in session.execute(query)]


# Sources


def source_words(session: Session, paper: Assessment) -> dict[str, str]:
    """Return how the source of each item is named, by item; items without one are left out."""
    version = find_current_version(session, ContentKind.REFERENCES, "references")
    entries = definition_of(session, version).references if version else ()
    by_id = {entry.id: entry for entry in entries}

    def words(source: SourceRef) -> str:
        name = short_words(by_id[source.ref])
        return f"{name}: {source.where}" if source.where else name

    return {i.id: words(i.source) for i in paper.items if i.source and i.source.ref in by_id}
