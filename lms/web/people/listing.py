"""People: the list, a person's page, and their roles."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Person
from lms.rules.people import roles_to_give
from lms.rules.policy import Permission
from lms.rules.roles import Role
from lms.rules.visibility import RecordClass, may_read
from lms.services.errors import RefusedError
from lms.services.people import (
    contact_of,
    end_role,
    get_person,
    give_role,
    list_invitations,
    list_people,
    list_places_of,
    list_roles,
    list_trainees_of,
)
from lms.services.visibility import relations_to
from lms.web.access import acting, may, requires, the_actor
from lms.web.fields import ChoiceField
from lms.web.forms import Form
from lms.web.people.blueprint import bp, page_number
from lms.web.state import current_session
from lms.web.words import KIND_WORDS, ROLE_WORDS, STATE_WORDS, said, sentence

# further pages of a place: (words, address, permission)
PAGES: list[tuple[Any, str, Permission]] = [
    (_l("What is still missing"), "/enrolments/{}", Permission.VERDICT_READ),
    (_l("Attendance"), "/enrolments/{}/attendance", Permission.ATTENDANCE_READ),
    (_l("Book a role-play"), "/marking/book/{}", Permission.PERFORMANCE_BOOK),
    (_l("Readiness decision"), "/enrolments/{}/readiness", Permission.READINESS_DECIDE),
    (_l("Papers"), "/enrolments/{}/papers", Permission.EVIDENCE_LIST),
    (_l("Certificate and letters"), "/enrolments/{}/documents", Permission.CERTIFICATE_ISSUE),
]


class RoleForm(Form):
    """A role to give."""

    role = ChoiceField(_l("Role"))


@bp.get("/people")
@requires(Permission.PEOPLE_LIST)
def index() -> str:
    """Show the organisation's people."""
    session, home, now = current_session(), the_actor().organisation_id, utcnow()
    search = request.args.get("q", "")[:300]
    page = list_people(session, home, search=search, page=page_number(), now=now)
    return str(
        render_template(
            "people/index.html",
            page=page,
            search=search,
            waiting=len(list_invitations(session, home, now)),
            role_words=said(ROLE_WORDS),
            state_words=said(STATE_WORDS),
        )
    )


def role_form(person: Person, held: list[Role]) -> RoleForm | None:
    """Return the form that gives a role, or None where the asker has none to give."""
    free = [role for role in roles_to_give(the_actor().roles) if role not in held]
    if not free or not may(Permission.ROLE_CHANGE, person):
        return None
    form = RoleForm()
    form.role.choices = [(role.value, ROLE_WORDS[role]) for role in free]
    return form


def _person_page(person: Person, form: RoleForm | None, held: list[Role]) -> str:
    session = current_session()
    seen_as = relations_to(session, the_actor(), person.id)
    return str(
        render_template(
            "people/show.html",
            shown=person,
            form=form,
            held=held,
            reached=contact_of(session, person),
            sees_contact=may_read(RecordClass.CONTACT_DETAILS, seen_as),
            sees_certificate_name=may_read(RecordClass.CERTIFICATE_NAME, seen_as),
            places=list_places_of(session, person.id),
            trainees=list_trainees_of(session, person.id) if may("role-change", person) else [],
            pages=[(words, url) for words, url, needed in PAGES if may(needed, person)],
            takes=roles_to_give(the_actor().roles) if may("role-change", person) else (),
            role_words=ROLE_WORDS,
            state_words=STATE_WORDS,
            kind_words=KIND_WORDS,
        )
    )


@bp.get("/people/<person_id>")
@requires(Permission.PERSON_SEE, person=get_person)
def show(person: Person) -> str:
    """Show a person to their coordinator, trainer or supervisor."""
    held = list_roles(current_session(), person.id, utcnow())
    return _person_page(person, role_form(person, held), held)


@bp.post("/people/<person_id>/roles")
@requires(Permission.ROLE_CHANGE, person=get_person)
def give(person: Person) -> Any:
    """Give a role."""
    held = list_roles(current_session(), person.id, utcnow())
    form = role_form(person, held)
    if form is None or not form.validate_on_submit():
        return _person_page(person, form, held)
    return _change(person, Role(form.role.data), give_role, _("The role is given."))


@bp.post("/people/<person_id>/roles/<role>/end")
@requires(Permission.ROLE_CHANGE, person=get_person)
def end(person: Person, role: str) -> Reply:
    """End a role at once."""
    if role not in set(Role):
        flash(_("Choose one of the roles."), "error")
        return redirect(url_for(".show", person_id=person.public_id))
    return _change(person, Role(role), end_role, _("The role has ended."))


def _change(person: Person, role: Role, act: Any, done: str) -> Reply:
    public_id = person.public_id
    try:
        with acting() as session:
            act(session, person, role, by=the_actor(), now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(done, "good")
    return redirect(url_for(".show", person_id=public_id))
