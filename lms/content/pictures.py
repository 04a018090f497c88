"""Pictures of modules: that they are there, not too heavy, and hold nothing that could run."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from lms.content.drawings import fault_of
from lms.content.errors import ProblemCode, Problems
from lms.content.files import is_kebab

FOLDER = "img"
LIMIT_BYTES = 150_000
DRAWING_LIMIT_BYTES = 20_000

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
_OPENING = re.compile(rb"<svg\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_INK = b"<style>svg{color:#1f2421}@media (prefers-color-scheme:dark){svg{color:#eee9df}}</style>"
"""What `currentColor` is: a picture is a document of its own, and has no colour from the page."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is served. `stamp` is the SHA-256 of its bytes."""

    name: str
    media_type: str
    data: bytes

    @property
    def stamp(self) -> str:
        """Return what tells these bytes from all others."""
        return hashlib.sha256(self.data).hexdigest()


def read_picture(folder: Path, name: str) -> Picture | None:
    """Return a picture of a module's folder by its name, or None where there is none."""
    known = {path.name: path for path in picture_files(folder)}
    path = known.get(name)
    if path is None:
        return None
    data = path.read_bytes()
    return Picture(name, _TYPES[path.suffix], _inked(data) if path.suffix == ".svg" else data)


def picture_files(folder: Path) -> list[Path]:
    """Return the picture files of a module's folder, by name."""
    files = sorted((folder / FOLDER).glob("*"))
    return [path for path in files if path.suffix in _TYPES and path.is_file()]


def check_pictures(folder: Path, problems: Problems) -> None:
    """Note pictures that are too heavy, are not what their name says, or could run something."""
    for path in picture_files(folder):
        own = problems.on(f"{problems.file}/{FOLDER}/{path.name}")
        if not is_kebab(path.stem):
            message = f"The name '{path.name}' must be in kebab-case, such as 'two-clocks.svg'."
            own.add(ProblemCode.BAD_ID, message)
        data = path.read_bytes()
        limit = DRAWING_LIMIT_BYTES if path.suffix == ".svg" else LIMIT_BYTES
        if len(data) > limit:
            message = f"This picture has {len(data):,} bytes; {limit:,} is the most."
            own.add(ProblemCode.TOO_LARGE, message)
        elif path.suffix == ".png" and not data.startswith(_PNG):
            own.add(ProblemCode.UNSAFE_PICTURE, "This is no PNG. Save it as one.")
        elif path.suffix == ".jpg" and not data.startswith(_JPEG):
            own.add(ProblemCode.UNSAFE_PICTURE, "This is no JPEG. Save it as one.")
        elif path.suffix == ".svg":
            fault = fault_of(data)
            if fault is not None:
                own.add(fault.code, fault.message, line=fault.line)


def as_drawn(data: bytes) -> bytes:
    """Return a drawing as its author wrote it: without the colours that serving adds."""
    return data.replace(_INK, b"", 1)


def _inked(data: bytes) -> bytes:
    return _OPENING.sub(lambda found: found[0] + _INK, data, count=1)
