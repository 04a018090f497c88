"""Attendance on a phone: kept as it comes, looked over once, then put on record."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.db import utcnow
from lms.models import Gathering
from lms.rules.gatherings import (
    HERE,
    AttendanceRefusal,
    Conditions,
    GatheringState,
    Marks,
    control_name,
    minutes_there,
    sheet_from,
)
from lms.rules.policy import Permission
from lms.services.errors import ClashError, RefusedError
from lms.services.gatherings import (
    SeatRow,
    Taken,
    close_attendance,
    conditions_of,
    get_gathering,
    open_sheet,
    save_sheet,
    sheet_key,
)
from lms.web.access import acting, requires, the_actor
from lms.web.gatherings import bp
from lms.web.gatherings.forms import SheetForm
from lms.web.gatherings.words import gathering_span, marks_words, part_words
from lms.web.state import current_session
from lms.web.words import sentence

MOST_TYPED = 20


@bp.get("/gatherings/<gathering_id>/attendance")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def sheet(gathering: Gathering) -> Any:
    """Show the sheet as far as it is filled in."""
    if gathering.state != GatheringState.PLANNED:
        return _closed(gathering)
    taken = open_sheet(current_session(), the_actor().person_id, gathering)
    return _page(SheetForm(), gathering, taken)


@bp.post("/gatherings/<gathering_id>/attendance")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def keep(gathering: Gathering) -> Any:
    """Keep what is filled in; nothing is put on record from here."""
    form, public_id, actor_id = SheetForm(), gathering.public_id, the_actor().person_id
    if not form.validate_on_submit():
        return redirect(url_for(".sheet", gathering_id=public_id))
    body = _typed(gathering)
    try:
        with acting() as session:
            save_sheet(
                session, actor_id, gathering, body, base_version=form.base_version, now=utcnow()
            )
    except ClashError as clash:
        return _clash(form, public_id, body, clash), 409
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        return redirect(url_for(".show", gathering_id=public_id))
    if request.form.get("do") == "review":
        return redirect(url_for(".review", gathering_id=public_id))
    flash(_("Saved. You can go on whenever you like."), "good")
    return redirect(url_for(".sheet", gathering_id=public_id))


def _typed(gathering: Gathering) -> dict[str, str]:
    """Return the sheet as autosave keeps it; "everybody was here" fills what was left open."""
    taken = open_sheet(current_session(), the_actor().person_id, gathering)
    everybody = request.form.get("do") == "all"
    body: dict[str, str] = {}
    for row in taken.rows:
        for number, _part in enumerate(conditions_of(gathering).parts):
            for what in ("at", "late"):
                name = control_name(what, row.seat.public_id, number)
                body[name] = request.form.get(name, "")[:MOST_TYPED]
            name = control_name("at", row.seat.public_id, number)
            if everybody and row.seat.expected and not body[name]:
                body[name] = HERE
    return {name: text for name, text in body.items() if text}


def _page(form: SheetForm, gathering: Gathering, taken: Taken, **more: Any) -> str:
    form.draft_version.data = str(taken.version)
    conditions = conditions_of(gathering)
    return str(
        render_template(
            "gatherings/sheet.html",
            form=form,
            gathering=gathering,
            span=gathering_span(gathering, gathering.cohort.zone),
            expected=[row for row in taken.rows if row.seat.expected],
            others=[row for row in taken.rows if not row.seat.expected],
            own=taken.own,
            parts=[(n, part_words(part), part) for n, part in enumerate(conditions.parts)],
            body=taken.body,
            name=control_name,
            key=sheet_key(gathering),
            version=taken.version,
            **{"differences": []} | more,
        )
    )


def _clash(form: SheetForm, public_id: str, body: dict[str, str], clash: ClashError) -> str:
    session, actor_id = current_session(), the_actor().person_id
    gathering = get_gathering(session, public_id)
    taken = open_sheet(session, actor_id, gathering, body)
    return _page(form, gathering, taken, differences=_apart(gathering, taken, clash.theirs))


def _apart(
    gathering: Gathering, taken: Taken, theirs: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return whom two pages have marked apart: who, here, and there."""
    here, there = (_spoken(gathering, taken.rows, body) for body in (taken.body, theirs))
    names = [row.name for row in taken.rows]
    return [one for one in zip(names, here, there, strict=True) if one[1] != one[2]]


def _spoken(gathering: Gathering, rows: tuple[SeatRow, ...], body: Mapping[str, str]) -> list[str]:
    conditions = conditions_of(gathering)
    seats = [row.seat.public_id for row in rows]
    found = sheet_from(body, seats, (), conditions.parts)
    return [_marks(conditions, found.marks.get(seat)) for seat in seats]


def _marks(conditions: Conditions, marks: Marks | None) -> str:
    if marks is None:
        return str(_("nothing yet"))
    return "\n".join(f"{part}: {words}" for part, words in marks_words(conditions, marks))


def _closed(gathering: Gathering) -> Any:
    """Show what is on record beside what the asker had begun, where the two differ."""
    session, actor_id = current_session(), the_actor().person_id
    taken = open_sheet(session, actor_id, gathering)
    conditions = conditions_of(gathering)
    mine = _spoken(gathering, taken.rows, taken.body)
    record = [_marks(conditions, row.marks) for row in taken.rows]
    apart = [
        (row, mine[n], record[n])
        for n, row in enumerate(taken.rows)
        if taken.version and mine[n] != record[n]
    ]
    if not apart or gathering.state != GatheringState.CLOSED:
        return redirect(url_for(".show", gathering_id=gathering.public_id))
    return render_template("gatherings/apart.html", gathering=gathering, apart=apart)


@bp.get("/gatherings/<gathering_id>/attendance/review")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def review(gathering: Gathering) -> Any:
    """Show everything on one screen; from here it is put on record."""
    if gathering.state != GatheringState.PLANNED:
        return _closed(gathering)
    taken = open_sheet(current_session(), the_actor().person_id, gathering)
    conditions, form = conditions_of(gathering), SheetForm()
    form.draft_version.data = str(taken.version)
    return str(
        render_template(
            "gatherings/review.html",
            form=form,
            gathering=gathering,
            span=gathering_span(gathering, gathering.cohort.zone),
            rows=[_reviewed(conditions, taken, row) for row in taken.rows],
            own=taken.own,
            problems=_problems(taken),
            is_ahead=utcnow() < gathering.ends_at,
        )
    )


def _reviewed(conditions: Conditions, taken: Taken, row: SeatRow) -> dict[str, Any]:
    seat = row.seat.public_id
    marks = taken.sheet.marks.get(seat)
    return {
        "name": row.name,
        "seat": seat,
        "is_untouched": seat in taken.sheet.untouched,
        "marks": marks_words(conditions, marks) if marks else [],
        "minutes": minutes_there(conditions, marks) if marks else 0,
    }


def _problems(taken: Taken) -> list[tuple[str, str, str]]:
    """Return what is to be mended: the control, whose it is, and why."""
    names = {row.seat.public_id: row.name for row in taken.rows}
    return [
        (control, names[control.split("-")[1]], sentence(gap))
        for control, gap in taken.sheet.problems.items()
    ]


@bp.post("/gatherings/<gathering_id>/attendance/review")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def close(gathering: Gathering) -> Any:
    """Put attendance on record, once."""
    form, public_id = SheetForm(), gathering.public_id
    if not form.validate_on_submit():
        return redirect(url_for(".review", gathering_id=public_id))
    try:
        with acting() as session:
            many = close_attendance(
                session,
                the_actor().person_id,
                gathering,
                version=form.base_version,
                now=utcnow(),
            )
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        if refused.reason is AttendanceRefusal.CLOSED:
            return redirect(url_for(".sheet", gathering_id=public_id))
        return redirect(url_for(".review", gathering_id=public_id))
    words = ngettext("On record for %(num)s person.", "On record for %(num)s people.", many)
    flash(words, "good")
    return redirect(url_for(".show", gathering_id=public_id))
