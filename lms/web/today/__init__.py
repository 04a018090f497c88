"""Today: the one next thing, what waits for me, what waits for others, so far."""

from lms.web.today import showing
from lms.web.today.blueprint import bp
from lms.web.today.lines import changed_lines, changed_words

__all__ = ["bp", "changed_lines", "changed_words", "showing"]
