"""How a use case says no: refused, missing, or changed meanwhile."""

from enum import StrEnum


class RefusedError(Exception):
    """An expected no. `reason` is a StrEnum member that the page turns into a sentence."""

    def __init__(self, reason: StrEnum) -> None:
        super().__init__(str(reason))
        self.reason = reason


class MissingError(Exception):
    """What was asked for is not there, or the asker may not know that it is."""


class LeftOutError(MissingError):
    """A lesson that the asker's programme leaves out: the reason may be shown, the lesson not."""

    def __init__(self, title: str, reason: str) -> None:
        super().__init__("left out")
        self.title = title
        self.reason = reason


class ClashError(Exception):
    """Somebody else changed this meanwhile; both texts are kept.

    Shape: `theirs` and `yours` map field names to text; `version` is the one now current.
    """

    def __init__(self, theirs: dict[str, str], yours: dict[str, str], version: int) -> None:
        super().__init__("changed meanwhile")
        self.theirs = theirs
        self.yours = yours
        self.version = version
