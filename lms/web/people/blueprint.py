"""The blueprint of people, and the page of a list that is asked for."""

from flask import Blueprint, request

bp = Blueprint("people", __name__)


def page_number() -> int:
    """Return the page of a list that the address asks for, the first where it says nothing."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
