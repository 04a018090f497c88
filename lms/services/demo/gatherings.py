"""The demo's gatherings: a trust agreement, one evening that was held, two that are to come."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from lms.models import Cohort, Enrolment, Gathering, Person
from lms.rules.gatherings import (
    Audience,
    GatheringKind,
    GatheringMode,
    GatheringPlan,
    Marks,
    Part,
    PlanRefusal,
    Span,
    Subject,
    TrustSection,
    control_name,
    span_for,
)
from lms.services.drafts import save_draft
from lms.services.errors import RefusedError
from lms.services.gatherings import (
    acknowledge_trust,
    answer_invitation,
    close_attendance,
    find_seat,
    plan_gathering,
    sheet_key,
    write_trust,
)
from lms.services.people import today_in

TEXTS = {
    TrustSection.PARTICIPATION: (
        "We come, or we say that we cannot. Nobody has to say why.\n\n"
        "- Anybody may sit something out.\n- Listening is taking part."
    ),
    TrustSection.RESPONSIBILITY: (
        "The group belongs to all of us. What fails, we mend together.\n\n"
        "Whoever notices something says it, to the group or to whoever leads."
    ),
    TrustSection.CONFLICT: (
        "We say it to each other, not about each other.\n\n"
        "When we are stuck we ask somebody from outside the group to help."
    ),
    TrustSection.CONFIDENTIALITY: (
        "What is told here stays here, names above all.\n\n"
        "What the law asks us to pass on, we pass on, and we say so first."
    ),
}
HELD: Mapping[str, Marks] = {"Amina": (5, 0), "Tomás": (0, None), "Grace": (0, 0)}
INVITED_TO_STORIES = ("Amina", "Noor")

Places = Mapping[str, Enrolment]


def hold_gatherings(
    session: Session, cohort: Cohort, places: Places, trainer: Person, *, now: datetime
) -> None:
    """Write the agreement, hold one evening, and plan one for stories and a joint one.

    Edge: Noor has joined since, so the agreement is to be looked at again. Tomás left early, and
          the part that cannot be missed is to be made up.
    """
    _agree(session, cohort, [places[name] for name in HELD], trainer, now - timedelta(days=50))
    evening = _evening(_span(cohort, now, -8), trainer)
    _close(session, _plan(session, cohort, evening, places, HELD, now), places, trainer, now)
    stories = _stories(_span(cohort, now, 3), trainer)
    _plan(session, cohort, stories, places, INVITED_TO_STORIES, now)
    ahead = replace(
        _evening(_span(cohort, now, 6), trainer),
        mode=GatheringMode.VIDEO,
        place="https://meet.example/invented",
    )
    joint = _plan(session, cohort, ahead, places, (), now)
    answer_invitation(session, joint, places["Tomás"].person_id, coming=True, now=now)


def _agree(
    session: Session,
    cohort: Cohort,
    members: Iterable[Enrolment],
    trainer: Person,
    now: datetime,
) -> None:
    row = write_trust(session, trainer.id, cohort, TEXTS, begun_from=0, now=now)
    for place in members:
        acknowledge_trust(
            session, place, shown=row.number, shown_hash=row.text_hash, now=now + timedelta(days=1)
        )


def _span(cohort: Cohort, now: datetime, days: int) -> Span:
    day = today_in(cohort.zone, now) + timedelta(days=days)
    span = span_for(day, time(18), time(20), cohort.zone)
    if isinstance(span, PlanRefusal):  # no clock changes in the evening
        raise RefusedError(span)
    return span


def _evening(span: Span, trainer: Person) -> GatheringPlan:
    return GatheringPlan(
        title="Evening of listening",
        kind=GatheringKind.TEACHING,
        audience=Audience.JOINT,
        mode=GatheringMode.IN_PERSON,
        place="Riverside house, green room (invented)",
        span=span,
        parts=(Part("Listening in pairs", 60), Part("Safety first", 45, is_unmissable=True)),
        leader_id=trainer.id,
        tolerance_minutes=10,
        subject=Subject(module="boundaries"),
        words="We listen in pairs, then look at what listening asks of our own limits.",
        content_note="It touches on control.",
    )


def _stories(span: Span, trainer: Person) -> GatheringPlan:
    return GatheringPlan(
        title="Stories, in a small circle",
        kind=GatheringKind.STORY_SHARING,
        audience=Audience.WOMEN,
        mode=GatheringMode.IN_PERSON,
        place="Riverside house, small room (invented)",
        span=span,
        parts=(Part("", span.minutes),),
        leader_id=trainer.id,
        words="Each tells as much or as little as they like.",
        content_note="It may touch on violence and on loss. You can step out at any time.",
    )


def _plan(
    session: Session,
    cohort: Cohort,
    plan: GatheringPlan,
    places: Places,
    names: Iterable[str],
    now: datetime,
) -> Gathering:
    invited = [places[name].public_id for name in names]
    op_id = f"demo-{plan.span.on}"
    return plan_gathering(session, plan.leader_id, cohort, plan, invited, op_id=op_id, now=now)


def _close(
    session: Session, gathering: Gathering, places: Places, trainer: Person, now: datetime
) -> None:
    """Take attendance as the trainer does: a sheet, then on record, on the day after."""
    after = gathering.ends_at + timedelta(hours=12)
    body: dict[str, str] = {}
    for name, marks in HELD.items():
        seat = find_seat(session, gathering.id, places[name].person_id)
        if seat is None:
            continue
        for part, late in enumerate(marks):
            body[control_name("at", seat.public_id, part)] = "away" if late is None else "here"
            body[control_name("late", seat.public_id, part)] = str(late or "")
    key = sheet_key(gathering)
    version = save_draft(
        session, trainer.id, key, body, base_version=None, op_id="", now=min(after, now)
    )
    close_attendance(session, trainer.id, gathering, version=version, now=min(after, now))
