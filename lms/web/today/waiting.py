"""What waits for somebody, in words, and where it leads."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.rules.roles import Actor, Role
from lms.services.authoring import find_author_matters
from lms.services.today import Waiting
from lms.web.certificates.notices import OFFICE, office_words
from lms.web.today.lines import Line, Next


def of_authors(session: Session, actor: Actor) -> list[Waiting]:
    """Return what waits for an author, none for others."""
    if Role.AUTHOR not in actor.roles:
        return []
    matters = find_author_matters(session)
    found = (
        Waiting("drafts", matters.drafts, matters.since),
        Waiting("outdated", matters.outdated, None),
        Waiting("unsigned", matters.unsigned, None),
    )
    return [one for one in found if one.count]


def asked_lines(waiting: list[Waiting]) -> list[Line]:
    """Return what one asked to be looked at again, and what nobody has answered yet."""
    return [
        Line(
            ngettext(
                "Your request for another look",
                "Your %(num)s requests for another look",
                one.count,
            ),
            "/appeals",
        )
        for one in waiting
        if one.kind == "look-asked"
    ]


WORDS = {
    "no-contact": "/organisation",
    "to-mark": "/marking",
    "to-release": "/marking",
    "to-close": "/gatherings",
    "to-revisit": "/gatherings",
    "to-confirm": "/confirmations",
    "shared": "/shared",
    "referred": "/role-plays/referrals",
    "to-look-at": "/evidence",
    "to-decide": "/evidence",
    "to-put-on-record": "/evidence",
    **dict.fromkeys(OFFICE, "/certificates/waiting"),
    "to-approve": "/proposals",
    "sent-back": "/proposals",
    "to-answer": "/appeals",
    "to-assign": "/appeals",
    "look-answered": "/appeals",
    "to-issue": "/found-ready",
    "unassigned": "/cohorts",
    "kept-out": "/cohorts",
    "drafts": "/authoring",
    "outdated": "/authoring",
    "unsigned": "/authoring",
    "invited": "/people/invitations",
}
WRITING = {
    "drafts": _l("Trainees do not see them yet. Check them, then publish."),
    "outdated": _l("The originals have changed since. Readers are told so until it is put right."),
    "unsigned": _l(
        "They are on safety, risk or law. Ask somebody qualified to read them, then enter the "
        "review on the module's own page."
    ),
}


def _label(one: Waiting) -> str:
    if one.kind in OFFICE:
        return office_words(one.kind, one.count)
    words = {
        "no-contact": _("Practice is shut: nobody to turn to is named yet"),
        "to-mark": ngettext("%(num)s role-play to mark", "%(num)s role-plays to mark", one.count),
        "to-release": ngettext(
            "%(num)s result to release", "%(num)s results to release", one.count
        ),
        "to-close": ngettext(
            "%(num)s gathering whose attendance is to be taken",
            "%(num)s gatherings whose attendance is to be taken",
            one.count,
        ),
        "to-revisit": ngettext(
            "%(num)s trust agreement to look at again: somebody has joined",
            "%(num)s trust agreements to look at again: somebody has joined",
            one.count,
        ),
        "to-confirm": ngettext(
            "%(num)s entry of hours to confirm", "%(num)s entries of hours to confirm", one.count
        ),
        "shared": ngettext(
            "%(num)s text was shared with you", "%(num)s texts were shared with you", one.count
        ),
        "referred": ngettext(
            "%(num)s role-play to talk through", "%(num)s role-plays to talk through", one.count
        ),
        "to-look-at": ngettext(
            "%(num)s document to look at", "%(num)s documents to look at", one.count
        ),
        "to-put-on-record": ngettext(
            "%(num)s qualification to look at", "%(num)s qualifications to look at", one.count
        ),
        "to-decide": ngettext(
            "%(num)s request to set something aside",
            "%(num)s requests to set something aside",
            one.count,
        ),
        "to-approve": ngettext(
            "%(num)s document waits for you as the second coordinator",
            "%(num)s documents wait for you as the second coordinator",
            one.count,
        ),
        "sent-back": ngettext(
            "%(num)s document was sent back to you",
            "%(num)s documents were sent back to you",
            one.count,
        ),
        "to-answer": ngettext(
            "%(num)s request for another look, for you to answer",
            "%(num)s requests for another look, for you to answer",
            one.count,
        ),
        "to-assign": ngettext(
            "%(num)s request for another look waits for somebody to be named",
            "%(num)s requests for another look wait for somebody to be named",
            one.count,
        ),
        "look-answered": ngettext(
            "Your request for another look has an answer",
            "%(num)s of your requests for another look have an answer",
            one.count,
        ),
        "to-issue": ngettext(
            "%(num)s person found ready, without a certificate yet",
            "%(num)s people found ready, without a certificate yet",
            one.count,
        ),
        "unassigned": ngettext(
            "%(num)s person without a trainer or supervisor",
            "%(num)s people without a trainer or supervisor",
            one.count,
        ),
        "kept-out": ngettext(
            "%(num)s person who was invited waits for a place",
            "%(num)s people who were invited wait for a place",
            one.count,
        ),
        "drafts": ngettext(
            "%(num)s module has changes that are not published",
            "%(num)s modules have changes that are not published",
            one.count,
        ),
        "outdated": ngettext(
            "%(num)s translation is of an earlier text",
            "%(num)s translations are of earlier texts",
            one.count,
        ),
        "unsigned": ngettext(
            "%(num)s lesson waits for a qualified reviewer",
            "%(num)s lessons wait for a qualified reviewer",
            one.count,
        ),
        "invited": ngettext(
            "%(num)s invitation not taken up yet",
            "%(num)s invitations not taken up yet",
            one.count,
        ),
    }
    return str(words[one.kind])


def line_of(one: Waiting) -> Line:
    """Return what waits for somebody as a line that leads to it."""
    return Line(_label(one), WORDS[one.kind])


def first_of_kept_out() -> Next:
    """Return what somebody reads whose place waits for lessons to be looked over."""
    return Next(
        _("Your account is ready. Your place in the group comes later."),
        _(
            "That has nothing to do with you: somebody qualified reads some of the lessons first. "
            "Then your coordinator gives you your place. You need do nothing."
        ),
        "/progress",
        _("Read what the programme asks"),
    )


def first_of_staff(waiting: list[Waiting]) -> Next | None:
    """Return the oldest thing that somebody waits for; invitations only remind."""
    pressing = [one for one in waiting if one.kind != "invited"]
    if not pressing:
        return None
    order = list(WORDS)
    one = min(pressing, key=lambda found: order.index(found.kind))
    if one.kind == "no-contact":
        why = _("It opens once a contact on duty is set: a name, and how to reach them.")
    elif one.kind in WRITING:
        why = str(WRITING[one.kind])
    else:
        why = _("The oldest one comes first.")
    return Next(_label(one), why, WORDS[one.kind], _("Go there"))
