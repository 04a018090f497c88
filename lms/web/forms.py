"""The typed base of every form: CSRF, plain messages, shape checks and nothing else."""

import secrets
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask import Request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

MAX_NAME = 300
MAX_TEXT = 10_000


OVERRIDES = "\u202d\u202e"  # they turn around whatever stands after them on a page


def tidy(text: str | None) -> str:
    """Return a line as it is kept: NFC, no control characters, no blanks around.

    Edge: a text of which nothing would be seen is empty.
    """
    plain = unicodedata.normalize("NFC", text or "")
    kept = "".join(c for c in plain if _is_kept(c)).strip()
    return kept if any(unicodedata.category(c)[0] not in "CZ" for c in kept) else ""


def _is_kept(c: str) -> bool:
    return c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in OVERRIDES)


def tidy_line(text: str | None) -> str:
    """Return a single line as it is kept: tidy, every run of blanks one space."""
    return " ".join(tidy(text).split())


class Typed(ImmutableMultiDict[str, Any]):
    """What an address or a form carries, without NUL: PostgreSQL takes no text that holds one."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(mapping)
        for name, values in list(self.lists()):
            if any("\0" in value for value in values if isinstance(value, str)):
                plain = [v.replace("\0", "") if isinstance(v, str) else v for v in values]
                dict.__setitem__(self, name, plain)


class Asked(Request):
    """A request as every view of ours finds it."""

    parameter_storage_class = Typed


class Form(FlaskForm):
    """A form of ours. `op_id` makes its act once, however often it is sent."""

    op_id = HiddenField(default=lambda: secrets.token_urlsafe(18))

    def refuse(self, field: Field, words: str) -> None:
        """Add a sentence to a field after the service refused."""
        field.errors = [*field.errors, words]

    @property
    def once(self) -> str:
        """Return the id that makes this act once, shortened to what is stored."""
        return str(self.op_id.data or secrets.token_urlsafe(18))[:40]


class Bare(Form):
    """A button alone: it carries CSRF and the act's id."""


def needed(words: Any = None) -> DataRequired:
    """Return the validator of a field that may not stay empty."""
    return DataRequired(words or _l("Write something here, please."))


def at_most(length: int) -> Length:
    """Return the validator of a field's length, in characters."""
    return Length(max=length, message=_l("Use at most %(max)d characters."))


def line(label: Any, *, required: bool = True, length: int = MAX_NAME, **more: Any) -> StringField:
    """Return a one-line text field, tidied."""
    validators = [at_most(length), *([needed()] if required else [])]
    return StringField(label, filters=[tidy_line], validators=validators, **more)


def prose(label: Any, *, required: bool = False, length: int = MAX_TEXT, **more: Any) -> Any:
    """Return a text area, tidied; line breaks stay."""
    validators = [at_most(length), *([needed()] if required else [])]
    return TextAreaField(label, filters=[tidy], validators=validators, **more)


def whole_number(low: int, high: int) -> Any:
    """Return a validator for a whole number between two bounds, both allowed."""

    def check(form: FlaskForm, field: Field) -> None:
        if field.data is not None and not low <= field.data <= high:
            raise ValidationError(
                _l("Use a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
            )

    return check


def choices_of(kind: type[StrEnum], words: dict[Any, Any]) -> list[SelectChoice]:
    """Return the choices of a field from an enumeration and its words."""
    return [SelectChoice(member.value, words[member]) for member in kind]


def choices_from(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return the choices of a field from pairs of value and words."""
    return [SelectChoice(value, words) for value, words in pairs]


def given(field: Field) -> str:
    """Return what a text field holds, the empty text where it holds nothing."""
    return str(field.data or "")
