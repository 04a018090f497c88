"""Invitations, roles and lists of people in the database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, select

from lms.db import transaction
from lms.models import (
    Address,
    AuditEntry,
    Invitation,
    Mail,
    Organisation,
    Person,
    RoleGrant,
)
from lms.rules.people import EntryRefusal, RoleRefusal
from lms.rules.roles import Actor, Role
from lms.rules.signin import LinkRefusal
from lms.services.audit import link_entries
from lms.services.errors import ClashError, MissingError, RefusedError
from lms.services.people import (
    Offer,
    change_organisation,
    claim_invitation,
    end_role,
    get_open_invitation,
    give_role,
    invite_list,
    invite_person,
    let_in,
    list_invitations,
    list_open_invitations,
    list_people,
    list_places_of,
    list_roles,
    list_trainees_of,
    renew_invitation,
    withdraw_invitation,
    words_of_organisation,
)
from lms.services.visibility import roles_of
from tests.cast import NOW, make_cast, make_enrolment, make_person


def office(cast) -> Actor:
    """Return the coordinator as an actor."""
    return Actor(cast.coordinator.id, cast.organisation.id, frozenset({Role.COORDINATOR}))


def invite(session, cast, address="new@example.org", **more):
    """Invite somebody and return the invitation with its token."""
    offer = Offer(address, "New", **more)
    return let_in(session, cast.organisation, offer, invited_by=cast.coordinator.id, now=NOW)


class Counted:
    """Counts the statements sent while it is open."""

    def __init__(self, session) -> None:
        self.engine, self.count = session.get_bind().engine, 0

    def _one(self, *_args) -> None:
        self.count += 1

    def __enter__(self) -> "Counted":
        event.listen(self.engine, "before_cursor_execute", self._one)
        return self

    def __exit__(self, *_args) -> None:
        event.remove(self.engine, "before_cursor_execute", self._one)


def test_a_list_of_people_takes_three_queries_whatever_their_number(session, cast):
    for number in range(130):
        person = make_person(session, f"person_{number:03}", cast.organisation)
        make_enrolment(session, person, cast.cohort)
    with Counted(session) as counted:
        page = list_people(session, cast.organisation.id, page=2, now=NOW)
    assert counted.count == 3
    assert (page.total, page.page, page.pages, len(page.rows)) == (136, 2, 2, 36)
    assert page.rows[0].state == "active"
    assert page.rows[0].cohort == "Autumn group"


def test_people_are_found_by_a_part_of_a_name_in_their_own_organisation(session, cast):
    cast.trainee.chosen_name = "JOSÉ de la Cruz"
    session.flush()
    found = list_people(session, cast.organisation.id, search=" jose ", now=NOW)
    assert [row.name for row in found.rows] == ["JOSÉ de la Cruz"]
    assert list_people(session, cast.elsewhere.id, search="jose", now=NOW).rows == []
    assert list_people(session, cast.organisation.id, search="%", now=NOW).rows == []


def test_a_page_past_the_end_is_the_last(session, cast):
    assert list_people(session, cast.organisation.id, page=99, now=NOW).page == 1


def test_a_withdrawn_place_shows_only_where_there_is_no_other(session, cast):
    cast.enrolment.state = "withdrawn"
    session.flush()
    rows = {row.name: row for row in list_people(session, cast.organisation.id, now=NOW).rows}
    assert rows["Trainee"].state == "withdrawn"


def test_a_second_invitation_ends_the_first_even_a_grown_old_one(session, cast):
    first, token = invite(session, cast)
    later = NOW + timedelta(days=20)
    offer = Offer("NEW@example.org", "")
    second, _ = let_in(session, cast.organisation, offer, invited_by=None, now=later)
    session.refresh(first)
    assert first.withdrawn_at == later
    assert [row.public_id for row in list_invitations(session, cast.organisation.id, later)] == [
        second.public_id
    ]
    with pytest.raises(RefusedError) as refused:
        claim_invitation(session, token, chosen_name="N", hashed="h", now=NOW)
    assert refused.value.reason is LinkRefusal.WITHDRAWN


def test_an_invitation_goes_out_as_a_letter_with_the_link(session, cast):
    invite_person(
        session,
        cast.organisation,
        Offer("new@example.org", ""),
        by=cast.coordinator.id,
        now=NOW,
    )
    mail = session.scalars(select(Mail)).one()
    assert mail.recipient == "new@example.org"
    assert "http://localhost/invitations/" in mail.body


def test_a_cohort_of_another_organisation_takes_nobody(session, cast):
    for more in ({"cohort": cast.cohort, "role": "trainer"},):
        with pytest.raises(RefusedError) as refused:
            invite(session, cast, **more)
        assert refused.value.reason is EntryRefusal.COHORT_CLOSED
    offer = Offer("x@example.org", "", cohort=cast.cohort)
    with pytest.raises(RefusedError):
        let_in(session, cast.elsewhere, offer, invited_by=None, now=NOW)


def test_an_ended_cohort_takes_nobody(session, cast):
    cast.cohort.ends_on = (NOW - timedelta(days=2)).date()
    with pytest.raises(RefusedError) as refused:
        invite(session, cast, cohort=cast.cohort)
    assert refused.value.reason is EntryRefusal.COHORT_CLOSED


def test_a_new_link_ends_the_old_one_and_lasts_again(session, cast):
    invitation, old = invite(session, cast)
    later = NOW + timedelta(days=30)
    token = renew_invitation(
        session, invitation, by_letter=False, by=cast.coordinator.id, now=later
    )
    assert session.scalars(select(Mail)).all() == []
    with pytest.raises(RefusedError) as refused:
        claim_invitation(session, old, chosen_name="N", hashed="h", now=later)
    assert refused.value.reason is LinkRefusal.UNKNOWN
    person = claim_invitation(session, token, chosen_name="N", hashed="h", now=later)
    assert person.organisation_id == cast.organisation.id


def test_a_claimed_invitation_shows_nobody_a_way_in(session, cast):
    invitation, token = invite(session, cast)
    claim_invitation(session, token, chosen_name="N", hashed="h", now=NOW)
    with pytest.raises(MissingError):
        get_open_invitation(session, invitation.public_id)
    with pytest.raises(RefusedError) as refused:
        renew_invitation(session, invitation, by_letter=True, by=cast.coordinator.id, now=NOW)
    assert refused.value.reason is LinkRefusal.USED
    with pytest.raises(RefusedError):
        withdraw_invitation(session, invitation, by=cast.coordinator.id, now=NOW)
    assert list_invitations(session, cast.organisation.id, NOW) == []


def test_a_withdrawn_invitation_opens_nothing(session, cast):
    invitation, token = invite(session, cast)
    withdraw_invitation(session, invitation, by=cast.coordinator.id, now=NOW)
    with pytest.raises(RefusedError):
        claim_invitation(session, token, chosen_name="N", hashed="h", now=NOW)
    assert list_open_invitations(session, cast.organisation.id, NOW) == []


def test_a_role_from_an_invitation_holds_at_once_east_of_greenwich(session, cast):
    """On the other side of the date line it is tomorrow already; the role must not wait."""
    cast.organisation.zone = "Pacific/Auckland"
    _, token = invite(session, cast, role="trainer")
    evening = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
    person = claim_invitation(session, token, chosen_name="N", hashed="h", now=evening)
    assert roles_of(session, person.id, evening.date()) == {Role.TRAINER}


def test_a_list_invites_its_good_rows_and_gives_the_rest_back(session, cast):
    text = (
        "name,email\nAna,ana@example.org\nBo,not one\n"
        "Trainee,trainee-1@example.org\nCy,cy@example.org"
    )
    trainee = session.scalars(select(Address).where(Address.person_id == cast.trainee.id)).one()
    text = text.replace("trainee-1@example.org", trainee.written)
    done = invite_list(
        session, cast.organisation, text, cohort=cast.cohort, by=cast.coordinator.id, now=NOW
    )
    assert done.invited == 2
    assert done.left == f"name,email\nBo,not one\nTrainee,{trainee.written}"
    rows = list_invitations(session, cast.organisation.id, NOW)
    assert [(row.chosen_name, row.cohort) for row in rows] == [
        ("Cy", "Autumn group"),
        ("Ana", "Autumn group"),
    ]
    assert session.scalar(select(func.count()).select_from(Mail)) == 2
    again = invite_list(
        session, cast.organisation, text, cohort=None, by=cast.coordinator.id, now=NOW
    )
    assert again.invited == 0


def test_a_role_is_given_ended_and_its_assignments_with_it(session, cast):
    end_role(session, cast.trainer, Role.TRAINER, by=office(cast), now=NOW)
    assert roles_of(session, cast.trainer.id, NOW.date()) == frozenset()
    assert list_trainees_of(session, cast.trainer.id) == []
    assert "trainer" not in list_places_of(session, cast.trainee.id)[0].assigned
    assert "supervisor" in list_places_of(session, cast.trainee.id)[0].assigned
    give_role(session, cast.trainer, Role.TRAINER, by=office(cast), now=NOW)
    assert list_roles(session, cast.trainer.id, NOW) == [Role.TRAINER]
    end_role(session, cast.trainer, Role.TRAINER, by=office(cast), now=NOW)
    assert list_roles(session, cast.trainer.id, NOW) == []


def test_nobody_changes_their_own_role_or_makes_an_administrator(session, cast):
    mine = (cast.coordinator, Role.TRAINER, RoleRefusal.OWN_ROLE)
    for person, role, reason in (mine, (cast.trainer, Role.ADMINISTRATOR, RoleRefusal.NOT_YOURS)):
        for act in (give_role, end_role):
            with pytest.raises(RefusedError) as refused:
                act(session, person, role, by=office(cast), now=NOW)
            assert refused.value.reason is reason


def test_a_role_is_given_once_and_ended_once(session, cast):
    with pytest.raises(RefusedError) as refused:
        give_role(session, cast.trainer, Role.TRAINER, by=office(cast), now=NOW)
    assert refused.value.reason is RoleRefusal.HELD_ALREADY
    with pytest.raises(RefusedError) as refused:
        end_role(session, cast.trainer, Role.SUPERVISOR, by=office(cast), now=NOW)
    assert refused.value.reason is RoleRefusal.NOT_HELD


def test_two_who_change_the_organisation_do_not_write_over_each_other(session, cast):
    seen = words_of_organisation(cast.organisation)
    shown = {field: getattr(seen, field) for field in seen.__dataclass_fields__}
    first, second = replace(seen, duty_name="Noor"), replace(seen, duty_hours="nights")
    change = {"by": cast.coordinator.id, "now": NOW}
    change_organisation(session, cast.organisation, first, seen=shown, **change)
    with pytest.raises(ClashError) as clash:
        change_organisation(session, cast.organisation, second, seen=shown, **change)
    assert clash.value.theirs["duty_name"] == "Noor"
    assert clash.value.yours["duty_hours"] == "nights"
    change_organisation(session, cast.organisation, first, seen=shown, **change)


def test_every_act_is_in_the_audit_trail_without_a_word_that_was_written(session, cast):
    invitation, _ = invite(session, cast)
    renew_invitation(session, invitation, by_letter=True, by=cast.coordinator.id, now=NOW)
    withdraw_invitation(session, invitation, by=cast.coordinator.id, now=NOW)
    end_role(session, cast.trainer, Role.TRAINER, by=office(cast), now=NOW)
    link_entries(session)
    acts = list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts[-4:] == [
        "person-invited",
        "invitation-renewed",
        "invitation-withdrawn",
        "role-ended",
    ]


def together(app, *acts):
    """Run acts at the same instant, each in a transaction of its own; return what came of each."""
    state, barrier = app.extensions["lms"], Barrier(len(acts))

    def run(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            barrier.wait()
            try:
                with transaction(session):
                    return act(session)
            except RefusedError as refused:
                return refused.reason

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.races
def test_two_who_invite_one_address_leave_one_open_invitation(real_app, real_session):
    with transaction(real_session):
        home = make_cast(real_session).organisation.id

    def act(session):
        organisation = session.get_one(Organisation, home)
        let_in(session, organisation, Offer("x@example.org", ""), invited_by=None, now=NOW)
        return "done"

    assert together(real_app, act, act, act) == ["done"] * 3
    real_session.expire_all()
    query = select(func.count()).where(Invitation.withdrawn_at.is_(None))
    assert real_session.scalar(query) == 1


@pytest.mark.races
def test_an_invitation_is_claimed_once(real_app, real_session):
    with transaction(real_session):
        cast = make_cast(real_session)
        _, token = invite(real_session, cast)

    def act(session):
        claim_invitation(session, token, chosen_name="N", hashed="h", now=NOW)
        return "in"

    assert sorted(map(str, together(real_app, act, act))) == ["in", "link-used"]


@pytest.mark.races
def test_a_role_given_twice_at_once_is_held_once(real_app, real_session):
    with transaction(real_session):
        cast = make_cast(real_session)
        person, by = cast.classmate.id, office(cast)

    def act(session):
        give_role(session, session.get_one(Person, person), Role.TRAINER, by=by, now=NOW)
        return "given"

    assert sorted(map(str, together(real_app, act, act))) == ["given", "role-held-already"]
    real_session.expire_all()
    assert real_session.scalar(select(func.count()).where(RoleGrant.person_id == person)) == 1
