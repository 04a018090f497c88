"""One person's attendance: corrected, made up, its history; and all of it for who may read it."""

import json
from datetime import date
from enum import StrEnum
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Enrolment, Seat
from lms.rules.gatherings import (
    AWAY,
    HERE,
    AttendanceRefusal,
    GatheringState,
    MakeUpRefusal,
    MakeUpWay,
    Marks,
    control_name,
    sheet_from,
)
from lms.rules.policy import Permission
from lms.rules.visibility import RecordClass, may_read
from lms.services.errors import MissingError, RefusedError
from lms.services.gatherings import MakeUpForm as MadeUp
from lms.services.gatherings import (
    SeatRow,
    conditions_of,
    correct_attendance,
    get_seat,
    list_attendance,
    list_history,
    list_other_gatherings,
    record_make_up,
    seat_row,
    take_back_make_up,
)
from lms.services.people import today_in
from lms.services.practice import get_enrolment, name_of
from lms.services.visibility import relations_to
from lms.web.access import acting, requires, the_actor
from lms.web.filters import date_words, minutes_words
from lms.web.forms import Bare, choices_from, given
from lms.web.gatherings import bp
from lms.web.gatherings.forms import CorrectForm, MakeUpForm
from lms.web.gatherings.reading import missing_words
from lms.web.gatherings.words import (
    KINDS,
    MEDIA,
    STANDINGS,
    WAYS,
    gathering_span,
    marks_words,
    part_words,
)
from lms.web.state import current_session
from lms.web.words import sentence

FIELD_OF: dict[StrEnum, str] = {
    MakeUpRefusal.NO_PART: "parts",
    MakeUpRefusal.NOT_MISSING: "parts",
    MakeUpRefusal.NO_MINUTES: "duration",
    MakeUpRefusal.TOO_MANY_MINUTES: "duration",
    MakeUpRefusal.NO_MEDIUM: "medium",
    MakeUpRefusal.IN_THE_FUTURE: "happened_on",
    MakeUpRefusal.BEFORE_PLACE: "happened_on",
    MakeUpRefusal.NOT_ATTENDED: "other",
}


@bp.get("/gatherings/seats/<seat_id>")
@requires(Permission.ATTENDANCE_RECORD, seat=get_seat)
def seat(seat: Seat) -> Any:
    """Show what is on record of one person at one gathering, to correct or make up."""
    row = seat_row(current_session(), seat)
    if row.gathering.state != GatheringState.CLOSED:
        return redirect(url_for(".show", gathering_id=row.gathering.public_id))
    return _page(row, _correct_form(row))


def _correct_form(row: SeatRow) -> CorrectForm:
    return CorrectForm(
        formdata=None, data={"seen": row.attendance.public_id if row.attendance else ""}
    )


def _make_up_form(row: SeatRow, *, sent: bool = False) -> MakeUpForm:
    parts = conditions_of(row.gathering).parts
    today = today_in(row.gathering.cohort.zone, utcnow())
    start = {"happened_on": today, "parts": [str(n) for n in row.left]}
    form = MakeUpForm() if sent else MakeUpForm(formdata=None, data=start)
    form.parts.choices = choices_from(
        (str(n), f"{part_words(parts[n])} ({minutes_words(minutes)})")
        for n, minutes in row.left.items()
    )
    others = list_other_gatherings(current_session(), row)
    form.other.choices = choices_from(
        [
            ("", _("One that is not on record here")),
            *((one.seat.public_id, _other_words(one)) for one in others),
        ]
    )
    return form


def _other_words(row: SeatRow) -> str:
    return f"{row.gathering.title}, {date_words(row.gathering.happens_on)}"


def _marks_typed(row: SeatRow) -> dict[str, str]:
    """Return the marks of the form as they were sent, or as they are on record."""
    seat, found = row.seat.public_id, {}
    for number, _part in enumerate(conditions_of(row.gathering).parts):
        for what in ("at", "late"):
            name = control_name(what, seat, number)
            if request.method == "POST" and name in request.form:
                found[name] = request.form.get(name, "")[:20]
            elif request.method == "GET" or "reason" not in request.form:
                found[name] = _recorded(row.marks, number, what)
    return found


def _recorded(marks: Marks | None, number: int, what: str) -> str:
    if marks is None:
        return ""
    late = marks[number]
    if what == "at":
        return AWAY if late is None else HERE
    return str(late) if late else ""


def _page(
    row: SeatRow,
    correct: CorrectForm,
    *,
    problems: dict[str, str] | None = None,
) -> str:
    session, conditions = current_session(), conditions_of(row.gathering)
    return str(
        render_template(
            "gatherings/seat.html",
            row=row,
            span=gathering_span(row.gathering, row.gathering.cohort.zone),
            standing=STANDINGS[row.standing] if row.standing else None,
            missing=missing_words(row),
            parts=[(n, part_words(part), part) for n, part in enumerate(conditions.parts)],
            name=control_name,
            body=_marks_typed(row),
            problems=problems or {},
            correct=correct,
            make_ups=[(one, _made_up_words(row, one.made_up.parts)) for one in row.make_ups],
            history=[
                (one, marks_words(conditions, _marks_of(one.fact.marks)), _name(one.fact))
                for one in list_history(session, row.seat)
            ],
            ways=WAYS,
            media=MEDIA,
        )
    )


def _marks_of(text: str) -> Marks:
    return tuple(json.loads(text))


def _name(fact: Any) -> str:
    return name_of(current_session(), fact.recorded_by)


def _made_up_words(row: SeatRow, parts: frozenset[int]) -> str:
    every = conditions_of(row.gathering).parts
    return ", ".join(part_words(every[n]) for n in sorted(parts))


@bp.post("/gatherings/seats/<seat_id>")
@requires(Permission.ATTENDANCE_RECORD, seat=get_seat)
def correct(seat: Seat) -> Any:
    """Record a person's attendance anew."""
    public_id, form = seat.public_id, CorrectForm()
    row = seat_row(current_session(), seat)
    if row.gathering.state != GatheringState.CLOSED:
        return _too_early(row)
    if not form.validate_on_submit():
        return _page(row, form)
    parts = conditions_of(row.gathering).parts
    found = sheet_from(_marks_typed(row), [public_id], {public_id}, parts)
    if found.problems:
        problems = {name: sentence(gap) for name, gap in found.problems.items()}
        return _page(row, form, problems=problems)
    try:
        with acting() as session:
            correct_attendance(
                session,
                the_actor().person_id,
                seat,
                found.marks[public_id],
                seen=given(form.seen),
                reason=given(form.reason),
                now=utcnow(),
            )
    except RefusedError as refused:
        return _refused(public_id, form, refused)
    flash(_("On record. What was there before stays readable."), "good")
    return redirect(url_for(".seat", seat_id=public_id))


def _too_early(row: SeatRow) -> Reply:
    """Lead to the gathering: nothing is on record yet that could be corrected or made up."""
    flash(sentence(AttendanceRefusal.NOT_CLOSED), "error")
    return redirect(url_for(".show", gathering_id=row.gathering.public_id))


def _refused(public_id: str, form: CorrectForm, refused: RefusedError) -> Any:
    row = seat_row(current_session(), get_seat(current_session(), public_id))
    if refused.reason is AttendanceRefusal.CHANGED:
        form.seen.data = row.attendance.public_id if row.attendance else ""
    form.refuse(form.reason, sentence(refused.reason))
    return _page(row, form)


@bp.get("/gatherings/seats/<seat_id>/make-up")
@requires(Permission.ATTENDANCE_RECORD, seat=get_seat)
def make_up_form(seat: Seat) -> Any:
    """Show the form of a make-up; where nothing is missing, there is nothing to make up."""
    row = seat_row(current_session(), seat)
    if not row.left:
        return redirect(url_for(".seat", seat_id=seat.public_id))
    return _make_up_page(row, _make_up_form(row))


def _make_up_page(row: SeatRow, form: MakeUpForm) -> str:
    return str(
        render_template(
            "gatherings/make_up.html",
            row=row,
            form=form,
            span=gathering_span(row.gathering, row.gathering.cohort.zone),
        )
    )


@bp.post("/gatherings/seats/<seat_id>/make-up")
@requires(Permission.ATTENDANCE_RECORD, seat=get_seat)
def make_up(seat: Seat) -> Any:
    """Record how a missed part was made up."""
    public_id = seat.public_id
    row = seat_row(current_session(), seat)
    if row.gathering.state != GatheringState.CLOSED:
        return _too_early(row)
    form = _make_up_form(row, sent=True)
    if not form.validate_on_submit():
        return _make_up_page(row, form)
    claim = MadeUp(
        way=MakeUpWay(form.way.data),
        parts=frozenset(int(number) for number in form.parts.chosen),
        minutes=form.duration.data or 0,
        medium=given(form.medium),
        on=cast(date, form.happened_on.data),
        other=given(form.other),
    )
    try:
        with acting() as session:
            record_make_up(
                session, the_actor().person_id, seat, claim, op_id=form.once, now=utcnow()
            )
    except RefusedError as refused:
        row = seat_row(current_session(), get_seat(current_session(), public_id))
        form.refuse(form[FIELD_OF.get(refused.reason, "parts")], sentence(refused.reason))
        return _make_up_page(row, form)
    flash(_("The make-up is on record."), "good")
    return redirect(url_for(".seat", seat_id=public_id))


@bp.post("/gatherings/seats/<seat_id>/take-back")
@requires(Permission.ATTENDANCE_RECORD, seat=get_seat)
def take_back(seat: Seat) -> Reply:
    """Take a make-up back."""
    public_id = seat.public_id
    if Bare().validate_on_submit():
        try:
            with acting() as session:
                take_back_make_up(
                    session,
                    the_actor().person_id,
                    seat,
                    request.form.get("make_up", "")[:16],
                    now=utcnow(),
                )
            flash(_("Taken back."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
        except MissingError:
            flash(_("This make-up is not here any more."), "error")
    return redirect(url_for(".seat", seat_id=public_id))


@bp.get("/enrolments/<enrolment_id>/attendance")
@requires(Permission.ATTENDANCE_READ, enrolment=get_enrolment)
def attendance(enrolment: Enrolment) -> str:
    """Show what one person attended; what it was about only to those who may read the plan."""
    session, actor = current_session(), the_actor()
    relations = relations_to(session, actor, enrolment.person_id)
    return str(
        render_template(
            "gatherings/attendance.html",
            place=enrolment,
            own=enrolment.person_id == actor.person_id,
            rows=list_attendance(session, enrolment),
            sees_plan=may_read(RecordClass.GATHERING, relations),
            standings=STANDINGS,
            kinds=KINDS,
            missing=missing_words,
        )
    )
