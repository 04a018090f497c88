"""The public check of a certificate: by code, by address or by file, signed in or not."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Reply
from wtforms import DateField as DayField
from wtforms import FileField, StringField

from lms.db import transaction, utcnow
from lms.rules.certificates import (
    CodeFault,
    DayFault,
    day_asked,
    format_code,
    host_in,
    parse_code,
)
from lms.rules.programmes import DocumentKind
from lms.services.certificates import UNKNOWN, Checked, check_code, check_file, instant_words
from lms.services.signin import WINDOW_SECONDS, seconds_left, seconds_to_wait
from lms.web.access import public
from lms.web.certificates.words import PUBLIC_STANDINGS, claim_rows, words_since
from lms.web.forms import Form, tidy_line
from lms.web.frame import csrf
from lms.web.state import MEGABYTE, current_session
from lms.web.state import state as running
from lms.web.words import sentence

bp = Blueprint("check", __name__)
BUCKET = "check"
FREE_MISSES = 30
FILE_LIMIT = 10 * MEGABYTE
AROUND_A_FILE = 64 * 1024
CHUNK = 64 * 1024
NOT_YET = "not-yet"
Look = Callable[[date | None], Checked | None]

NAMED = {
    DocumentKind.CREDENTIAL: _l("This is a certificate."),
    DocumentKind.TRAINING: _l("This is a training certificate: it says that training was done."),
    DocumentKind.LETTER: _l(
        "This is a letter of participation: it says that somebody took part. It is not a "
        "certificate."
    ),
}
MEANINGS = {
    "valid": _l("The organisation gave it, and it holds today."),
    "suspended": _l("It does not hold at present. It may hold again later."),
    "revoked": _l("It no longer holds."),
    "expired": _l("Its last day is over. It held until then."),
    "superseded": _l("It was replaced by a newer one. Ask the person for the newer code."),
    "withdrawn": _l("The person gave it back of their own wish. It held until then."),
    NOT_YET: _l("It had not been issued yet on that day."),
}


class Question(Form):
    """A form that changes nothing: it needs no token and so sets no cookie."""

    class Meta:
        csrf = False

    def __init__(self) -> None:
        super().__init__(formdata=None)
        del self.op_id


class CodeForm(Question):
    """One code."""

    code = StringField(
        _l("Code"),
        description=_l("27 characters, in groups of three. Spaces and dashes do not matter."),
    )


class FileForm(Question):
    """One file, compared byte by byte and not kept."""

    file = FileField(
        _l("Or the file itself"),
        description=_l("We compare it with what we issued. We do not open it and do not keep it."),
    )


def _page(
    code: str = "", *, wait: int = 0, code_words: str = "", file_words: str = "", status: int = 200
) -> Any:
    form, file_form = CodeForm(), FileForm()
    form.code.data = tidy_line(code)
    if code_words:
        form.refuse(form.code, code_words)
    if file_words:
        file_form.refuse(file_form.file, file_words)
    page = render_template("check/show.html", form=form, file_form=file_form, wait=wait)
    return page, status, {"Retry-After": str(wait)} if wait else {}


@bp.get("/check")
@public
def show() -> Any:
    """Show the one field; a code in the address's query is taken as typed."""
    if "code" in request.args:
        return _find(request.args["code"])
    return _page()


@bp.post("/check")
@csrf.exempt
@public
def find() -> Any:
    """Lead to the page of the code that was typed."""
    return _find(request.form.get("code", ""))


def _find(typed: str) -> Any:
    code = parse_code(typed)
    if isinstance(code, CodeFault):
        return _page(typed, code_words=sentence(code))
    return redirect(url_for(".code", code=code, elsewhere=1 if _is_elsewhere(typed) else None))


def _is_elsewhere(typed: str) -> bool:
    """Say whether somebody scanned or pasted an address that is not one of ours."""
    ours = {urlsplit(running().settings.base_url).hostname, request.host.partition(":")[0]}
    return host_in(typed) not in ours | {None}


def _waiting() -> int:
    return seconds_left(current_session(), BUCKET, str(request.remote_addr))


def _look_up(look: Callable[[], Checked | None]) -> Checked | None:
    """Look something up, and count it where nothing is found: only guessing is slowed."""
    found = look()
    if found is None:
        place = str(request.remote_addr)
        with transaction(current_session()) as db:
            seconds_to_wait(db, BUCKET, place, free=FREE_MISSES, window=WINDOW_SECONDS)
    return found


class DayForm(Question):
    """Another day to be asked for."""

    on = DayField(_l("The day"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found, on the day that was asked for; `fault` says why it is of today instead."""

    found: Checked
    fault: DayFault | None


def _ask(look: Look) -> Asked | None:
    """Look something up for the day in the address, or for today where that is no such day.

    Edge: whether the day is one is looked at last: what is not ours has one answer only.
    """
    typed = request.args.get("on", "")
    day = day_asked(typed)
    on = None if isinstance(day, DayFault) else day
    found = _look_up(lambda: look(on))
    if found is None:
        return None
    fault = day if isinstance(day, DayFault) else None
    if on is not None and on > found.today:
        fault, found = DayFault.STILL_TO_COME, look(None) or found
    return Asked(found, fault)


def _ask_code(code: str) -> Asked | None:
    return _ask(lambda on: check_code(current_session(), code, now=utcnow(), on=on))


def _result(asked: Asked, *, is_file: bool) -> str:
    found, form = asked.found, DayForm()
    form.on.data = found.on
    if asked.fault:
        form.refuse(form.on, sentence(asked.fault))
    state = found.state.value if found.state else NOT_YET
    return str(
        render_template(
            "check/code.html",
            found=found,
            form=form,
            state=state,
            words=words_since(found.state, found.since) if found.state and found.since else "",
            rows=claim_rows({claim.value: value for claim, value in found.claims.items()}),
            named=NAMED[found.kind],
            meaning=MEANINGS[state],
            standing=PUBLIC_STANDINGS[found.standing] if found.standing else "",
            elsewhere="elsewhere" in request.args,
            is_file=is_file,
            as_of=utcnow(),
        )
    )


@bp.get("/check/<code>")
@public
def code(code: str) -> Any:
    """Show the state of a certificate and the claims its holder shows."""
    plain = parse_code(code)
    if isinstance(plain, CodeFault):
        return _page(code, code_words=sentence(plain), status=400)
    if plain != code:
        return redirect(url_for(".code", code=plain, on=request.args.get("on")))
    wait = _waiting()
    if wait:
        return _page(format_code(plain), wait=wait, status=429)
    asked = _ask_code(plain)
    if asked is None:
        return render_template("check/unknown.html", code=plain), 404
    return _result(asked, is_file=False)


@bp.get("/check/<code>.json")
@public
def code_as_json(code: str) -> Any:
    """Give the same as JSON."""
    plain = parse_code(code)
    if isinstance(plain, CodeFault):
        return _faulty(plain), 400
    wait = _waiting()
    if wait:
        errors = [{"code": "slowed", "message": _("There were many tries. Please wait.")}]
        return jsonify(errors=errors), 429, {"Retry-After": str(wait)}
    asked = _ask_code(plain)
    if asked is not None and asked.fault:
        return _faulty(asked.fault), 400
    return jsonify(_as_json(asked.found if asked else None)), 200 if asked else 404


def _faulty(fault: CodeFault | DayFault) -> Reply:
    return jsonify(errors=[{"code": fault.value, "message": sentence(fault)}])


def _as_json(found: Checked | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "state": UNKNOWN,
        "since": None,
        "as_of": instant_words(utcnow()),
        "claims": {},
    }
    if found is None:
        return told
    told["state"] = found.state.value if found.state else UNKNOWN
    told["since"] = found.since.isoformat() if found.since else None
    told["claims"] = {claim.value: value for claim, value in found.claims.items()}
    more = {
        "on": found.on.isoformat(),
        "standing": found.standing.value if found.standing else None,
        "followed": found.is_followed,
        "erased": found.is_erased,
    }
    return told | more


@bp.get("/check/file")
@public
def file_form() -> Any:
    """Lead to the form: a file is sent, not asked for."""
    return redirect(url_for(".show"))


@bp.post("/check/file")
@csrf.exempt
@public
def file() -> Any:
    """Say whether a file is, byte for byte, one that was issued here, and what holds now."""
    request.max_content_length = FILE_LIMIT + AROUND_A_FILE
    wait = _waiting()
    if wait:
        return _page(wait=wait, status=429)
    try:
        digest = _digest_of_sent()
    except RequestEntityTooLarge:
        words = _("This file is larger than 10 MB. What we issue is much smaller.")
        return _page(file_words=words, status=413)
    if digest is None:
        return _page(file_words=_("Choose a file first."))
    asked = _ask(lambda on: check_file(current_session(), digest, now=utcnow(), on=on))
    if asked is None:
        return render_template("check/file.html")
    return _result(asked, is_file=True)


def _digest_of_sent() -> str | None:
    """Return the SHA-256 of the file that was sent, read piece by piece; None where none was."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    digest = hashlib.sha256()
    try:
        for chunk in iter(lambda: sent.stream.read(CHUNK), b""):
            digest.update(chunk)
    finally:
        request.close()
    return digest.hexdigest()
