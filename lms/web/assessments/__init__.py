"""Pages of assessments: what is offered, answering, and what came of it."""

from lms.web.assessments import answering, reading, starting
from lms.web.assessments.blueprint import bp

__all__ = ["answering", "bp", "reading", "starting"]
