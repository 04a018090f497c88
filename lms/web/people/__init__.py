"""People: the list, a person's page, their roles, and every way to invite."""

from lms.web.people import inviting, listing
from lms.web.people.blueprint import bp

__all__ = ["bp", "inviting", "listing"]
