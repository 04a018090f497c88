"""What can be wrong with a file of content, said so that its author can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class ProblemCode(StrEnum):
    """The kind of a problem, for machines; the message beside it is for people."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    BROKEN_YAML = "broken-yaml"
    BROKEN_JSON = "broken-json"
    NOT_ALLOWED = "not-allowed"
    DUPLICATE_KEY = "duplicate-key"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_TYPE = "wrong-type"
    NOT_A_CHOICE = "not-a-choice"
    OUT_OF_RANGE = "out-of-range"
    EMPTY = "empty"
    BAD_ID = "bad-id"
    DUPLICATE_ID = "duplicate-id"
    BROKEN_HEAD = "broken-head"
    BROKEN_BLOCK = "broken-block"
    UNKNOWN_BLOCK = "unknown-block"
    UNKNOWN_FILE = "unknown-file"
    MISSING_FILE = "missing-file"
    RIGHT_ANSWER = "right-answer"
    CREDIT = "credit"
    NEXT_STEP = "next-step"
    UNKNOWN_REFERENCE = "unknown-reference"
    UNKNOWN_DOMAIN = "unknown-domain"
    UNKNOWN_COMPETENCY = "unknown-competency"
    UNKNOWN_HARM_ITEM = "unknown-harm-item"
    UNKNOWN_LEVEL = "unknown-level"
    UNKNOWN_RUBRIC = "unknown-rubric"
    UNKNOWN_MODULE = "unknown-module"
    UNKNOWN_NAME = "unknown-name"
    UNKNOWN_WORD = "unknown-word"
    UNKNOWN_PHASE = "unknown-phase"
    UNKNOWN_SUBJECT = "unknown-subject"
    UNKNOWN_LESSON = "unknown-lesson"
    EQUAL_ROUTE = "equal-route"
    CONTENT_NOTE = "content-note"
    CARD = "card"
    TRANSLATION = "translation"
    OUTDATED = "outdated"
    PRINCIPLES = "principles"
    LOCAL_LAW = "local-law"
    NOT_CITED = "not-cited"
    PACK = "pack"
    FIGURE = "figure"
    NO_SOURCE = "no-source"
    DEAD_LINK = "dead-link"
    LINK_NOT_ALLOWED = "link-not-allowed"
    MISSING_PICTURE = "missing-picture"
    UNSAFE_PICTURE = "unsafe-picture"
    NO_ALTERNATIVE = "no-alternative-text"
    RAW_HTML = "raw-html"
    HEADING = "heading"
    CALLOUT = "callout"


TO_ADD = "Mend the id, or have it added by those who look after the files."
"""What to do about an id that a list of all modules does not hold."""


@dataclass(frozen=True, slots=True, order=True)
class ContentProblem:
    """One thing to mend. `line` counts from 1; `path` reads like `items[2].options[0].credit`."""

    file: str
    line: int
    path: str
    code: ProblemCode
    message: str

    def as_json(self) -> dict[str, str | int]:
        """Return the problem as one member of the `errors` list."""
        return {
            "file": self.file,
            "line": self.line,
            "path": self.path,
            "code": self.code.value,
            "message": self.message,
        }

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ContentError(Exception):
    """Content that cannot be used yet, with every problem there is; nothing of it is published."""

    def __init__(self, problems: Iterable[ContentProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def as_json(self) -> dict[str, list[dict[str, str | int]]]:
        """Return `{"errors": [{"file", "line", "path", "code", "message"}]}`."""
        return {"errors": [problem.as_json() for problem in self.problems]}


@dataclass(slots=True)
class Problems:
    """Collects what is wrong while files are read, so that one run names everything."""

    file: str = ""
    found: list[ContentProblem] = field(default_factory=list)
    warnings: list[ContentProblem] = field(default_factory=list)

    def on(self, file: str) -> "Problems":
        """Return a collector for another file that adds to the same lists."""
        return Problems(file, self.found, self.warnings)

    def add(self, code: ProblemCode, message: str, *, line: int = 1, path: str = "") -> None:
        """Note one problem of the present file."""
        self.found.append(ContentProblem(self.file, line, path, code, message))

    def warn(self, code: ProblemCode, message: str, *, line: int = 1, path: str = "") -> None:
        """Note something to look at, which keeps nothing from being published."""
        self.warnings.append(ContentProblem(self.file, line, path, code, message))

    def settle(self) -> None:
        """Raise one `ContentError` with everything found, if anything was."""
        if self.found:
            raise ContentError(self.found)
