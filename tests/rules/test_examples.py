"""The example programmes: each figure just below, at and above, each window and each other way."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import TypeAdapter

from lms.content.errors import Problems
from lms.content.yaml import read_yaml
from lms.rules.programmes import Programme, standing_on, valid_until
from lms.rules.verdict import CompiledProgramme, compile_programme, verdict
from tests.rules.fact_making import (
    decided,
    domain,
    fact,
    held,
    hours,
    minutes_short,
    paper,
    record_of,
    said,
    signed,
    together,
)
from tests.rules.verdict_making import day

FOLDER = Path(__file__).parents[2] / "programmes"
READER = TypeAdapter(Programme)
TODAY = "2026-11-21"


def read(path: Path) -> CompiledProgramme:
    document = read_yaml(path.read_text(encoding="utf-8"), Problems(path.name))
    return compile_programme(READER.validate_json(json.dumps(document.value)))


FOUND = {path.stem: read(path) for path in sorted(FOLDER.glob("*.yaml"))}
EXAMPLES = {name: one for name, one in FOUND.items() if one.programme.example}


def days(number: int, first: str, **more: Any) -> dict[str, Any]:
    """So many days of a course, one entry each, one after the other."""
    start = day(first)
    on = [type(start).fromordinal(start.toordinal() + n).isoformat() for n in range(number)]
    return together(*(hours("training", 6, one, kind="certification-course", **more) for one in on))


class Case(NamedTuple):
    """A row of an example, what it says of some facts on a day, and how much counts."""

    programme: str
    row: str
    state: str
    facts: dict[str, Any]
    on: str = TODAY
    have: int | None = None


def cases(programme: str, *rows: tuple[Any, ...]) -> list[Case]:
    return [Case(f"example-{programme}", *row) for row in rows]


# Georgia

GA = "example-georgia-cps"
GA_IN = together(paper("application", "2026-01-05"), decided("interview", "accepted"))
GA_HELD = held(GA, "2027-05-03", "2028-12-31")
GA_OWN = {"provider": "certifier"}
GA_OTHER = {"provider": "approved-vendor"}


def ce(amount: float, on: str = "2028-06-01", **more: Any) -> dict[str, Any]:
    return hours("continuing-education", amount, on, **more)


GEORGIA = cases(
    "georgia-cps",
    ("schooling", "not-yet", {}),
    ("schooling", "met", paper("high-school-diploma")),
    ("schooling", "met", paper("high-school-equivalent")),
    ("recovery", "not-yet", {}),
    ("recovery", "met", said("a-year-of-recovery")),
    ("recovery", "not-yet", said("a-year-of-recovery", "trainer")),
    ("recovery", "not-yet", together(fact(track="addiction"), said("a-year-of-recovery"))),
    ("recovery", "met", together(fact(track="addiction"), said("two-years-abstinent"))),
    ("recovery", "met", together(fact(track="mental-health"), said("a-year-of-recovery"))),
    ("application", "not-yet", {}),
    ("application", "met", paper("application")),
    ("interview", "needs-a-person", paper("application", "2026-01-05")),
    ("interview", "met", GA_IN),
    ("training-days", "not-yet", together(GA_IN, days(8, "2026-02-02"))),
    ("training-days", "met", together(GA_IN, days(9, "2026-02-02"))),
    ("training-days", "met", together(GA_IN, days(10, "2026-02-02"))),
    ("training-days", "met", together(GA_IN, days(9, "2026-01-10"))),
    ("training-days", "not-yet", together(GA_IN, days(9, "2026-01-09"))),
    ("exam", "not-yet", together(GA_IN, days(9, "2026-02-02"))),
    (
        "exam",
        "met",
        together(GA_IN, days(9, "2026-02-02"), paper("written-exam", outcome="passed")),
    ),
    (
        "exam",
        "needs-a-person",
        together(GA_IN, days(9, "2026-02-02"), paper("written-exam", outcome="not-passed")),
    ),
)
IN_GRACE = "2029-01-15"
GEORGIA_AGAIN = cases(
    "georgia-cps",
    ("continuing-education", "not-yet", together(GA_HELD, ce(11.75, **GA_OWN)), IN_GRACE),
    ("continuing-education", "met", together(GA_HELD, ce(12, **GA_OWN)), IN_GRACE, 720),
    ("continuing-education", "met", together(GA_HELD, ce(13, **GA_OWN)), IN_GRACE),
    ("continuing-education", "not-yet", together(GA_HELD, ce(12)), IN_GRACE, 0),
    (
        "continuing-education",
        "met",
        together(GA_HELD, ce(6, **GA_OWN), ce(6, **GA_OTHER)),
        IN_GRACE,
    ),
    (
        "continuing-education",
        "not-yet",
        together(GA_HELD, ce(5.75, **GA_OWN), ce(6.25, **GA_OTHER)),
        IN_GRACE,
        705,
    ),
    ("own-events", "not-yet", together(GA_HELD, ce(5.75, **GA_OWN)), IN_GRACE),
    ("own-events", "met", together(GA_HELD, ce(6, **GA_OWN)), IN_GRACE),
    # the calendar year, to the day; nothing is carried over
    ("own-events", "not-yet", together(GA_HELD, ce(6, "2027-12-31", **GA_OWN)), IN_GRACE),
    ("own-events", "met", together(GA_HELD, ce(6, "2028-01-01", **GA_OWN)), IN_GRACE),
    ("own-events", "met", together(GA_HELD, ce(6, "2028-12-31", **GA_OWN)), IN_GRACE),
    ("own-events", "not-yet", together(GA_HELD, ce(6, "2029-01-01", **GA_OWN)), IN_GRACE),
    ("peer-ethics", "not-yet", together(GA_HELD, ce(1, topics=["advocacy"])), IN_GRACE),
    ("peer-ethics", "met", together(GA_HELD, ce(1, topics=["peer-ethics"])), IN_GRACE),
    (
        "peer-ethics",
        "not-yet",
        together(GA_HELD, ce(1, "2027-12-31", topics=["peer-ethics"])),
        IN_GRACE,
    ),
)

# Tennessee

TN = "example-tennessee-cprs"
TN_IN = decided("part-one", "accepted")
TN_COURSE = {"kind": "certification-course"}
TN_TRAINED = together(TN_IN, hours("training", 40, "2026-02-02", **TN_COURSE))
TN_HELD = held(TN, "2024-12-01", "2026-12-01")


def references(*kinds: str, signers: str = "abcdef") -> dict[str, Any]:
    return together(*(paper(k, signers=[signers[n]]) for n, k in enumerate(kinds)))


PEER = "reference-from-a-certified-peer"
TENNESSEE = cases(
    "tennessee-cprs",
    ("of-age", "not-yet", fact(born_on="2008-11-22")),
    ("of-age", "met", fact(born_on="2008-11-21")),
    ("of-age", "met", fact(born_on="2008-11-20")),
    ("schooling", "met", paper("high-school-equivalent")),
    ("schooling", "not-yet", paper("college-transcript")),
    ("recovery", "not-yet", {}),
    ("recovery", "met", said("recovery-of-24-months")),
    ("part-one", "needs-a-person", {}),
    ("part-one", "not-yet", decided("part-one", "not-accepted")),
    ("training", "not-yet", together(TN_IN, minutes_short("training", 40, **TN_COURSE))),
    ("training", "met", together(TN_IN, hours("training", 40, **TN_COURSE))),
    ("training", "met", together(TN_IN, hours("training", 41, **TN_COURSE))),
    ("training", "met", together(TN_IN, hours("training", 40, "2026-01-10", **TN_COURSE))),
    ("training", "not-yet", together(TN_IN, hours("training", 40, "2026-01-09", **TN_COURSE))),
    (
        "shown-competence",
        "needs-a-person",
        together(TN_TRAINED, said("competence", "trainer", type="tests")),
    ),
    (
        "shown-competence",
        "met",
        together(
            TN_TRAINED,
            said("competence", "trainer", type="tests"),
            said("competence", "trainer", type="role-plays"),
        ),
    ),
    (
        "shown-competence",
        "needs-a-person",
        together(
            TN_TRAINED,
            said("competence", "self", type="tests"),
            said("competence", "self", type="role-plays"),
        ),
    ),
    ("references", "not-yet", references("reference", PEER)),
    ("references", "met", references("reference", PEER, PEER)),
    ("references", "met", references("reference", "reference", "reference")),
    ("references", "not-yet", references(PEER, PEER, PEER)),
    ("references", "not-yet", references("reference", PEER, PEER, signers="aab")),
    ("signed-papers", "not-yet", together(paper("scope-of-activities"), signed())),
    ("signed-papers", "not-yet", paper("scope-of-activities", signers=["p1"])),
    ("signed-papers", "met", together(paper("scope-of-activities", signers=["p1"]), signed())),
    ("practice", "not-yet", minutes_short("practice", 75)),
    ("practice", "met", hours("practice", 75)),
    ("practice", "met", hours("practice", 75, paid=False)),
    ("practice", "met", hours("practice", 75, "2025-11-21")),
    ("practice", "not-yet", hours("practice", 75, "2025-11-20")),
    ("supervision", "not-yet", minutes_short("supervision", 3)),
    ("supervision", "met", hours("supervision", 3)),
    ("supervision", "met", hours("supervision", 3, "2025-11-21")),
    ("supervision", "not-yet", hours("supervision", 3, "2025-11-20")),
    ("one-in-twenty-five", "met", together(hours("practice", 75), hours("supervision", 3))),
    (
        "one-in-twenty-five",
        "not-yet",
        together(hours("practice", 75), minutes_short("supervision", 3)),
    ),
    ("one-in-twenty-five", "not-yet", together(hours("practice", 76), hours("supervision", 3))),
    ("one-in-twenty-five", "met", together(hours("practice", 100), hours("supervision", 4))),
)
TENNESSEE_AGAIN = cases(
    "tennessee-cprs",
    ("renewal-papers", "met", together(TN_HELD, paper("renewal-application", "2026-11-16"))),
    ("renewal-papers", "met", together(TN_HELD, paper("renewal-application", "2026-11-17"))),
    (
        "renewal-papers",
        "not-yet",
        together(TN_HELD, paper("renewal-application", "2026-11-18")),
    ),
    ("practice-since", "not-yet", together(TN_HELD, minutes_short("practice", 50))),
    ("practice-since", "met", together(TN_HELD, hours("practice", 50))),
    ("practice-since", "met", together(TN_HELD, hours("practice", 50, "2024-12-01"))),
    ("practice-since", "not-yet", together(TN_HELD, hours("practice", 50, "2024-11-30"))),
    ("supervision-since", "not-yet", together(TN_HELD, minutes_short("supervision", 2))),
    ("supervision-since", "met", together(TN_HELD, hours("supervision", 2))),
    ("supervision-since", "met", together(TN_HELD, hours("supervision", 3))),
    (
        "continuing-education",
        "needs-a-person",
        together(TN_HELD, ce(5, "2026-06-01"), ce(7, "2026-06-01", topics=["clinical"])),
        TODAY,
        300,
    ),
    ("own-word-on-ethics", "met", together(TN_HELD, said("no-breach-of-ethics"))),
    (
        "supervisors-word-on-ethics",
        "needs-a-person",
        together(TN_HELD, said("no-breach-of-ethics")),
    ),
    (
        "supervisors-word-on-ethics",
        "met",
        together(TN_HELD, said("no-breach-of-ethics", "supervisor")),
    ),
)

# Florida

FL_40 = together(
    domain("training", "mentoring", 10),
    domain("training", "professional-responsibility", 8),
    domain("training", "whole-health", 16),
)
FLORIDA = cases(
    "florida-crps",
    ("training", "not-yet", together(FL_40, hours("training", 6 - 1 / 60)), TODAY, 2399),
    ("training", "not-yet", hours("training", 39.75), TODAY, 2385),
    ("mentoring", "not-yet", domain("training", "mentoring", 9.75)),
    ("mentoring", "met", domain("training", "mentoring", 10)),
    ("mentoring", "met", domain("training", "mentoring", 11)),
    ("mentoring", "met", domain("training", "mentoring", 10, "2021-11-21")),
    ("mentoring", "not-yet", domain("training", "mentoring", 10, "2021-11-20")),
    (
        "professional-responsibility",
        "not-yet",
        domain("training", "professional-responsibility", 7.75),
    ),
    ("professional-responsibility", "met", domain("training", "professional-responsibility", 8)),
    ("whole-health", "not-yet", domain("training", "whole-health", 7.75)),
    ("whole-health", "met", domain("training", "whole-health", 8)),
    ("training", "not-yet", domain("training", "whole-health", 16), TODAY, 960),
    ("training", "not-yet", domain("training", "whole-health", 16.25), TODAY, 960),
    ("training", "not-yet", domain("training", "electives", 3.75), TODAY, 225),
    ("training", "not-yet", domain("training", "electives", 4), TODAY, 240),
    ("training", "not-yet", domain("training", "electives", 4.25), TODAY, 240),
    ("advocacy", "needs-a-person", domain("training", "advocacy", 100)),
    ("recovery-support", "needs-a-person", domain("training", "recovery-support", 100)),
    ("practice", "not-yet", minutes_short("practice", 500, population="similar-lived-experience")),
    ("practice", "met", hours("practice", 500, population="similar-lived-experience")),
    (
        "practice",
        "met",
        together(
            hours("practice", 250, population="similar-lived-experience"), hours("practice", 250)
        ),
    ),
    (
        "practice",
        "not-yet",
        together(
            minutes_short("practice", 250, population="similar-lived-experience"),
            hours("practice", 251),
        ),
    ),
    (
        "shared-experience",
        "not-yet",
        minutes_short("practice", 250, population="similar-lived-experience"),
    ),
    (
        "shared-experience",
        "met",
        hours("practice", 250, population="similar-lived-experience"),
    ),
    ("supervision", "needs-a-person", hours("supervision", 1000)),
    ("lived-experience", "not-yet", said("lived-experience-of-two-years")),
    *(
        ("lived-experience", "met", said("lived-experience-of-two-years", type=kind))
        for kind in ("adult", "family", "veteran", "youth")
    ),
    ("youth-endorsement", "not-applicable", {}),
    ("youth-endorsement", "not-applicable", fact(endorsement="adult")),
    ("youth-age", "not-yet", fact(endorsement="youth", born_on="2008-11-22")),
    ("youth-age", "met", fact(endorsement="youth", born_on="2008-11-21")),
    ("youth-age", "met", fact(endorsement="youth", born_on="1996-11-22")),
    ("youth-age", "not-yet", fact(endorsement="youth", born_on="1996-11-21")),
    ("letters", "not-yet", together(*(paper("supervisory-letter") for _ in range(3)))),
    (
        "letters",
        "not-yet",
        together(paper("supervisory-letter"), paper("professional-letter")),
    ),
    (
        "letters",
        "met",
        together(
            paper("supervisory-letter"), paper("professional-letter"), paper("character-letter")
        ),
    ),
)
FLORIDA_AGAIN = cases(
    "florida-crps",
    (
        "continuing-education",
        "needs-a-person",
        together(held("example-florida-crps", "2026-01-01", None), ce(1000, "2026-02-01")),
    ),
)

# Oklahoma

OK = "example-oklahoma-prss"
OK_IN = together(
    paper("application", "2026-01-05"), decided("eligibility", "approved"), signed("2026-01-12")
)
OK_TRAINED = together(OK_IN, days(5, "2026-02-02"))
OKLAHOMA = cases(
    "oklahoma-prss",
    ("of-age", "not-yet", fact(born_on="2008-11-22")),
    ("of-age", "met", fact(born_on="2008-11-21")),
    ("schooling", "met", paper("high-school-diploma")),
    ("recovery", "needs-a-person", said("demonstrated-recovery")),
    ("recovery", "met", decided("demonstrated-recovery", "demonstrated")),
    ("willing-to-share", "not-yet", {}),
    ("willing-to-share", "met", said("willing-to-self-disclose")),
    ("application", "not-yet", {}),
    ("application", "met", paper("application")),
    ("before-training", "needs-a-person", together(paper("application", "2026-01-05"), signed())),
    ("before-training", "met", OK_IN),
    ("training-days", "not-yet", together(OK_IN, days(4, "2026-02-02"))),
    ("training-days", "met", OK_TRAINED),
    ("training-days", "met", together(OK_IN, days(6, "2026-02-02"))),
    # fourteen days after the application
    ("training-days", "not-yet", together(OK_IN, days(5, "2026-01-18"))),
    ("training-days", "met", together(OK_IN, days(5, "2026-01-19"))),
    ("training-days", "met", together(OK_IN, days(5, "2026-01-20"))),
    # eligibility comes before training
    (
        "training-days",
        "not-yet",
        together(
            paper("application", "2026-01-05"),
            decided("eligibility", "approved", "2026-02-03"),
            signed("2026-01-12"),
            days(5, "2026-02-02"),
        ),
    ),
    # and so does the code
    (
        "training-days",
        "not-yet",
        together(
            paper("application", "2026-01-05"),
            decided("eligibility", "approved"),
            signed("2026-02-03"),
            days(5, "2026-02-02"),
        ),
    ),
    ("exam", "not-yet", OK_TRAINED),
    ("exam", "needs-a-person", together(OK_TRAINED, paper("exam", outcome="retake"))),
    ("exam", "met", together(OK_TRAINED, paper("exam", outcome="passed"))),
    (
        "exam",
        "met",
        together(
            OK_TRAINED,
            paper("exam", "2026-03-01", outcome="retake"),
            paper("exam", "2026-04-01", outcome="passed"),
        ),
    ),
    (
        "storytelling",
        "met",
        together(
            OK_TRAINED,
            paper("exam", "2026-02-06", outcome="passed"),
            paper("storytelling", "2026-02-06", outcome="passed"),
        ),
    ),
    ("employer", "needs-a-person", {}),
    ("employer", "needs-a-person", said("employer", "coordinator", type="shop")),
    *(
        ("employer", "met", said("employer", "coordinator", type=kind))
        for kind in (
            *("state", "contracted-provider", "certified-provider", "tribe"),
            "veterans-facility",
        )
    ),
)
OKLAHOMA_AGAIN = cases(
    "oklahoma-prss",
    (
        "continuing-education",
        "needs-a-person",
        together(held(OK, "2026-01-01", "2028-01-01"), ce(1000, "2026-02-01")),
    ),
)

# IC&RC

PR = "example-icrc-pr"
PR_DOMAINS = (
    ("advocacy", 10),
    ("mentoring-education", 10),
    ("recovery-wellness", 10),
    ("ethical-responsibility", 16),
)
PR_46 = together(*(domain("training", name, amount) for name, amount in PR_DOMAINS))
PR_45 = together(
    *(domain("training", name, amount) for name, amount in PR_DOMAINS[:3]),
    domain("training", "ethical-responsibility", 16 - 1 / 60),
)
PR_HELD = held(PR, "2025-01-01", "2027-01-01")
ICRC = cases(
    "icrc-pr",
    ("schooling", "not-yet", {}),
    ("schooling", "met", paper("high-school-diploma")),
    ("training", "met", PR_46, TODAY, 2760),
    ("training", "not-yet", PR_45, TODAY, 2759),
    ("training", "not-yet", hours("training", 46)),
    ("training", "met", together(PR_46, hours("training", 1))),
    *((name, "not-yet", domain("training", name, amount - 1 / 60)) for name, amount in PR_DOMAINS),
    *((name, "met", domain("training", name, amount)) for name, amount in PR_DOMAINS),
    *((name, "met", domain("training", name, amount + 1)) for name, amount in PR_DOMAINS),
    ("practice", "not-yet", domain("practice", "advocacy", 500 - 1 / 60)),
    ("practice", "met", domain("practice", "advocacy", 500)),
    ("practice", "met", domain("practice", "recovery-wellness", 501)),
    ("practice", "not-yet", hours("practice", 500)),
    ("practice", "not-yet", domain("practice", "harm-reduction", 500)),
    ("supervision", "not-yet", domain("supervision", "advocacy", 25 - 1 / 60)),
    ("supervision", "met", domain("supervision", "advocacy", 25)),
    ("supervision", "not-yet", hours("supervision", 25)),
    ("code-of-ethics", "met", signed()),
    ("lives-or-works-here", "not-yet", said("lives-or-works-51-percent", type="application")),
    ("lives-or-works-here", "not-yet", said("lives-or-works-51-percent", type="exam")),
    (
        "lives-or-works-here",
        "met",
        together(
            said("lives-or-works-51-percent", type="application"),
            said("lives-or-works-51-percent", type="exam"),
        ),
    ),
    ("exam", "needs-a-person", paper("icrc-pr-exam", outcome="not-passed")),
    ("exam", "met", paper("icrc-pr-exam", outcome="passed")),
    (
        "root",  # a figure of the renewal is to be set, so a person stands before the whole
        "needs-a-person",
        together(
            PR_46,
            paper("high-school-diploma"),
            domain("practice", "advocacy", 500),
            domain("supervision", "advocacy", 25),
            signed(),
            said("lives-or-works-51-percent", type="application"),
            said("lives-or-works-51-percent", type="exam"),
            paper("icrc-pr-exam", outcome="passed"),
        ),
        TODAY,
        7,
    ),
)
ETHICS = {"topics": ["ethics"]}
ICRC_AGAIN = cases(
    "icrc-pr",
    (
        "continuing-education",
        "not-yet",
        together(PR_HELD, ce(14 - 1 / 60, "2026-06-01"), ce(6, "2026-06-01", **ETHICS)),
    ),
    (
        "continuing-education",
        "met",
        together(PR_HELD, ce(14, "2026-06-01"), ce(6, "2026-06-01", **ETHICS)),
    ),
    (
        "continuing-education",
        "not-yet",
        together(PR_HELD, ce(15, "2026-06-01"), ce(6 - 1 / 60, "2026-06-01", **ETHICS)),
    ),
    ("continuing-education", "met", together(PR_HELD, ce(20, "2025-01-01", **ETHICS))),
    ("continuing-education", "not-yet", together(PR_HELD, ce(20, "2024-12-31", **ETHICS))),
    ("ethics", "not-yet", together(PR_HELD, ce(6 - 1 / 60, "2026-06-01", **ETHICS))),
    ("ethics", "met", together(PR_HELD, ce(6, "2026-06-01", **ETHICS))),
)

# Texas

TX = "example-texas-mhps"
LIVE = {"mode": "live"}
TX_FIRST = together(paper("orientation", "2026-01-05"), paper("self-assessment", "2026-01-05"))
TX_CORE = together(
    TX_FIRST,
    hours("training", 19.5, "2026-01-12", kind="core", **LIVE),
    paper("core-test", "2026-01-13", outcome="passed"),
)
TX_COURSES = together(
    TX_CORE,
    hours("training", 40, "2026-01-20", kind="supplemental", **LIVE),
    paper("supplemental-test", "2026-01-21", outcome="passed"),
)
TX_ASKED = together(
    TX_COURSES,
    paper("application", "2026-01-22"),
    paper("background-check", "2026-01-22", outcome="clear"),
    signed("2026-01-22"),
)
TX_BEGUN = together(TX_ASKED, decided("initial-certificate", "granted", "2026-02-01"))
TX_HELD = held(TX, "2026-08-21", "2028-08-21")
LATER = "2027-06-01"
AFTER = decided("extension", "granted", "2026-08-01")


def each_week(number: int, *, leave_out: int = -1) -> dict[str, Any]:
    """One hour of supervision on the second day of each week from the initial certificate on."""
    start = day("2026-02-02").toordinal()
    kept = (n for n in range(number) if n != leave_out)
    on = (type(day(TODAY)).fromordinal(start + 7 * n).isoformat() for n in kept)
    return together(*(hours("supervision", 1, one) for one in on))


TEXAS = cases(
    "texas-mhps",
    ("first-steps", "not-yet", paper("orientation")),
    ("first-steps", "met", TX_FIRST),
    (
        "core-course",
        "not-yet",
        together(TX_FIRST, minutes_short("training", 19.5, kind="core", **LIVE)),
    ),
    ("core-course", "met", together(TX_FIRST, hours("training", 19.5, kind="core", **LIVE))),
    ("core-course", "met", together(TX_FIRST, hours("training", 20, kind="core", **LIVE))),
    (
        "core-course",
        "not-yet",
        together(TX_FIRST, hours("training", 19.5, kind="core", mode="self-study")),
    ),
    (
        "core-course",
        "not-yet",
        together(TX_FIRST, hours("training", 19.5, "2026-01-04", kind="core", **LIVE)),
    ),
    ("core-test", "needs-a-person", together(TX_FIRST, paper("core-test", outcome="not-passed"))),
    ("core", "not-yet", together(TX_FIRST, paper("core-test", outcome="passed"))),
    ("core", "met", TX_CORE),
    (
        "supplemental-course",
        "not-yet",
        together(TX_CORE, minutes_short("training", 40, kind="supplemental", **LIVE)),
    ),
    (
        "supplemental-course",
        "met",
        together(TX_CORE, hours("training", 40, kind="supplemental", **LIVE)),
    ),
    # before the core course's test nothing of the second counts
    (
        "supplemental-course",
        "not-yet",
        together(TX_CORE, hours("training", 40, "2026-01-12", kind="supplemental", **LIVE)),
    ),
    ("supplemental", "met", TX_COURSES),
    (
        "background-check",
        "needs-a-person",
        together(TX_COURSES, paper("background-check", outcome="hit")),
    ),
    ("application", "met", TX_ASKED),
    ("initial-certificate", "needs-a-person", TX_ASKED),
    ("initial-certificate", "met", TX_BEGUN),
    (
        "within-six-months",
        "not-yet",
        together(TX_BEGUN, minutes_short("practice", 250)),
    ),
    ("within-six-months", "met", together(TX_BEGUN, hours("practice", 250))),
    ("within-six-months", "met", together(TX_BEGUN, hours("practice", 250, "2026-02-01"))),
    ("within-six-months", "not-yet", together(TX_BEGUN, hours("practice", 250, "2026-01-31"))),
    ("within-six-months", "met", together(TX_BEGUN, hours("practice", 250, "2026-08-01"))),
    ("within-six-months", "not-yet", together(TX_BEGUN, hours("practice", 250, "2026-08-02"))),
    (
        "within-six-months",
        "not-yet",
        together(TX_BEGUN, hours("practice", 249), hours("practice", 9, kind="independent-study")),
        TODAY,
        249 * 60,
    ),
    (
        "within-six-months",
        "not-yet",
        together(
            TX_BEGUN, hours("practice", 249), hours("practice", 9, kind="supervision-received")
        ),
        TODAY,
        249 * 60,
    ),
    (
        "within-six-months",
        "not-yet",
        together(TX_BEGUN, hours("practice", 249), hours("supervision", 9, kind="individual")),
        TODAY,
        249 * 60,
    ),
    (
        "within-six-months",
        "met",
        together(TX_BEGUN, hours("practice", 249), hours("supervision", 1, kind="observation")),
    ),
    ("supervised-work", "met", together(TX_BEGUN, hours("practice", 250, "2026-08-01"))),
    # one extension by six months, when it is granted
    (
        "supervised-work",
        "needs-a-person",
        together(TX_BEGUN, hours("practice", 250, "2026-08-02")),
        LATER,
    ),
    (
        "supervised-work",
        "met",
        together(TX_BEGUN, AFTER, hours("practice", 250, "2026-08-02")),
        LATER,
    ),
    (
        "supervised-work",
        "met",
        together(TX_BEGUN, AFTER, hours("practice", 250, "2027-02-01")),
        LATER,
    ),
    (
        "supervised-work",
        "not-yet",
        together(TX_BEGUN, AFTER, hours("practice", 250, "2027-02-02")),
        LATER,
    ),
    ("weekly-supervision", "met", together(TX_BEGUN, each_week(6)), "2026-03-15"),
    (
        "weekly-supervision",
        "not-yet",
        together(TX_BEGUN, each_week(6, leave_out=3)),
        "2026-03-15",
    ),
    (
        "supervisors-letter",
        "not-yet",
        together(TX_BEGUN, paper("supervisors-letter", "2026-01-31")),
    ),
    ("supervisors-letter", "met", together(TX_BEGUN, paper("supervisors-letter", "2026-02-01"))),
)
TEXAS_AGAIN = cases(
    "texas-mhps",
    (
        "continuing-education",
        "not-yet",
        together(TX_HELD, ce(17 - 1 / 60, "2026-10-01"), ce(3, "2026-10-01", **ETHICS)),
    ),
    (
        "continuing-education",
        "met",
        together(TX_HELD, ce(17, "2026-10-01"), ce(3, "2026-10-01", **ETHICS)),
    ),
    ("ethics", "not-yet", together(TX_HELD, ce(3 - 1 / 60, "2026-10-01", **ETHICS))),
    ("ethics", "met", together(TX_HELD, ce(3, "2026-10-01", **ETHICS))),
    (
        "continuing-education",
        "not-yet",
        together(TX_HELD, ce(20, "2026-08-20", **ETHICS)),
        TODAY,
        0,
    ),
    (
        "monthly-supervision",
        "met",
        together(
            TX_HELD,
            hours("supervision", 1, "2026-09-01"),
            hours("supervision", 1, "2026-10-01"),
            hours("supervision", 1, "2026-11-01"),
        ),
    ),
    (
        "monthly-supervision",
        "not-yet",
        together(
            TX_HELD, hours("supervision", 1, "2026-09-01"), hours("supervision", 1, "2026-11-01")
        ),
    ),
    (
        "background-check-again",
        "needs-a-person",
        together(TX_HELD, paper("background-check", "2026-11-20", outcome="clear")),
    ),
)

# Oregon

PRIVILEGE = {"topics": ["privilege"]}
POST = "post-with-a-qualified-programme"
OR_40 = together(hours("training", 38), hours("training", 2, **PRIVILEGE))
OREGON = cases(
    "oregon-advocate",
    (
        "training",
        "not-yet",
        together(minutes_short("training", 38), hours("training", 2, **PRIVILEGE)),
    ),
    ("training", "met", OR_40, TODAY, 2400),
    ("training", "met", together(OR_40, hours("training", 1))),
    (
        "training",
        "not-yet",
        together(hours("training", 40), minutes_short("training", 2, **PRIVILEGE)),
    ),
    ("privilege", "not-yet", minutes_short("training", 2, **PRIVILEGE)),
    ("privilege", "met", hours("training", 2, **PRIVILEGE)),
    ("current-post", "not-yet", {}),
    ("current-post", "met", paper(POST)),
    ("current-post", "met", paper(POST, expires_on="2026-11-22")),
    ("current-post", "met", paper(POST, expires_on="2026-11-21")),
    ("current-post", "not-yet", paper(POST, expires_on="2026-11-20")),
    ("root", "needs-a-person", together(OR_40, paper(POST)), TODAY, 2),
    ("root", "not-yet", OR_40, TODAY, 1),
)

FIRST = [*GEORGIA, *TENNESSEE, *FLORIDA, *OKLAHOMA, *ICRC, *TEXAS, *OREGON]
AGAIN = [
    *(*GEORGIA_AGAIN, *TENNESSEE_AGAIN, *FLORIDA_AGAIN, *OKLAHOMA_AGAIN, *ICRC_AGAIN),
    *TEXAS_AGAIN,
]


def judged(compiled: CompiledProgramme, case: Case) -> tuple[str, Any]:
    found = verdict(compiled, record_of(case.facts), day(case.on))
    row = found.row(case.row)
    return row.state.value, row.tally.have if case.have is not None else None


def name_of(case: Case) -> str:
    return f"{case.programme.removeprefix('example-')} {case.row} {case.state}"


@pytest.mark.parametrize("case", FIRST, ids=name_of)
def test_a_certificate_is_asked_for_to_the_figure(case):
    assert judged(EXAMPLES[case.programme], case) == (case.state, case.have)


@pytest.mark.parametrize("case", AGAIN, ids=name_of)
def test_a_renewal_is_asked_for_to_the_figure(case):
    renewal = EXAMPLES[case.programme].renewal
    assert renewal is not None
    assert judged(renewal, case) == (case.state, case.have)


# What no rule of the engine computes by itself: terms and grace


@pytest.mark.parametrize(
    ("name", "issued", "last"),
    [
        (GA, "2027-05-03", "2028-12-31"),
        (GA, "2027-12-31", "2028-12-31"),
        (GA, "2028-01-01", "2029-12-31"),
        (TN, "2026-11-21", "2028-11-21"),
        (OK, "2028-02-29", "2030-02-28"),
        (PR, "2026-11-21", "2028-11-21"),
        (TX, "2026-11-21", "2028-11-21"),
    ],
)
def test_the_term_of_an_example(name, issued, last):
    assert valid_until(EXAMPLES[name].programme.validity, day(issued)) == day(last)


@pytest.mark.parametrize(
    ("on", "standing"),
    [("2028-12-31", "current"), ("2029-01-31", "grace"), ("2029-02-01", "lapsed")],
)
def test_in_georgia_a_late_renewal_is_taken_until_the_end_of_january(on, standing):
    renewal = EXAMPLES[GA].programme.renewal
    assert standing_on(renewal, day("2028-12-31"), day(on)).value == standing


# Examples are examples


def test_the_examples_are_these():
    assert list(EXAMPLES) == [
        *("example-florida-crps", GA, PR, OK, "example-oregon-advocate", TN, TX),
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_where_its_figures_are_from_and_to_check_them(name):
    programme = EXAMPLES[name].programme
    assert programme.source.startswith("http")
    assert programme.checked_on == day("2026-11-21")
    assert programme.title.endswith("(example)")
    assert programme.summary.startswith("An example: check with your board.")
    assert "check with your board" in programme.certificate.covers
    assert "Check with your board" in (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_example_does_not_know_it_leaves_to_be_set_and_says_so(name):
    compiled = EXAMPLES[name]
    assert not compiled.can_open
    assert "not found" in compiled.programme.summary.lower()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_requirement_of_an_example_is_tried(name):
    """By a case of its own, or by one of what it stands in; the whole is too large for that."""
    compiled = EXAMPLES[name]
    for made, table in ((compiled, FIRST), (compiled.renewal, AGAIN)):
        tried = {case.row for case in table if case.programme == name} - {"root"}
        places = made.places if made else ()
        for place in places:
            tried |= {place.id} if place.parent in tried else set()
        leaves = {place.id for place in places} - {place.parent for place in places}
        assert leaves - tried == set()


def test_icrc_asks_for_46_hours_in_all_and_texas_decides_within_60_days():
    asked = verdict(EXAMPLES[PR], record_of({}), day(TODAY)).row("training")
    assert asked.tally.need == 46 * 60
    waiting = verdict(EXAMPLES[TX], record_of(TX_ASKED), day(TODAY)).row("initial-certificate")
    assert waiting.by == day("2026-03-23")
