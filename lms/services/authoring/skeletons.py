"""The first words of a new file: every key that it needs, and where the author's own words go."""

import json

_MODULE = """\
---
title: {title}
summary: One or two sentences for the list of modules.
objectives:
  - What somebody can do after this module.
domain: boundaries
authors: [Your group]
core: false
reviews: []
principles:
  safety: What the learner will see done for safety.
  trust: What the learner will see done for trust.
  peer_support: What the learner will see peers do for each other.
  collaboration: What the learner will see done together.
  choice: What the learner will see left to the person.
  culture: What the learner will see done with respect for where people come from.
---
Say here, in a few sentences, what this module is about.
"""
_LESSON = """\
---
title: {title}
minutes: 15
objective: What this lesson lets somebody do.
competencies: [C1]
sources: []
---
Write the lesson here.
"""
_EQUAL = """\
---
title: {title}
minutes: 15
---
Write here another way to the same objective, without the hard material.
"""
_CARD = """\
---
title: {title}
---
## To remember

- One thing a line.
"""


TRANSLATOR = "Who translates this"
EXAMPLES = (
    f"translator: {TRANSLATOR}",
    "One or two sentences for the list of modules.",
    "What somebody can do after this module.",
    "[Your group]",
    "What the learner will see done for safety.",
    "What the learner will see done for trust.",
    "What the learner will see peers do for each other.",
    "What the learner will see done together.",
    "What the learner will see left to the person.",
    "What the learner will see done with respect for where people come from.",
    "Say here, in a few sentences, what this module is about.",
    "What this lesson lets somebody do.",
    "Write the lesson here.",
    "Write here another way to the same objective, without the hard material.",
    "- One thing a line.",
)
"""Where the author's own words go; a line that still ends so is not written yet."""


def unwritten_lines(text: str) -> tuple[int, ...]:
    """Return the numbers of the lines, from 1, that still say what a new file says."""
    lines = enumerate(text.splitlines(), start=1)
    return tuple(number for number, line in lines if line.rstrip().endswith(EXAMPLES))


def module_text(title: str) -> str:
    """Return the first text of a module's own file."""
    return _MODULE.format(title=_quoted(title))


def lesson_text(title: str) -> str:
    """Return the first text of a lesson."""
    return _LESSON.format(title=_quoted(title))


def equal_text(title: str) -> str:
    """Return the first text of an equal route."""
    return _EQUAL.format(title=_quoted(title))


def card_text(title: str) -> str:
    """Return the first text of a card."""
    return _CARD.format(title=_quoted(title))


def _quoted(title: str) -> str:
    return json.dumps(title, ensure_ascii=False)
