"""Logging supervision, confirming it, returning it with a note."""

from lms.web.hours import confirming, keeping, reading
from lms.web.hours.blueprint import bp
from lms.web.hours.forms import KINDS, MEDIA

__all__ = ["KINDS", "MEDIA", "bp", "confirming", "keeping", "reading"]
