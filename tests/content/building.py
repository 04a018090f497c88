"""Small folders of content for the tests, written to disk as an author would."""

from pathlib import Path
from textwrap import dedent

PRINCIPLES = """\
principles:
  safety: Notes come first.
  trust: Sources are named.
  peer_support: Peers answer.
  collaboration: Things are tried together.
  choice: Nothing must be told.
  culture: Names of many places.
"""

MODULE_HEAD = f"""\
---
title: Boundaries
summary: What the role is.
objectives: [Say what your role is.]
domain: boundaries
authors: [Alongside curriculum group]
{PRINCIPLES}---
An introduction.
"""

CARD = "---\ntitle: On one card\n---\n## Remember\n\n- Ask first.\n"

LESSON_HEAD = """\
---
title: First contact
minutes: 20
objective: Say it.
competencies: [C1]
---
"""

CHECK = """\
```check
id: who
question: Who may read it?
options:
  - {id: a, text: She., feedback: Perhaps.}
  - {id: b, text: Anybody., feedback: Yes., right: true}
```
"""

REFERENCES = """\
references:
  - {id: gilbert-2025, cite: "Gilbert (2025). Words.", year: 2025, strength: own-data}
"""


def write(path: Path, text: str) -> Path:
    """Write a file and the folders around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def make_module(root: Path, body: str = "Some words.", *, slug: str = "boundaries") -> Path:
    """Write a module of one lesson whose body starts on line 7, and return its folder."""
    folder = root / slug
    write(folder / "module.md", MODULE_HEAD)
    write(folder / "card.md", CARD)
    write(folder / "01-first-contact.md", LESSON_HEAD + body)
    return folder
