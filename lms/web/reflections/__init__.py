"""Pages of what a person writes for themselves, shares with somebody, and of what is shared."""

from lms.web.reflections import keeping, shared, sharing
from lms.web.reflections.blueprint import bp

__all__ = ["bp", "keeping", "shared", "sharing"]
