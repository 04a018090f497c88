"""Setting the figures and switches of one rule, or of the whole, with a reason and a source."""

from datetime import date
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from lms.content.errors import ProblemCode
from lms.content.yaml import place_text
from lms.db import utcnow
from lms.rules.policy import Permission
from lms.rules.programmes import TO_BE_SET, Gates, Programme
from lms.rules.programmes.changing import REASON_LENGTH, ChangeRefusal
from lms.rules.programmes.figures import (
    Figure,
    Rule,
    Sort,
    figures_of,
    figures_of_head,
    find_rule,
)
from lms.rules.programmes.telling import tell
from lms.services.errors import MissingError, RefusedError
from lms.services.programmes.drafts import (
    Desk,
    FiguresError,
    Order,
    Setting,
    open_desk,
    set_figures,
)
from lms.web.access import acting, requires, the_actor
from lms.web.fields import ChoiceField, DayField, RadioChoiceField
from lms.web.forms import Form, at_most, choices_from, given, line, prose, tidy, tidy_line
from lms.web.programmes import bp
from lms.web.programmes.desk import rule_url, still_to_set, told
from lms.web.programmes.labels import (
    CHOICES,
    HINTS,
    choice_words,
    figure_label,
    figure_words,
    written,
)
from lms.web.programmes.listing import house, titles_here
from lms.web.programmes.words import rule_words
from lms.web.state import current_session
from lms.web.words import sentence

NAME = "figure-{}"
FEW = 3
HEAD_LINES: tuple[tuple[tuple[str, ...], Any, int], ...] = (
    (("title",), _l("Title of the programme"), 300),
    (("version",), _l("Name of the version"), 40),
    (("summary",), _l("What it is, in a sentence or two"), 2000),
    (("certificate", "title"), _l("Title on the certificate"), 300),
    (("certificate", "covers"), _l("What the certificate covers"), 2000),
    (("certificate", "does_not_qualify"), _l("What it does not qualify for"), 2000),
)


class FiguresForm(Form):
    """Why a rule's figures are what they are, and where they come from."""

    reason = prose(_l("Why these figures"), length=REASON_LENGTH)
    source = line(_l("Source"), required=False, length=500)
    checked_on = DayField(_l("Read there on"), [Optional()])
    seen = HiddenField()


def _control(figure: Figure) -> Field:
    """Return the field in which a figure is set."""
    label = figure_label(figure)
    if figure.sort is Sort.SWITCH:
        pairs = [("yes", CHOICES["yes"]), ("no", CHOICES["no"])]
        return cast(Field, RadioChoiceField(label, choices=choices_from(pairs)))
    if figure.sort is Sort.CHOICE:
        pairs = [(one, choice_words(one)) for one in figure.choices]
        kind = RadioChoiceField if len(pairs) <= FEW else ChoiceField
        return cast(Field, kind(label, choices=choices_from(pairs)))
    if figure.sort is Sort.DAY:
        return cast(Field, DayField(label, [Optional()]))
    unset = _("Still to be set.") + " " if figure.is_unset else ""
    hint = f"{unset}{HINTS[figure.sort]}"
    return line(label, required=False, length=60, description=hint)


def _form_for(figures: tuple[Figure, ...], lines: dict[str, Any], data: dict[str, Any]) -> Any:
    """Return a form with a field for each figure, and one for each line of words."""
    fields = {NAME.format(number): _control(one) for number, one in enumerate(figures)}
    made = type("RuleForm", (FiguresForm,), {**fields, **lines})
    kept = {NAME.format(number): _initial(one) for number, one in enumerate(figures)}
    return made(data={**kept, **data})


def _initial(figure: Figure) -> Any:
    return figure.value if figure.sort is Sort.DAY else written(figure)


def _settings(form: Any, figures: tuple[Figure, ...]) -> tuple[Setting, ...]:
    """Return the figures that the form sets anew; one left to be set stays so."""
    found = []
    for number, figure in enumerate(figures):
        typed = form[NAME.format(number)].data
        text = typed.isoformat() if isinstance(typed, date) else str(typed or "").strip()
        if text == _as_text(figure) or (figure.is_unset and text in ("", TO_BE_SET)):
            continue
        before = str(figure_words(figure))
        found.append(
            Setting(
                path=figure.path,
                place=place_text(figure.path),
                before=TO_BE_SET if figure.is_unset else before,
                after=_said(figure, text),
                value=_value(figure, text),
                must_say_why=_wants_a_reason(figure),
            )
        )
    return tuple(found)


def _said(figure: Figure, text: str) -> str:
    """Return what was typed or pressed, as it is kept beside the reason."""
    is_pressed = figure.sort in (Sort.SWITCH, Sort.CHOICE)
    return choice_words(text) if is_pressed else text


def _wants_a_reason(figure: Figure) -> bool:
    """Say whether a figure is set with a reason only: one to be set, or a gate."""
    return figure.is_unset or figure.owner is Gates


def _as_text(figure: Figure) -> str:
    if figure.sort is Sort.DAY:
        return figure.value.isoformat() if figure.value else ""
    return written(figure)


def _value(figure: Figure, text: str) -> Any:
    """Return what the programme's text holds for what was typed; what is no number stays text."""
    if figure.sort is Sort.SWITCH:
        return text == "yes"
    if figure.sort in (Sort.NUMBER, Sort.LEVEL) and text.isascii() and text.isdecimal():
        return int(text[:15])
    return text


def _refuse(form: Any, figures: tuple[Figure, ...], refused: FiguresError) -> None:
    """Say each problem at its field; one that belongs to no field stands at the reason."""
    fields = {place_text(one.path): number for number, one in enumerate(figures)}
    for problem in refused.problems:
        number = fields.get(problem.path)
        if number is None:
            form.refuse(_field_of(form, problem.path), f"{problem.path}: {problem.message}")
            continue
        unread = problem.code in (ProblemCode.FIGURE, ProblemCode.WRONG_TYPE)
        words = HINTS.get(figures[number].sort, "") if unread else problem.message
        form.refuse(form[NAME.format(number)], str(words))


def _field_of(form: Any, path: str) -> Any:
    names = {field.name: field for field in form}
    return names.get(f"line-{path.replace('.', '-')}", form.reason)


# One rule


def _rule_at(desk: Desk, rule: str, *, is_renewal: bool) -> Rule:
    found = find_rule(desk.programme, rule, is_renewal=is_renewal)
    if found is None:
        raise MissingError
    return found


@bp.get("/programmes/<programme>/draft/rules/<rule>")
@requires(Permission.PROGRAMME_CHANGE)
def rule(programme: str, rule: str) -> str:
    """Show the figures of a rule."""
    return _rule_page(programme, rule, is_renewal=False)


@bp.post("/programmes/<programme>/draft/rules/<rule>")
@requires(Permission.PROGRAMME_CHANGE)
def set_rule(programme: str, rule: str) -> Any:
    """Set the figures of a rule in the draft."""
    return _set_rule(programme, rule, is_renewal=False)


@bp.get("/programmes/<programme>/draft/renewal/<rule>")
@requires(Permission.PROGRAMME_CHANGE)
def renewal_rule(programme: str, rule: str) -> str:
    """Show the figures of a rule of the renewal."""
    return _rule_page(programme, rule, is_renewal=True)


@bp.post("/programmes/<programme>/draft/renewal/<rule>")
@requires(Permission.PROGRAMME_CHANGE)
def set_renewal_rule(programme: str, rule: str) -> Any:
    """Set the figures of a rule of the renewal in the draft."""
    return _set_rule(programme, rule, is_renewal=True)


def _form_of(desk: Desk, found: Rule) -> tuple[Any, tuple[Figure, ...]]:
    figures = figures_of(found)
    node = found.node
    data = {"source": node.source, "checked_on": node.checked_on, "seen": desk.fingerprint}
    return _form_for(figures, {}, data), figures


def _rule_page(slug: str, rule_id: str, *, is_renewal: bool) -> str:
    desk = open_desk(current_session(), house(), slug)
    found = _rule_at(desk, rule_id, is_renewal=is_renewal)
    form, figures = _form_of(desk, found)
    return _figures_page(desk, found, form, figures)


def _figures_page(
    desk: Desk, found: Rule | None, form: Any, figures: tuple[Figure, ...], *, clash: bool = False
) -> str:
    titles = titles_here()
    shown = rule_words(tell(found.node), titles) if found else None
    problems = told(desk.slug, desk.programme, desk.checked.problems)
    here = rule_url(desk.slug, found) if found else url_for(".head_figures", programme=desk.slug)
    return str(
        render_template(
            "programmes/figures.html",
            desk=desk,
            slug=desk.slug,
            rule=found,
            shown=shown,
            form=form,
            fields=[form[NAME.format(n)] for n, one in enumerate(figures) if not _is_behind(one)],
            further=[form[NAME.format(n)] for n, one in enumerate(figures) if _is_behind(one)],
            lines=[field for field in form if field.name.startswith("line-")],
            now=[(figure_label(one), figure_words(one)) for one in figures] if clash else [],
            problems=[one for one in problems if one.url == here],
            needs_reason=any(_wants_a_reason(one) for one in figures),
        )
    )


BEHIND = {"severity", "hours", "of_hours", "to", "over", "also", "within", "waivable"}


def _is_behind(figure: Figure) -> bool:
    """Say whether a figure stands behind those that are looked for first; never one to be set."""
    return figure.key[0] in BEHIND and not figure.is_unset


def _set_rule(slug: str, rule_id: str, *, is_renewal: bool) -> Any:
    desk = open_desk(current_session(), house(), slug)
    found = _rule_at(desk, rule_id, is_renewal=is_renewal)
    form, figures = _form_of(desk, found)
    if not form.validate():
        return _figures_page(desk, found, form, figures), 422
    refused = _set(desk, form, figures, found)
    if refused:
        desk = open_desk(current_session(), house(), slug)
        again = find_rule(desk.programme, rule_id, is_renewal=is_renewal) or found
        return _again(desk, again, form, figures, refused)
    return _onwards(slug)


def _again(
    desk: Desk, found: Rule | None, form: Any, figures: tuple[Figure, ...], status: int
) -> Any:
    """Return the page with what was typed; after a clash with what stands there now."""
    is_clash = status == 409
    if is_clash:
        form.seen.data = desk.fingerprint
        now = figures_of(found) if found else figures_of_head(desk.programme)
        if len(now) == len(figures):
            figures = now
    return _figures_page(desk, found, form, figures, clash=is_clash), status


def _set(desk: Desk, form: Any, figures: tuple[Figure, ...], found: Rule | None) -> int:
    """Set what the form says; return 0, or the status of the page that says why not."""
    said = found.node if found else desk.programme
    source, read_on = given(form.source), form.checked_on.data
    order = Order(
        rule=found.id if found else "",
        where=found.path if found else (),
        settings=_settings(form, figures),
        reason=given(form.reason),
        source=None if (source, read_on) == (said.source, said.checked_on) else source,
        checked_on=read_on,
        seen=given(form.seen),
        words=_words(form, desk.programme) if found is None else (),
    )
    try:
        with acting() as session:
            by = the_actor().person_id
            set_figures(session, house(), desk.slug, order, by=by, now=utcnow())
    except FiguresError as refused:
        _refuse(form, figures, refused)
        return 422
    except RefusedError as refused:
        form.refuse(form.reason, sentence(refused.reason))
        return 409 if refused.reason is ChangeRefusal.CHANGED_MEANWHILE else 422
    return 0


def _onwards(slug: str) -> Any:
    """Lead to the next figures that are to be set, or back to the draft."""
    flash(_("Kept as a draft. It holds for nobody until it is published."), "good")
    if request.form.get("go") == "next":
        desk = open_desk(current_session(), house(), slug)
        waiting = still_to_set(slug, desk.programme)
        if waiting:
            return redirect(waiting[0].url)
    return redirect(url_for(".draft", programme=slug))


# The whole


@bp.get("/programmes/<programme>/draft/whole")
@requires(Permission.PROGRAMME_CHANGE)
def head_figures(programme: str) -> str:
    """Show the figures and words of the whole: term, renewal, gates, certificate."""
    desk = open_desk(current_session(), house(), programme)
    form, figures = _head_form(desk)
    return _figures_page(desk, None, form, figures)


@bp.post("/programmes/<programme>/draft/whole")
@requires(Permission.PROGRAMME_CHANGE)
def set_head_figures(programme: str) -> Any:
    """Set the figures and words of the whole in the draft."""
    desk = open_desk(current_session(), house(), programme)
    form, figures = _head_form(desk)
    if not form.validate():
        return _figures_page(desk, None, form, figures), 422
    refused = _set(desk, form, figures, None)
    if refused:
        return _again(
            open_desk(current_session(), house(), programme), None, form, figures, refused
        )
    return _onwards(programme)


def _head_form(desk: Desk) -> tuple[Any, tuple[Figure, ...]]:
    one = desk.programme
    figures = figures_of_head(one)
    lines = {_line_name(path): _line(label, length) for path, label, length in HEAD_LINES}
    data: dict[str, Any] = {
        _line_name(path): _line_value(one, path) for path, _label, _length in HEAD_LINES
    }
    data |= {"source": one.source, "checked_on": one.checked_on, "seen": desk.fingerprint}
    return _form_for(figures, lines, data), figures


def _line(label: Any, length: int) -> Any:
    if length > 300:
        return TextAreaField(label, filters=[tidy], validators=[at_most(length)])
    return StringField(label, filters=[tidy_line], validators=[at_most(length)])


def _line_name(path: tuple[str, ...]) -> str:
    return "line-" + "-".join(path)


def _line_value(programme: Programme, path: tuple[str, ...]) -> str:
    value: Any = programme
    for step in path:
        value = getattr(value, step)
    return "" if value == TO_BE_SET else str(value)


def _words(form: Any, programme: Programme) -> tuple[tuple[tuple[str | int, ...], str], ...]:
    """Return the lines that were typed anew; words still to be set stay so where left empty."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    for path, _label, _length in HEAD_LINES:
        typed = given(form[_line_name(path)])
        if typed != _line_value(programme, path):
            found.append((path, typed))
    return tuple(found)
