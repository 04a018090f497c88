"""Fills a database with invented people by the thousand, in set-based inserts."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.facts import FactRows, Trainee, content_of
from bench.ground import (
    FOLDER,
    PASSWORD,
    Seat,
    Seeded,
    a_session,
    bench_settings,
    find_seeded,
    keep_seeded,
)
from bench.inserts import Row, gather_statistics, put, put_for_ids, widen_cache
from lms.config import Settings
from lms.content.bundled import bundled
from lms.content.library import Library, load_library
from lms.db import new_public_id, transaction, utcnow
from lms.migrations.run import upgrade
from lms.migrations.state import current, head
from lms.models import (
    Address,
    Assignment,
    Attempt,
    Cohort,
    Enrolment,
    Organisation,
    Person,
    PersonKey,
    RoleGrant,
    Signin,
)
from lms.rules.assessments.definition import SingleItem
from lms.rules.verdict import State
from lms.sealing import Sealer, new_data_key
from lms.services.certificates import issue_certificate, preview_issue
from lms.services.ground import ground_of
from lms.services.installation import mark_installation
from lms.services.people import make_organisation, today_in
from lms.services.publishing import (
    current_version,
    publish_library,
)
from lms.services.signin import hash_password, new_token, token_hash
from lms.services.verdicts import judge_places

ZONE = "America/New_York"
PROGRAMME = "peer-support-demo"
SEATS = 32
CERTIFICATES = 3
FORMS = 8
NAMES = (
    ("Amina", "Noor", "Tomás", "Grace", "Ines", "Marek", "Wanjiru", "Dolores", "Yusuf", "Lena"),
    ("Abdi", "Castillo", "Dvořák", "Eze", "Farouk", "Gómez", "Haddad", "Ito", "Jensen", "Kaur"),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much to make."""

    cohorts: int = 20
    people: int = 50

    @property
    def trainees(self) -> int:
        """Return how many trainees there are in all."""
        return self.cohorts * self.people


def seed(
    settings: Settings, scale: Scale, folder: Path, kind: "type[Seeding] | None" = None
) -> Seeded:
    """Fill an empty database and return what a run needs to know of it; `kind` says of whom."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if current(settings.database_url) != head():
        upgrade(settings.database_url)
    library = load_library(bundled("modules").parent)
    with a_session(settings) as session, transaction(session):
        widen_cache(session)
        if session.scalar(select(func.count()).select_from(Organisation)):
            raise SystemExit("This database holds people already. The seed needs an empty one.")
        now = utcnow()
        mark_installation(session, is_demo=True, now=now)
        publish_library(session, library, by=None, now=now)
        seeding = (kind or Seeding)(session, library, scale, now)
        seeded = seeding.run(settings.database_url)
    keep_seeded(folder, seeded)
    return seeded


class Seeding:
    """One run of the seed on one session."""

    certificates = CERTIFICATES

    def __init__(self, session: Session, library: Library, scale: Scale, now: datetime) -> None:
        self.session, self.scale, self.now = session, scale, now
        self.today: date = today_in(ZONE, now)
        self.chance = random.Random(scale.trainees)
        self.password_hash = hash_password(PASSWORD)
        self.content = content_of(session, library, PROGRAMME, FORMS, self.chance)
        self.home = make_organisation(
            session, name="Riverside Peers (bench)", zone=ZONE, language="en", now=now
        )
        self.home.duty_name, self.home.duty_reach = "Rosa (invented)", "desk, extension 12"
        session.flush()

    def run(self, url: str) -> Seeded:
        """Make everybody and everything."""
        coordinator, *staff = self._staff()
        cohorts = self._cohorts()
        people = self._people(self._names(), "trainee")
        places = self._places(people, cohorts)
        facts = self._facts(people, places, coordinator, staff)
        seats = self._seats(people, places)
        gather_statistics(self.session)
        return Seeded(
            url=url,
            cohorts=self.scale.cohorts,
            people=self.scale.trainees,
            facts=facts,
            cohort=self.session.get_one(Cohort, cohorts[0]).public_id,
            coordinator=self._sign_in(coordinator),
            seats=seats,
            codes=tuple(self._codes(coordinator)),
        )

    def _codes(self, coordinator: int) -> Iterator[str]:
        """Issue certificates to the first few who have met everything, and yield their codes."""
        everybody = select(Enrolment.id)
        judged = judge_places(self.session, everybody, on=self.today)
        ready = [place.enrolment_id for place, _, found in judged if found.state is State.MET]
        for enrolment_id in ready[: self.certificates]:
            place = self.session.get_one(Enrolment, enrolment_id)
            read = preview_issue(self.session, place, by=coordinator, now=self.now)
            certificate = issue_certificate(
                self.session,
                place,
                by=coordinator,
                name_read=read.name,
                op_id=new_public_id(),
                now=self.now,
            )
            yield certificate.code

    def _names(self) -> list[str]:
        first, last = NAMES
        return [
            f"{first[number % 10]} {last[number // 10 % 10]} {number + 1}"
            for number in range(self.scale.trainees)
        ]

    def _people(self, names: list[str], word: str) -> list[int]:
        rows = [
            {
                "organisation_id": self.home.id,
                "chosen_name": name,
                "certificate_name": name if number % 3 else "",
                "password_hash": self.password_hash,
                "created_at": self.now,
            }
            for number, name in enumerate(names)
        ]
        people = put_for_ids(self.session, Person, rows)
        written = [f"{word}-{number + 1}@riverside.example" for number in range(len(people))]
        addresses = [
            {
                "person_id": person,
                "rank": 1,
                "written": address,
                "normalised": address,
                "confirmed_at": self.now,
            }
            for person, address in zip(people, written, strict=True)
        ]
        put(self.session, Address, addresses)
        return people

    def _staff(self) -> list[int]:
        """Return a coordinator, and for each cohort two trainers and a supervisor."""
        kinds = ["coordinator"] + ["trainer", "trainer", "supervisor"] * self.scale.cohorts
        people = self._people(
            [f"{kind.title()} {number}" for number, kind in enumerate(kinds)], "staff"
        )
        grants = [
            {
                "person_id": person,
                "organisation_id": self.home.id,
                "role": kind,
                "from_on": self.today - timedelta(days=700),
                "granted_at": self.now,
            }
            for person, kind in zip(people, kinds, strict=True)
        ]
        put(self.session, RoleGrant, grants)
        return people

    def _began_on(self, cohort: int) -> date:
        """Return when a cohort began: the first is the oldest."""
        return self.today - timedelta(days=600 - 560 * cohort // self.scale.cohorts)

    def _cohorts(self) -> list[int]:
        programme = current_version(self.session, "programme", PROGRAMME)
        rows = [
            {
                "organisation_id": self.home.id,
                "programme_version_id": programme.id,
                "name": f"Group {number + 1}",
                "zone": ZONE,
                "starts_on": self._began_on(number),
                "created_at": self.now,
            }
            for number in range(self.scale.cohorts)
        ]
        return put_for_ids(self.session, Cohort, rows)

    def _places(self, people: list[int], cohorts: list[int]) -> list[int]:
        programme = current_version(self.session, "programme", PROGRAMME)
        rows = [
            {
                "person_id": person,
                "cohort_id": cohorts[number // self.scale.people],
                "programme_version_id": programme.id,
                "state": "active",
                "happened_on": self._began_on(number // self.scale.people),
                "recorded_at": self.now,
                "facts_version": 1,
            }
            for number, person in enumerate(people)
        ]
        return put_for_ids(self.session, Enrolment, rows)

    def _facts(
        self, people: list[int], places: list[int], coordinator: int, staff: list[int]
    ) -> int:
        """Make everybody's facts, a cohort at a time so that memory holds no more; count them."""
        count, each = 0, self.scale.people
        for cohort in range(self.scale.cohorts):
            own = slice(cohort * each, (cohort + 1) * each)
            team = (*staff[3 * cohort : 3 * cohort + 3], coordinator)
            rows = FactRows(self.content, self.chance)
            for who in self._trainees(people[own], places[own], cohort, team):
                rows.add(who, self._progress(cohort))
            rows.keep(self.session)
            count += rows.count()
        return count

    def _trainees(
        self, people: list[int], places: list[int], cohort: int, team: Sequence[int]
    ) -> list[Trainee]:
        """Return a cohort's trainees, whose keys and team are kept already."""
        keys = [new_data_key() for _ in people]
        kept = [self._key(person, key) for person, key in zip(people, keys, strict=True)]
        put(self.session, PersonKey, kept)
        kinds = list(zip(team, ("trainer", "second-trainer", "supervisor"), strict=False))
        assigned = [self._assignment(place, *kind, cohort) for place in places for kind in kinds]
        put(self.session, Assignment, assigned)
        return [
            Trainee(
                person_id=person,
                enrolment_id=place,
                trainer_id=team[0],
                second_trainer_id=team[1],
                supervisor_id=team[2],
                coordinator_id=team[3],
                began_on=self._began_on(cohort),
                today=self.today,
                zone_noon=self.now.astimezone(UTC),
                sealer=Sealer([key]),
            )
            for person, place, key in zip(people, places, keys, strict=True)
        ]

    def _progress(self, cohort: int) -> float:
        age = 1 - cohort / self.scale.cohorts
        return min(1.0, max(0.2, 0.45 + 0.6 * age + self.chance.uniform(-0.15, 0.15)))

    def _key(self, person: int, key: bytes) -> Row:
        wrapped = ground_of(self.session).master.seal(key, f"key:{person}")
        return {"person_id": person, "wrapped": wrapped, "created_at": self.now}

    def _assignment(self, place: int, member: int, kind: str, cohort: int) -> Row:
        return {
            "enrolment_id": place,
            "person_id": member,
            "kind": kind,
            "from_on": self._began_on(cohort),
            "recorded_at": self.now,
        }

    def _seats(self, people: list[int], places: list[int]) -> tuple[Seat, ...]:
        """Give trainees all over the cohorts an open attempt and a sign-in for the clients."""
        count = min(SEATS, len(people))
        chosen = [number * len(people) // count for number in range(count)]
        single = next(i for i in self.content.assessment.items if isinstance(i, SingleItem))
        attempts = [
            {
                "enrolment_id": places[number],
                "assessment": self.content.assessment.id,
                "number": 9,
                "form_hash": self.content.forms[number % FORMS],
                "seed": number % FORMS,
                "state": "open",
                "started_at": self.now,
            }
            for number in chosen
        ]
        ids = put_for_ids(self.session, Attempt, attempts)
        public = dict(
            self.session.execute(
                select(Attempt.id, Attempt.public_id).where(Attempt.state == "open")
            ).all()
        )
        return tuple(
            Seat(
                token=self._sign_in(people[number]),
                address=f"trainee-{number + 1}@riverside.example",
                attempt=public[attempt],
                item=single.id,
                option=single.options[0].id,
            )
            for number, attempt in zip(chosen, ids, strict=True)
        )

    def _sign_in(self, person: int) -> str:
        token = new_token()
        self.session.add(
            Signin(
                person_id=person,
                token_hash=token_hash(token),
                device="bench",
                started_on=self.today,
                last_used_at=self.now,
            )
        )
        self.session.flush()
        return token


def seeded_or_seed(folder: Path, url: str, scale: Scale) -> tuple[Settings, Seeded]:
    """Return the settings and what was seeded, seeding first where the folder has none."""
    settings = bench_settings(folder, url)
    found = find_seeded(folder)
    if found is None or found.url != settings.database_url:
        print(f"Seeding {scale.trainees} trainees …", flush=True)
        found = seed(settings, scale, folder)
    return settings, found


def main(folder: Path = FOLDER, url: str = "", cohorts: int = 20, people: int = 50) -> None:
    """Seed and say what was made."""
    began = datetime.now(UTC)
    _, found = seeded_or_seed(folder, url, Scale(cohorts, people))
    took = (datetime.now(UTC) - began).total_seconds()
    each = found.facts / found.people
    print(
        f"{found.people} trainees in {found.cohorts} cohorts, {found.facts} facts "
        f"({each:.0f} a person), in {folder}: {took:.1f} s"
    )
