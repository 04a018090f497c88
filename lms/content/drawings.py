"""What an SVG drawing may hold: shapes and words. Everything else is refused, known or not."""

import re
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from lms.content.errors import ProblemCode

DEPTH_LIMIT = 40

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = {
    *("svg", "g", "defs", "title", "desc", "symbol", "use", "marker", "pattern", "style"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
    *("linearGradient", "radialGradient", "stop", "clipPath", "mask"),
}
_LOOKS_OUT = re.compile(
    r"url\(\s*[\"']?(?!#)|@import|image-set\(|javascript:|data:|https?:|expression\(|\\",
    re.IGNORECASE,
)
_LINKS = ("href", "src")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong with a drawing."""

    code: ProblemCode
    message: str
    line: int


class _Refused(Exception):
    """What was found cannot be in a drawing."""

    def __init__(self, message: str, code: ProblemCode = ProblemCode.UNSAFE_PICTURE) -> None:
        super().__init__(message)
        self.message, self.code = message, code


def fault_of(data: bytes) -> Fault | None:
    """Return what is wrong with a drawing, or None where it may be shown."""
    reader = _Reader()
    try:
        data.decode("utf-8")
        reader.parser.Parse(data, True)
        reader.check_whole()
    except UnicodeDecodeError:
        message = "This drawing is not written in UTF-8. Save it as UTF-8."
        return Fault(ProblemCode.UNSAFE_PICTURE, message, 1)
    except expat.ExpatError as broken:
        message = f"This is no SVG that can be read: {expat.ErrorString(broken.code)}."
        return Fault(ProblemCode.UNSAFE_PICTURE, message, broken.lineno)
    except _Refused as refused:
        return Fault(refused.code, refused.message, reader.parser.CurrentLineNumber)
    return None


class _Reader:
    """Goes through a drawing once; nothing is built, so its depth and size cost nothing."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.buffer_text, self.parser.buffer_size = True, 1 << 16
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self._open: list[str] = []
        self._has_box = self._has_title = False

    def check_whole(self) -> None:
        """Refuse a drawing that cannot be scaled, or does not say what it shows."""
        if not self._has_box:
            message = "The drawing has no 'viewBox'. Add one, so that it fits a phone."
            raise _Refused(message, ProblemCode.NO_ALTERNATIVE)
        if not self._has_title:
            message = "The drawing has no <title>. Add one that says what it shows."
            raise _Refused(message, ProblemCode.NO_ALTERNATIVE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if space != _SVG and not (not space and tag == "svg"):
            raise _Refused(f"A drawing may hold shapes and words only. Take out '{tag}'.")
        if space != _SVG:
            raise _Refused(f'This is no SVG. Write <svg xmlns="{_SVG}">.')
        if tag not in _ELEMENTS or (tag == "svg") == bool(self._open):
            raise _Refused(f"A drawing may hold shapes and words only. Take out '<{tag}>'.")
        if len(self._open) >= DEPTH_LIMIT:
            raise _Refused(f"Shapes are more than {DEPTH_LIMIT} deep here. Make it flatter.")
        self._open.append(tag)
        self._has_box = self._has_box or bool(attributes.get("viewBox"))
        for key, value in attributes.items():
            _check_attribute(key.rpartition(" ")[2], value)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _words(self, words: str) -> None:
        if self._open[-1:] == ["title"] and words.strip():
            self._has_title = True
        elif self._open[-1:] == ["style"] and ("@" in words or _LOOKS_OUT.search(words)):
            raise _Refused("A style in a drawing holds colours and lines only. Take the rest out.")

    def _doctype(self, *_rest: Any) -> None:
        raise _Refused("A drawing needs no <!DOCTYPE>. Take it out.")

    def _instruction(self, *_rest: Any) -> None:
        raise _Refused("A drawing holds no processing instructions. Take out '<?'.")


def _check_attribute(name: str, value: str) -> None:
    if name.lower().startswith("on"):
        raise _Refused(f"A drawing runs nothing. Take out '{name}'.")
    if name.lower() in _LINKS and not value.strip().startswith("#"):
        raise _Refused(f"A drawing links only to its own parts. Take out '{name}'.")
    if name.lower() == "base" or _LOOKS_OUT.search(value):
        raise _Refused(f"A drawing uses nothing from elsewhere. Mend '{name}'.")
