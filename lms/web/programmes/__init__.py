"""Programmes in the browser: read aloud, set figures, publish, withdraw, move people."""

from flask import Blueprint

bp: Blueprint = Blueprint("programmes", __name__)

# the views attach themselves to the blueprint above
from lms.web.programmes import desk, figures, listing, moving, sending, texts  # noqa: E402, F401

__all__ = ["bp"]
