"""What a trainee leaves behind: answers on the way, lessons read, modules completed."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import (
    CheckAnswer,
    Cohort,
    Completion,
    ContentVersion,
    Enrolment,
    LessonReading,
)
from lms.rules.curriculum import Check, Lesson, Module, Situation
from lms.rules.learning import is_complete, lesson_states, next_lesson, refusal_to_answer
from lms.services.audit import record_act
from lms.services.curriculum.opening import LessonPage
from lms.services.curriculum.pages import find_programme, met_by
from lms.services.curriculum.texts import (
    VersionRef,
    alike_in,
    find_newest,
    find_version,
    lesson_in,
    module_at,
    texts_read,
)
from lms.services.curriculum.ways import forget_other_answers, keep_other_answer
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact
from lms.services.people import today_in
from lms.services.practice import get_place


@dataclass(frozen=True, slots=True)
class Finished:
    """What follows a lesson: the next one, if any, and whether this made the module complete."""

    next_lesson: str | None
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen: `block` names a check, or a situation's step as `situation/step`."""

    block: str
    chosen: tuple[str, ...]


def refuse_answer(page: LessonPage, answer: Answer) -> None:
    """Refuse what is no answer to a check or a step. Raises: MissingError, RefusedError."""
    offered, several, __ = _offered_in(page, answer.block)
    refusal = refusal_to_answer(offered, answer.chosen, several=several)
    if refusal:
        raise RefusedError(refusal)


def _offered_in(page: LessonPage, block: str) -> tuple[list[str], bool, bool]:
    """Return what a block offers, whether several fit, and whether it is on the other way.

    Edge: the way that is shown comes first; a page that was open before the reader changed over
          may still send an answer of the way it showed.
    """
    for is_other in (page.is_other, not page.is_other):
        lesson = page.ways[1 if is_other else 0] if page.has_other or not is_other else None
        found = _offered(lesson, block) if lesson else None
        if found:
            return (*found, is_other)
    raise MissingError


def _offered(lesson: Lesson, block: str) -> tuple[list[str], bool] | None:
    for part in lesson.parts:
        if isinstance(part, Check) and part.id == block:
            return [option.id for option in part.options], part.several
        if isinstance(part, Situation):
            for step in part.steps:
                if block == f"{part.id}/{step.id}":
                    return [choice.id for choice in step.choices], False
    return None


def keep_answer(
    session: Session, person_id: int, page: LessonPage, answer: Answer, *, now: datetime
) -> None:
    """Keep what was chosen in a check or a situation's step: never scored, the last choice stands.

    Raises: MissingError, RefusedError(AnswerRefusal).
    """
    refuse_answer(page, answer)
    is_other = _offered_in(page, answer.block)[2]
    place = get_place(session, person_id)
    if is_other:
        key = f"{page.module.slug}/{page.written.slug}"
        keep_other_answer(session, person_id, key, answer.block, answer.chosen, now=now)
        return
    lock_row(session, place)
    query = _answers(place, page).where(CheckAnswer.block == answer.block)
    row = session.scalars(query).one_or_none()
    if row is None:
        row = CheckAnswer(
            enrolment_id=place.id,
            module=page.module.slug,
            lesson=page.lesson.slug,
            block=answer.block,
        )
        session.add(row)
    row.chosen, row.answered_at = ",".join(answer.chosen), now
    session.flush()


def begin_again(
    session: Session, person_id: int, page: LessonPage, situation: str, *, now: datetime
) -> None:
    """Forget what was chosen in a situation, so that it can be gone through once more."""
    if page.is_other:
        key = f"{page.module.slug}/{page.written.slug}"
        forget_other_answers(session, person_id, key, situation, now=now)
        return
    place = get_place(session, person_id)
    lock_row(session, place)
    prefix = f"{situation}/"
    for row in session.scalars(_answers(place, page)):
        if row.block.startswith(prefix):
            session.delete(row)
    session.flush()


def _answers(place: Enrolment, page: LessonPage) -> Select[CheckAnswer]:
    return select(CheckAnswer).where(
        CheckAnswer.enrolment_id == place.id,
        CheckAnswer.module == page.module.slug,
        CheckAnswer.lesson == page.lesson.slug,
    )


def finish_lesson(
    session: Session, person_id: int, slug: str, lesson: str, *, number: int, now: datetime
) -> Finished:
    """Note that a lesson was read in a version; the last one makes the module complete.

    Edge:   pressed twice, it changes nothing. Lessons that a version took over unchanged count for
            it; where the newest version is all read, that is the one completed. Which way was taken
            is not asked and nowhere noted. What the programme omits is not waited for.
    Raises: MissingError.
    """
    place = get_place(session, person_id)
    lock_row(session, place)
    version, __ = find_version(session, slug, number)
    programme = find_programme(session, place)
    if lesson_in(met_by(programme, module_at(session, version.id, version.hash)), lesson) is None:
        raise MissingError
    _add_reading(session, place, version, lesson, now)
    read = texts_read(session, place.id, slug).get(slug, {})
    newest = find_newest(session, slug)
    complete = False
    for candidate in dict.fromkeys((newest, version)):
        module = met_by(programme, module_at(session, candidate.id, candidate.hash))
        if is_complete(lesson_states(module, read, alike_in(session, candidate.alike))):
            _add_completion(session, place, candidate, module, now)
            complete = True
            break
    met = met_by(programme, module_at(session, newest.id, newest.hash))
    states = lesson_states(met, read, alike_in(session, newest.alike))
    return Finished(next_lesson(states, lesson), complete)


def _add_reading(
    session: Session, place: Enrolment, version: VersionRef, lesson: str, now: datetime
) -> None:
    query = select(LessonReading.id).where(
        LessonReading.enrolment_id == place.id,
        LessonReading.module == version.slug,
        LessonReading.lesson == lesson,
        LessonReading.version_id == version.id,
    )
    if session.scalars(query).first() is not None:
        return
    session.add(
        LessonReading(
            enrolment_id=place.id,
            module=version.slug,
            lesson=lesson,
            version_id=version.id,
            finished_at=now,
        )
    )
    session.flush()


def _add_completion(
    session: Session, place: Enrolment, version: VersionRef, module: Module, now: datetime
) -> None:
    query = select(Completion.id).where(
        Completion.enrolment_id == place.id,
        Completion.module == module.slug,
        Completion.version_id == version.id,
    )
    if session.scalars(query).first() is not None:
        return
    cohort = session.get_one(Cohort, place.cohort_id)
    completion = Completion(
        enrolment_id=place.id,
        module=module.slug,
        version_id=version.id,
        version_number=version.number,
        lesson_versions=json.dumps(_versions_read(session, place, version, module), sort_keys=True),
        happened_on=today_in(cohort.zone, now),
        recorded_at=now,
    )
    add_fact(session, completion)
    record_act(
        session,
        "module-completed",
        now=now,
        chain=cohort.organisation_id,
        actor_id=place.person_id,
        about_id=place.person_id,
        subject=f"completion:{completion.public_id}",
        module=module.slug,
        version=version.number,
    )


def _versions_read(
    session: Session, place: Enrolment, version: VersionRef, module: Module
) -> dict[str, int]:
    """Return, for each lesson, the newest version in which this text, or one alike, was read."""
    alike = alike_in(session, version.alike)
    query = (
        select(
            LessonReading.lesson,
            LessonReading.version_id,
            ContentVersion.hash,
            ContentVersion.number,
        )
        .join(ContentVersion, ContentVersion.id == LessonReading.version_id)
        .where(LessonReading.enrolment_id == place.id, LessonReading.module == module.slug)
        .order_by(ContentVersion.number)
    )
    return {
        row.lesson: row.number
        for row in session.execute(query)
        if (text := lesson_in(module_at(session, row.version_id, row.hash), row.lesson))
        and (text in module.lessons or text in alike.get(row.lesson, ()))
    }
