"""A mark that lets a union of definitions be told apart by one key, without knowing who reads it.

The reader of definitions (see `lms.content`) asks an annotation for its schema by a method name;
answering it here with a plain mapping keeps this package on the standard library, and gives an
author one problem at the right place instead of one for each kind there is.
"""

from typing import Any, Protocol, get_args


class SchemaHandler(Protocol):
    """What the reader hands over: it makes the schema of one type."""

    def generate_schema(self, source: Any, /) -> Any: ...


class TaggedBy:
    """Use as `Annotated[A | B, TaggedBy("kind")]`; each arm has the key as a one-word Literal."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_core_schema__(self, source: Any, handler: SchemaHandler) -> dict[str, Any]:
        choices = {}
        for arm in get_args(source):
            (tag,) = get_args(arm.__annotations__[self.key])
            choices[tag] = handler.generate_schema(arm)
        return {"type": "tagged-union", "discriminator": self.key, "choices": choices}
