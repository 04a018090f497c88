"""How far the demo's trainees have come, each step through the service that everybody uses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.models import Enrolment, Person
from lms.rules.assessments.definition import Assessment, TrueFalseItem
from lms.rules.evidence import Paper, Review
from lms.rules.hours import HoursClaim, HoursKind, HoursMedium
from lms.rules.readiness import DecisionOutcome, DecisionSource
from lms.services.agreements import make_attestation, sign_agreement
from lms.services.assessments import paper_of, save_answer, start_attempt, submit_attempt
from lms.services.certificates import issue_certificate
from lms.services.curriculum import finish_lesson
from lms.services.drafts import save_draft
from lms.services.evidence import give_document
from lms.services.hours import confirm_entry, log_entry
from lms.services.people import today_in
from lms.services.publishing import current_version, definition_of
from lms.services.readiness import decide_readiness
from lms.services.roleplays import (
    Booking,
    book_performance,
    draft_key,
    load_case,
    release_performance,
    submit_marking,
)

MODULES = ("boundaries", "safety-planning", "trauma-responsive-practice", "system-navigation")


@dataclass(frozen=True, slots=True)
class Team:
    """Who trains, supervises and decides."""

    trainer: Person
    supervisor: Person
    coordinator: Person


@dataclass(frozen=True, slots=True)
class Walk:
    """One trainee's way through the programme; `now` is the present, steps lie before it."""

    session: Session
    place: Enrolment
    team: Team
    now: datetime

    def ago(self, days: int) -> datetime:
        """Return an instant some days back."""
        return self.now - timedelta(days=days)

    def sign(self) -> None:
        """Sign both agreements and say that there is lived experience."""
        for slug in ("confidentiality", "code-of-ethics"):
            number = current_version(self.session, "agreement", slug).number
            sign_agreement(
                self.session,
                self.place,
                slug,
                shown=number,
                name=self.place.person.chosen_name,
                understood=True,
                now=self.ago(50),
            )
        make_attestation(self.session, self.place, "lived-experience", now=self.ago(50))

    def read(self, module: str, lessons: int | None = None) -> None:
        """Read a module's lessons, all of them or the first few."""
        version = current_version(self.session, "module", module)
        for lesson in definition_of(self.session, version).lessons[:lessons]:
            finish_lesson(
                self.session,
                self.place.person_id,
                module,
                lesson.slug,
                number=version.number,
                now=self.ago(40),
            )

    def assess(self) -> None:
        """Take the readiness assessment with the best answers."""
        attempt = start_attempt(
            self.session, self.place, "readiness", op_id=self._op("attempt"), now=self.ago(20)
        )
        paper: Assessment = paper_of(self.session, attempt.form_hash)
        for number, item in enumerate(paper.items):
            save_answer(
                self.session,
                attempt.id,
                item.id,
                best_answer(item),
                counter=number + 1,
                deliberate=True,
                now=self.ago(20),
            )
        submit_attempt(self.session, attempt, self.place.person_id, now=self.ago(20))

    def play(self, scenario: str, *, marked: bool = True) -> None:
        """Act a role-play, and have it marked at standard and released."""
        trainer = self.team.trainer
        when = self.ago(15)
        booking = Booking(
            scenario=scenario,
            medium="in-person",
            happened_on=today_in(self.place.cohort.zone, when),
            marker_id=trainer.id,
        )
        played = book_performance(
            self.session,
            trainer.id,
            self.place,
            booking,
            op_id=self._op(scenario),
            now=when,
        )
        if not marked:
            return
        case = load_case(self.session, played)
        top = str(max(level.level for level in case.rubric.levels))
        body = {f"level-{criterion.id}": top for criterion in case.scenario.criteria}
        body["went_well"] = "You gave time, and every choice stayed with the person."
        body["next_step"] = "Say the limits of confidentiality one sentence earlier."
        version = save_draft(
            self.session,
            trainer.id,
            draft_key(played),
            body,
            base_version=None,
            op_id="",
            now=when,
        )
        submit_marking(self.session, trainer.id, played, version=version, now=when)
        release_performance(self.session, trainer.id, played, now=when)

    def meet(self, minutes: int, kind: HoursKind, days: int, *, confirmed: bool = True) -> None:
        """Log one meeting with the supervisor, confirmed or waiting."""
        when = self.ago(days)
        supervisor = self.team.supervisor
        claim = HoursClaim(
            on=today_in(self.place.cohort.zone, when),
            minutes=minutes,
            kind=kind,
            medium=HoursMedium.VIDEO,
            supervisor_id=supervisor.id,
            domains={},
            group_size=5 if kind is HoursKind.GROUP else None,
        )
        entry = log_entry(
            self.session,
            self.place,
            claim,
            summary="What I carry home after a long day, and how to set it down.",
            op_id=self._op(f"hours-{kind}-{days}"),
            send=True,
            now=when,
        )
        if confirmed:
            confirm_entry(self.session, entry, by=supervisor.id, version=entry.version, now=when)

    def decide(self) -> None:
        """Record the coordinator's decision: ready."""
        decide_readiness(
            self.session,
            self.place,
            outcome=DecisionOutcome.READY,
            sources=frozenset({DecisionSource.ROLE_PLAYS, DecisionSource.CONVERSATION}),
            reasons="Calm in two role-plays, and clear about handing over. We talked it through.",
            by=self.team.coordinator.id,
            op_id=self._op("decision"),
            now=self.ago(3),
        )

    def certify(self) -> None:
        """Issue the certificate."""
        name = self.place.person.certificate_name or self.place.person.chosen_name
        issue_certificate(
            self.session,
            self.place,
            by=self.team.coordinator.id,
            name_read=name,
            op_id=self._op("certificate"),
            now=self.ago(1),
        )

    def file_check(self) -> None:
        """Put a background check on file: its day and what it came to, nothing else."""
        when = self.ago(45)
        give_document(
            self.session,
            self.place,
            Paper("background-check", today_in(self.place.cohort.zone, when)),
            file=None,
            by=self.team.coordinator.id,
            op_id=self._op("check"),
            now=when,
            review=Review("clear"),
        )

    def _op(self, what: str) -> str:
        return f"{self.place.public_id}-{what}"


def best_answer(item: Any) -> Any:
    """Return the answer to an item that earns most."""
    if isinstance(item, TrueFalseItem):
        return item.key
    good = [option.id for option in item.options if not str(option.credit).startswith(("-", "0"))]
    if item.type == "multiple":
        return good
    return next(option.id for option in item.options if str(option.credit) == "1")


def walk_halfway(walk: Walk) -> None:
    """Signed, three modules and a bit, some supervision, one role-play waiting to be marked."""
    walk.sign()
    walk.file_check()
    walk.read("safety-planning")
    walk.read("system-navigation")
    walk.read("boundaries")
    walk.read("trauma-responsive-practice", 3)
    walk.play("tonight")
    walk.play("until-friday", marked=False)
    walk.meet(60, HoursKind.INDIVIDUAL, 12)
    walk.meet(300, HoursKind.GROUP, 9)
    walk.meet(90, HoursKind.INDIVIDUAL, 2, confirmed=False)


def walk_to_the_end(walk: Walk) -> None:
    """Everything that the programme asks for."""
    walk.sign()
    for module in MODULES:
        walk.read(module)
    walk.assess()
    walk.play("tonight")
    walk.play("ten-minutes")
    for days in (35, 30, 25, 20):
        walk.meet(120, HoursKind.INDIVIDUAL, days)
    walk.meet(150, HoursKind.GROUP, 10)
    walk.decide()
