"""The draft of a programme: what it says, what is to be mended and set, what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.content.errors import ContentProblem
from lms.content.yaml import place_text
from lms.db import utcnow
from lms.rules.policy import Permission
from lms.rules.programmes import Programme
from lms.rules.programmes.differences import changes_between
from lms.rules.programmes.figures import Rule, figures_of, figures_of_head, rules_of
from lms.rules.programmes.telling import read_aloud
from lms.services.errors import RefusedError
from lms.services.programmes.drafts import Desk, drop_draft, open_desk, rebase_draft
from lms.services.programmes.effects import Effects, effects_on, people_under
from lms.services.publishing import definition_of
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Bare
from lms.web.programmes import bp
from lms.web.programmes.changed import ChangeWords, change_words, effect_page
from lms.web.programmes.listing import house, reading_words, titles_here, zone
from lms.web.state import current_session
from lms.web.words import sentence


@dataclass(frozen=True, slots=True)
class Told:
    """Something to mend: where it stands in words, its line, what it is, where it is mended."""

    where: str
    line: int
    message: str
    url: str


def rule_url(slug: str, rule: Rule) -> str:
    """Return where the figures of a rule are set."""
    view = "programmes.renewal_rule" if rule.is_renewal else "programmes.rule"
    return url_for(view, programme=slug, rule=rule.id)


def told(slug: str, programme: Programme | None, problems: Sequence[ContentProblem]) -> list[Told]:
    """Return problems, each with the rule that it stands in."""
    rules = [] if programme is None else list(reversed(rules_of(programme)))
    return [_told(slug, rules, one) for one in problems]


def _told(slug: str, rules: list[Rule], problem: ContentProblem) -> Told:
    found = next((rule for rule in rules if _holds(rule, problem.path)), None)
    if found is None:
        url = url_for("programmes.head_figures", programme=slug) if rules else ""
        return Told(problem.path, problem.line, problem.message, url)
    url = rule_url(slug, found)
    return Told(found.node.label, problem.line, problem.message, url)


def _holds(rule: Rule, path: str) -> bool:
    place = place_text(rule.path)
    return path == place or path.startswith((f"{place}.", f"{place}["))


@dataclass(frozen=True, slots=True)
class ToSet:
    """A rule with figures still to be set."""

    label: str
    url: str
    many: int


def still_to_set(slug: str, programme: Programme) -> list[ToSet]:
    """Return where figures are still to be set, in the order that one meets them."""
    found = []
    for rule in rules_of(programme):
        many = sum(figure.is_unset for figure in figures_of(rule))
        if many:
            found.append(ToSet(rule.node.label, rule_url(slug, rule), many))
    many = sum(figure.is_unset for figure in figures_of_head(programme))
    words = programme.certificate
    many += sum(text.strip() == "to be set" for text in (words.covers, words.does_not_qualify))
    if many:
        url = url_for("programmes.head_figures", programme=slug)
        found.append(ToSet(_("The programme as a whole"), url, many))
    return found


def changes_of(desk: Desk) -> list[ChangeWords]:
    """Return what the draft changes of the version it was begun from."""
    if desk.base is None or desk.checked.programme is None:
        return []
    session = current_session()
    titles = titles_here()
    before = definition_of(session, desk.base)
    return [change_words(one, titles) for one in changes_between(before, desk.programme)]


def effects_of(desk: Desk) -> Effects | None:
    """Return whom the draft would change something for.

    Edge: None of a programme without versions, and of a text that is still to be mended: nobody can
          be judged by it.
    """
    if desk.current is None or desk.checked.problems:
        return None
    scope = people_under(the_actor(), desk.slug)
    return effects_on(current_session(), scope, desk.programme, now=utcnow())


@bp.get("/programmes/<programme>/draft")
@requires(Permission.PROGRAMME_CHANGE)
def draft(programme: str) -> str:
    """Show a programme as it would be published, with the way to every figure."""
    desk = open_desk(current_session(), house(), programme)
    said = desk.checked.programme
    empty: dict[str, Any] = {"head": (), "rules": [], "renewal": []}
    return str(
        render_template(
            "programmes/draft.html",
            desk=desk,
            slug=programme,
            said=said,
            problems=told(programme, said, desk.checked.problems),
            to_set=still_to_set(programme, said) if said else [],
            urls=_urls(programme, said),
            bare=Bare(),
            zone=zone(),
            **(reading_words(read_aloud(said)) if said else empty),
        )
    )


def _urls(slug: str, programme: Programme | None) -> dict[str, dict[str, str]]:
    """Return where each rule is changed, those of the renewal apart."""
    rules = rules_of(programme) if programme else ()
    return {
        "rules": {rule.id: rule_url(slug, rule) for rule in rules if not rule.is_renewal},
        "renewal": {rule.id: rule_url(slug, rule) for rule in rules if rule.is_renewal},
    }


@bp.get("/programmes/<programme>/draft/changes")
@requires(Permission.PROGRAMME_CHANGE)
def draft_changes(programme: str) -> str:
    """Show what the draft changes, and for whom."""
    desk = open_desk(current_session(), house(), programme)
    effects = effects_of(desk)
    return str(
        render_template(
            "programmes/draft_changes.html",
            desk=desk,
            slug=programme,
            changes=changes_of(desk),
            effects=effects,
            people=effect_page(effects),
        )
    )


@bp.post("/programmes/<programme>/draft/drop")
@requires(Permission.PROGRAMME_CHANGE)
def drop(programme: str) -> Reply:
    """Throw the draft away."""
    if not Bare().validate():
        return redirect(url_for(".draft", programme=programme))
    open_desk(current_session(), house(), programme)
    with acting() as session:
        drop_draft(session, house(), programme)
    flash(_("The draft is gone. What is published stands."), "good")
    return redirect(url_for(".index"))


@bp.post("/programmes/<programme>/draft/stand")
@requires(Permission.PROGRAMME_CHANGE)
def stand(programme: str) -> Reply:
    """Let the draft stand on the version that was published meanwhile."""
    number = request.form.get("number", "")
    if number.isdecimal() and len(number) < 10:
        try:
            with acting() as session:
                rebase_draft(session, house(), programme, number=int(number), now=utcnow())
            flash(_("Your draft now stands on version %(number)s.", number=number), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".draft", programme=programme))
