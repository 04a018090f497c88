"""Programmes in the database: figures set, published, copied, withdrawn; people moved."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, select

from lms.content.yaml import place_text
from lms.db import transaction
from lms.models import (
    Cohort,
    ContentVersion,
    Enrolment,
    Installation,
    ProgrammeDraft,
    ProgrammeFigure,
    ProgrammeMove,
)
from lms.rules.cohorts import OpenRefusal
from lms.rules.programmes.changing import ChangeRefusal, MoveRefusal
from lms.rules.programmes.figures import figures_of, figures_of_head, rules_of
from lms.rules.roles import Actor, Role
from lms.services.cohorts import NewCohort, list_programmes, make_cohort
from lms.services.errors import MissingError, RefusedError
from lms.services.programmes import moving
from lms.services.programmes.drafts import (
    FiguresError,
    Order,
    Setting,
    TextError,
    drop_draft,
    open_desk,
    rebase_draft,
    set_figures,
    take_text,
)
from lms.services.programmes.effects import effects_on, people_under
from lms.services.programmes.sending import (
    Copy,
    begin_programme,
    copy_programme,
    publish_draft,
    withdraw_version,
)
from lms.services.programmes.sending import Order as PublishOrder
from lms.services.programmes.shelf import (
    find_current,
    list_editions,
    list_figures_set,
    list_shelf,
)
from lms.services.publishing import definition_of, publish_library
from lms.services.verdicts import verdict_for
from tests.cast import NOW, TODAY, library, make_cast
from tests.certifying import meet_all

REAL, DEMO, EXAMPLE = "dv-peer-support", "peer-support-demo", "example-oregon-advocate"
FIGURE = {
    "time": "20 h",
    "time-or-share": "10 h",
    "stretch": "90 days",
    "number": 2,
    "percent": "70 %",
}


@pytest.fixture
def asked(cast):
    return {"by": cast.coordinator.id, "now": NOW}


def refusal_of(act, *args, **more):
    with pytest.raises(RefusedError) as refused:
        act(*args, **more)
    return refused.value.reason


def order_for(desk, rule, settings, **more):
    """Return what sets figures of a rule, each (figure, value)."""
    made = tuple(
        Setting(f.path, place_text(f.path), str(f.value), str(v), v, must_say_why=f.is_unset)
        for f, v in settings
    )
    order = Order(
        rule=rule.id if rule else "",
        where=rule.path if rule else (),
        settings=made,
        reason="Our board decided so.",
        source="Our board, 3 March 2026",
        checked_on=date(2026, 3, 3),
        seen=desk.fingerprint,
    )
    return replace(order, **more)


def rule_named(desk, name):
    return next(rule for rule in rules_of(desk.programme) if rule.id == name)


def set_one(session, house, slug, name, field, value, asked, **more):
    """Set one figure of a rule."""
    desk = open_desk(session, house, slug)
    rule = rule_named(desk, name)
    figure = next(f for f in figures_of(rule) if f.name == field)
    return set_figures(
        session, house, slug, order_for(desk, rule, [(figure, value)], **more), **asked
    )


def set_all(session, house, slug, asked):
    """Set everything that is still to be set."""
    for rule in rules_of(open_desk(session, house, slug).programme):
        desk = open_desk(session, house, slug)
        rule = next(r for r in rules_of(desk.programme) if r.path == rule.path)
        unset = [(f, FIGURE[f.sort]) for f in figures_of(rule) if f.is_unset]
        if unset:
            set_figures(session, house, slug, order_for(desk, rule, unset), **asked)
    desk = open_desk(session, house, slug)
    unset = [(f, FIGURE[f.sort]) for f in figures_of_head(desk.programme) if f.is_unset]
    return set_figures(session, house, slug, order_for(desk, None, unset), **asked)


def publish(session, house, slug, asked, note="Figures of our board."):
    desk = open_desk(session, house, slug)
    return publish_draft(session, house, slug, PublishOrder(note, desk.fingerprint), **asked)


def demo_with(session, cast, asked, least="9 h"):
    """Publish the demonstration with another minimum for supervision, as the house's own."""
    set_one(session, cast.organisation.id, DEMO, "supervision", "min", least, asked)
    return publish(session, cast.organisation.id, DEMO, asked)


def acts(session):
    return [entry.act for entry in session.info.get("audit", ())]


# Setting figures and publishing


def test_the_default_programme_opens_once_its_figures_are_set_with_reasons(session, cast, asked):
    house = cast.organisation.id
    choice = {c.version.slug: c for c in list_programmes(session, house)}[REAL]
    assert choice.refusal is OpenRefusal.FIGURES_TO_BE_SET
    desk = set_all(session, house, REAL, asked)
    assert desk.checked.problems == ()
    version = publish(session, house, REAL, asked)
    session.add(Installation(id=1, is_demo=True, created_at=NOW))  # no lesson waits for a reviewer
    session.flush()
    choice = {c.version.slug: c for c in list_programmes(session, house)}[REAL]
    assert (choice.refusal, choice.version.id) == (None, version.id)
    new = NewCohort("Spring", REAL, date(2027, 1, 1))
    cohort = make_cohort(session, cast.organisation, new, **asked)
    assert cohort.programme_version_id == version.id
    assert "programme-published" in acts(session)


def test_every_figure_keeps_who_set_it_and_why(session, cast, asked):
    house = cast.organisation.id
    set_one(session, house, REAL, "practice", "min", "30 h", asked)
    version = publish(session, house, REAL, asked)
    ((one,),) = list_figures_set(session, version).values()
    assert (one.rule, one.before, one.after) == ("practice", "to be set", "30 h")
    assert (one.reason, one.by) == ("Our board decided so.", cast.coordinator.chosen_name)
    said = definition_of(session, version)
    rule = next(r for r in rules_of(said) if r.id == "practice")
    assert (rule.node.source, rule.node.checked_on) == (
        "Our board, 3 March 2026",
        date(2026, 3, 3),
    )


def test_a_figure_that_was_set_in_the_text_has_the_note_as_its_reason(session, cast, asked):
    house = cast.organisation.id
    set_one(session, house, REAL, "practice", "min", "30 h", asked)
    desk = open_desk(session, house, REAL)
    text = desk.text.replace("min: 30 h", "min: 31 h").replace("months: to be set", "months: 24")
    text = text.replace("certificate:\n", "source: Our board\ncertificate:\n", 1)
    take_text(session, house, REAL, text, seen=desk.fingerprint, **asked)
    version = publish(session, house, REAL, asked, note="As the board said.")
    found = list_figures_set(session, version)
    (practice,), (months,) = found["practice"], found[""]
    assert (practice.after, practice.reason) == ("31 h", "Our board decided so.")
    assert (months.before, months.after, months.reason) == ("to be set", "24", "As the board said.")


def test_a_figure_to_be_set_asks_for_a_reason_and_another_does_not(session, cast, asked):
    house = cast.organisation.id
    act = lambda **more: set_one(session, house, REAL, "practice", "min", "30 h", asked, **more)  # noqa: E731
    with pytest.raises(RefusedError) as refused:
        act(reason=" ")
    assert refused.value.reason is ChangeRefusal.NO_REASON
    act()
    set_one(session, house, REAL, "practice", "min", "31 h", asked, reason="")


def test_a_figure_that_cannot_be_read_keeps_nothing(session, cast, asked):
    house = cast.organisation.id
    with pytest.raises(FiguresError) as refused:
        set_one(session, house, REAL, "practice", "min", "a lot", asked)
    assert [one.path for one in refused.value.problems] == ["requirements[7].min"]
    assert session.scalar(select(func.count()).select_from(ProgrammeDraft)) == 0


def test_a_contradiction_is_kept_in_the_draft_and_never_published(session, cast, asked):
    house = cast.organisation.id
    set_one(session, house, REAL, "supervision", "min", "20 h", asked)
    desk = set_one(session, house, REAL, "supervision", "cap", "5 h", asked)
    assert desk.checked.problems == ()
    desk = open_desk(session, house, REAL)
    rule = rule_named(desk, "supervision")
    mine = next(f for f in figures_of(rule) if f.key == ("parts", "individual-supervision", "min"))
    desk = set_figures(session, house, REAL, order_for(desk, rule, [(mine, "30 h")]), **asked)
    assert any("above the whole" in one.message for one in desk.checked.problems)
    asked_for = PublishOrder("Figures.", desk.fingerprint)
    reason = refusal_of(publish_draft, session, house, REAL, asked_for, **asked)
    assert reason is ChangeRefusal.HAS_PROBLEMS
    assert find_current(session, house, REAL).organisation_id is None


def test_a_draft_that_was_changed_meanwhile_is_not_written_over(session, cast, asked):
    house = cast.organisation.id
    old = open_desk(session, house, REAL)
    set_one(session, house, REAL, "practice", "min", "30 h", asked)
    rule = rule_named(old, "practice")
    figure = next(f for f in figures_of(rule) if f.name == "min")
    late = order_for(old, rule, [(figure, "40 h")])
    reason = refusal_of(set_figures, session, house, REAL, late, **asked)
    assert reason is ChangeRefusal.CHANGED_MEANWHILE
    assert rule_named(open_desk(session, house, REAL), "practice").node.min == "30 h"


def test_a_version_published_meanwhile_is_named_before_anything_is_lost(session, cast, asked):
    house = cast.organisation.id
    first = demo_with(session, cast, asked)
    set_one(session, house, DEMO, "supervision", "min", "8 h", asked)
    row = session.scalars(select(ProgrammeDraft)).one()
    row.base_id = session.scalars(
        select(ContentVersion.id).where(ContentVersion.slug == DEMO, ContentVersion.number == 1)
    ).one()
    session.flush()
    desk = open_desk(session, house, DEMO)
    assert desk.is_behind
    assert (desk.base.number, desk.current.number) == (1, first.number)
    order = PublishOrder("Mine.", desk.fingerprint)
    reason = refusal_of(publish_draft, session, house, DEMO, order, **asked)
    assert reason is ChangeRefusal.PUBLISHED_MEANWHILE
    rebase_draft(session, house, DEMO, number=first.number, now=NOW)
    assert publish(session, house, DEMO, asked).parent_hash == first.hash


def test_the_same_again_makes_no_version(session, cast, asked):
    house = cast.organisation.id
    set_one(session, house, DEMO, "supervision", "min", "9 h", asked)
    before = definition_of(session, find_current(session, house, DEMO))
    was = next(r for r in rules_of(before) if r.id == "supervision").node.min
    set_one(session, house, DEMO, "supervision", "min", was, asked, source=None)
    row = session.scalars(select(ProgrammeDraft)).one()
    text = row.text
    assert "Our board" in text  # the source is a change of its own
    drop_draft(session, house, DEMO)
    with pytest.raises(RefusedError):
        publish(session, house, DEMO, asked)


# Whose a version is


def test_another_house_never_meets_a_houses_own_version_or_draft(session, cast, asked):
    house, elsewhere = cast.organisation.id, cast.elsewhere.id
    version = demo_with(session, cast, asked)
    set_one(session, house, DEMO, "supervision", "min", "7 h", asked)
    assert find_current(session, house, DEMO).id == version.id
    assert find_current(session, elsewhere, DEMO).organisation_id is None
    assert open_desk(session, elsewhere, DEMO).version == 0
    numbers = [one.version.number for one in list_editions(session, elsewhere, DEMO)]
    assert version.number not in numbers
    slug = copy_programme(session, house, EXAMPLE, Copy("Ours"), **asked)
    with pytest.raises(MissingError):
        open_desk(session, elsewhere, slug)
    assert slug not in {row.slug for row in list_shelf(session, elsewhere)}


def test_files_published_later_leave_a_houses_own_version_standing(session, cast, asked):
    house = cast.organisation.id
    own = demo_with(session, cast, asked)
    before = session.scalar(select(func.count()).select_from(ContentVersion))
    assert publish_library(session, library(), by=None, now=NOW).new == ()
    assert session.scalar(select(func.count()).select_from(ContentVersion)) == before
    demo = next(one for one in library().programmes if one.id == DEMO)
    changed = replace(library(), programmes=(replace(demo, title="Another title"),))
    (new,) = publish_library(session, changed, by=None, now=NOW).new
    assert new.number == own.number + 1
    assert find_current(session, house, DEMO).id == own.id
    assert find_current(session, cast.elsewhere.id, DEMO).id == new.id


# Copies and texts


def test_a_copy_of_an_example_keeps_sources_and_waits_for_what_is_printed(session, cast, asked):
    house = cast.organisation.id
    slug = copy_programme(session, house, EXAMPLE, Copy("Ours in Oregon"), **asked)
    assert slug == "ours-in-oregon"
    said = open_desk(session, house, slug).programme
    assert not said.example
    assert said.source.startswith("https://")
    assert said.certificate.covers == said.certificate.does_not_qualify == "to be set"
    publish(session, house, slug, asked)
    choice = {c.version.slug: c for c in list_programmes(session, house)}[slug]
    assert choice.refusal is OpenRefusal.FIGURES_TO_BE_SET
    again = copy_programme(session, house, EXAMPLE, Copy("Ours in Oregon"), **asked)
    assert again == "ours-in-oregon-2"


def test_a_copy_counts_from_its_own_certificate(session, cast, asked):
    slug = copy_programme(session, cast.organisation.id, REAL, Copy("Ours"), **asked)
    text = open_desk(session, cast.organisation.id, slug).text
    assert "certificate:ours" in text
    assert f"certificate:{REAL}" not in text


def test_an_example_itself_stays_as_it_is(session, cast, asked):
    house = cast.organisation.id
    act = lambda: set_one(session, house, EXAMPLE, "training", "min", "1 h", asked)  # noqa: E731
    assert refusal_of(act) is ChangeRefusal.EXAMPLE
    desk = open_desk(session, house, EXAMPLE)
    asked_for = {"seen": desk.fingerprint, **asked}
    assert refusal_of(take_text, session, house, EXAMPLE, desk.text, **asked_for) is (
        ChangeRefusal.EXAMPLE
    )


def test_a_text_with_a_problem_keeps_nothing_and_names_the_line(session, cast, asked):
    house = cast.organisation.id
    desk = open_desk(session, house, DEMO)
    bad = desk.text.replace("modules:", "modulse:", 1)
    with pytest.raises(TextError) as refused:
        take_text(session, house, DEMO, bad, seen=desk.fingerprint, **asked)
    assert refused.value.problems[0].file == f"{DEMO}.yaml"
    assert refused.value.problems[0].line > 1
    unknown = desk.text.replace("boundaries", "no-such-module", 1)
    with pytest.raises(TextError) as refused:
        take_text(session, house, DEMO, unknown, seen=desk.fingerprint, **asked)
    assert "There is no" in refused.value.problems[0].message
    assert session.scalar(select(func.count()).select_from(ProgrammeDraft)) == 0


def test_a_text_under_an_id_that_is_taken_begins_nothing(session, cast, asked):
    house = cast.organisation.id
    text = open_desk(session, house, DEMO).text
    assert refusal_of(begin_programme, session, house, text, **asked) is ChangeRefusal.NAME_TAKEN
    other = text.replace(f"id: {DEMO}", "id: our-own", 1)
    assert begin_programme(session, house, other, **asked) == "our-own"
    with pytest.raises(TextError):
        begin_programme(session, house, "x" * 300_000, **asked)


# Withdrawing


def test_no_cohort_opens_under_a_withdrawn_version_and_who_is_enrolled_goes_on(
    session, cast, asked
):
    house = cast.organisation.id
    session.add(Installation(id=1, is_demo=True, created_at=NOW))
    version = find_current(session, house, DEMO)
    before = verdict_for(session, cast.enrolment, on=TODAY)
    withdraw_version(session, house, DEMO, version.number, "Too old.", **asked)
    new = NewCohort("Spring", DEMO, date(2027, 1, 1))
    reason = refusal_of(make_cohort, session, cast.organisation, new, **asked)
    assert reason is OpenRefusal.WITHDRAWN
    make_cohort(session, cast.elsewhere, new, **asked)  # another house decides for itself
    assert verdict_for(session, cast.enrolment, on=TODAY) == before
    again = (session, house, DEMO, version.number, "Once more.")
    assert refusal_of(withdraw_version, *again, **asked) is ChangeRefusal.WITHDRAWN_ALREADY
    assert "programme-withdrawn" in acts(session)


@pytest.mark.races
def test_a_version_is_withdrawn_or_a_cohort_opened_never_both_unseen(real_app, real_session):
    """Whoever comes second finds what the first did."""
    state = real_app.extensions["lms"]
    with transaction(real_session):
        cast = make_cast(real_session)
        real_session.add(Installation(id=1, is_demo=True, created_at=NOW))
    number = find_current(real_session, cast.organisation.id, DEMO).number
    asked, together = {"by": cast.coordinator.id, "now": NOW}, Barrier(2)
    house = cast.organisation.id

    def act(withdraw):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            together.wait()
            try:
                with transaction(session):
                    if withdraw:
                        withdraw_version(session, house, DEMO, number, "Old.", **asked)
                    else:
                        organisation = session.merge(cast.organisation, load=False)
                        new = NewCohort("Spring", DEMO, date(2027, 1, 1))
                        make_cohort(session, organisation, new, **asked)
            except RefusedError as refused:
                return refused.reason
            return None

    with ThreadPoolExecutor(2) as pool:
        withdrawn, opened = pool.map(act, (True, False))
    assert withdrawn is None
    real_session.rollback()
    query = select(func.count()).where(Cohort.name == "Spring")
    assert real_session.scalar(query) == (0 if opened is OpenRefusal.WITHDRAWN else 1)


# What it would change, and moving


def office(cast):
    return Actor(cast.coordinator.id, cast.organisation.id, frozenset({Role.COORDINATOR}))


def effects(session, cast, programme):
    scope = people_under(office(cast), DEMO)
    return effects_on(session, scope, programme, now=NOW)


def test_whose_verdict_would_change_is_judged_before_anything_is_published(session, cast, asked):
    meet_all(session, cast)
    desk = set_one(session, cast.organisation.id, DEMO, "supervision", "min", "12 h", asked)
    found = effects(session, cast, desk.programme)
    by_person = {one.place.person: one for one in found.changed}
    mine = by_person[cast.trainee.public_id]
    assert (mine.effect.before.value, mine.effect.after.value) == ("met", "not-yet")
    assert "supervision" in {row.after.id for row in mine.effect.rows}
    assert mine.number == 1
    assert len(found.changed) + found.same == 2
    same = effects(session, cast, definition_of(session, find_current(session, 0, DEMO)))
    assert (same.changed, same.same) == ((), 2)


def test_nobody_elses_people_are_in_it(session, cast, asked):
    desk = set_one(session, cast.organisation.id, DEMO, "supervision", "min", "12 h", asked)
    stranger = Actor(cast.outsider.id, cast.elsewhere.id, frozenset({Role.COORDINATOR}))
    found = effects_on(session, people_under(stranger, DEMO), desk.programme, now=NOW)
    assert (found.changed, found.same) == ((), 0)
    trainer = Actor(cast.second_trainer.id, cast.organisation.id, frozenset())
    found = effects_on(session, people_under(trainer, DEMO), desk.programme, now=NOW)
    assert len(found.changed) + found.same == 1


def test_it_takes_as_many_queries_for_many_as_for_one(session, cast, asked):
    desk = set_one(session, cast.organisation.id, DEMO, "supervision", "min", "12 h", asked)

    def count(scope):
        seen = []
        note = lambda *args: seen.append(1)  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", note)
        effects_on(session, scope, desk.programme, now=NOW)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    everybody = people_under(office(cast), DEMO)
    count(everybody)  # definitions are read once a process
    one = everybody.where(Enrolment.id == cast.enrolment.id)
    assert count(everybody) == count(one) < 25


def move_order(session, cast, version, **more):
    order = moving.Order(
        version.number, "The board changed its rules.", cast.enrolment.programme_version_id
    )
    return replace(order, **more)


def opened(session, cast, asked, least="12 h"):
    """Publish another version that people may be moved to."""
    session.add(Installation(id=1, is_demo=True, created_at=NOW))
    version = demo_with(session, cast, asked, least)
    session.flush()
    return version


def test_a_person_is_moved_with_a_reason_and_stays_put_until_then(session, cast, asked):
    meet_all(session, cast)
    version = opened(session, cast, asked)
    assert verdict_for(session, cast.enrolment, on=TODAY).state.value == "met"
    order = move_order(session, cast, version)
    later = {**asked, "now": NOW + timedelta(hours=1)}
    moving.move_person(session, cast.enrolment, order, **later)
    assert verdict_for(session, cast.enrolment, on=TODAY).state.value == "not-yet"
    (shown,) = moving.list_moves(session, cast.enrolment)
    assert (shown.before, shown.after) == ("1", str(version.number))
    assert shown.reason == "The board changed its rules."
    row = session.scalars(select(ProgrammeMove)).one()
    assert b"board" not in row.sealed
    past = verdict_for(session, cast.enrolment, on=TODAY, known_at=NOW)
    assert past.state.value == "met"  # as it was under the version of that day
    assert "programme-version-moved" in acts(session)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"reason": " "}, MoveRefusal.NO_REASON),
        ({"seen": 0}, MoveRefusal.CHANGED_MEANWHILE),
        ({"number": 1}, MoveRefusal.THERE_ALREADY),
    ],
)
def test_a_move_that_should_not_be_changes_nothing(session, cast, asked, more, reason):
    version = opened(session, cast, asked)
    order = move_order(session, cast, version, **more)
    assert refusal_of(moving.move_person, session, cast.enrolment, order, **asked) is reason
    assert session.scalar(select(func.count()).select_from(ProgrammeMove)) == 0


def test_nobody_is_moved_to_a_version_that_is_withdrawn_or_cannot_open(session, cast, asked):
    house, version = cast.organisation.id, opened(session, cast, asked)
    withdraw_version(session, house, DEMO, version.number, "No.", **asked)
    order = move_order(session, cast, version)
    reason = refusal_of(moving.move_person, session, cast.enrolment, order, **asked)
    assert reason is MoveRefusal.VERSION_WITHDRAWN
    set_one(session, house, DEMO, "supervision", "min", "to be set", asked)
    unset = publish(session, house, DEMO, asked)
    order = move_order(session, cast, unset)
    reason = refusal_of(moving.move_person, session, cast.enrolment, order, **asked)
    assert reason is MoveRefusal.VERSION_NOT_OPEN


def test_a_cohort_is_moved_with_those_in_it_and_who_left_keeps_theirs(session, cast, asked):
    version = opened(session, cast, asked)
    other = session.scalars(select(Enrolment).where(Enrolment.person_id == cast.classmate.id)).one()
    other.state = "withdrawn"
    session.flush()
    old = cast.cohort.programme_version_id
    order = move_order(session, cast, version)
    assert moving.move_cohort(session, cast.cohort, order, **asked) == 1
    session.refresh(other)
    session.refresh(cast.enrolment)
    assert (cast.enrolment.programme_version_id, other.programme_version_id) == (version.id, old)
    assert cast.cohort.programme_version_id == version.id
    again = replace(order, seen=version.id)
    assert (
        refusal_of(moving.move_cohort, session, cast.cohort, again, **asked) is MoveRefusal.NOBODY
    )


def test_whoever_moves_a_cohort_is_not_moved_by_themselves(session, cast, asked):
    version = opened(session, cast, asked)
    cast.enrolment.person_id = cast.coordinator.id
    session.flush()
    order = move_order(session, cast, version)
    assert moving.move_cohort(session, cast.cohort, order, **asked) == 1
    session.refresh(cast.enrolment)
    assert cast.enrolment.programme_version_id != version.id


def test_reasons_stand_with_the_version_that_they_made(session, cast, asked):
    demo_with(session, cast, asked)
    demo_with(session, cast, asked, "8 h")
    rows = session.execute(
        select(ContentVersion.number, ProgrammeFigure.after).join(
            ProgrammeFigure, ProgrammeFigure.version_id == ContentVersion.id
        )
    )
    assert sorted(rows) == [(2, "9 h"), (3, "8 h")]
