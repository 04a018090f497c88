"""Pictures of modules: that they are there, not too heavy, and hold nothing that could run."""

import re
from dataclasses import dataclass
from pathlib import Path

from lms.content.errors import ProblemCode, Problems

FOLDER = "img"
LIMIT_BYTES = 150_000

_PNG = b"\x89PNG\r\n\x1a\n"
_RUNS = re.compile(
    r"<\s*(?:script|foreignobject|iframe|animate|set|handler)\b"
    r"|\son[a-z]+\s*=|javascript:|<!(?:entity|doctype)|@import"
    r"|(?:href|src)\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)
_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is served."""

    name: str
    media_type: str
    data: bytes


def read_picture(folder: Path, name: str) -> Picture | None:
    """Return a picture of a module's folder by its name, or None where there is none."""
    known = {path.name: path for path in picture_files(folder)}
    path = known.get(name)
    return Picture(name, _TYPES[path.suffix], path.read_bytes()) if path else None


def picture_files(folder: Path) -> list[Path]:
    """Return the picture files of a module's folder, by name."""
    files = sorted((folder / FOLDER).glob("*"))
    return [path for path in files if path.suffix in _TYPES and path.is_file()]


def check_pictures(folder: Path, problems: Problems) -> None:
    """Note pictures that are too heavy, are not what their name says, or could run something."""
    for path in picture_files(folder):
        own = problems.on(f"{problems.file}/{FOLDER}/{path.name}")
        data = path.read_bytes()
        if len(data) > LIMIT_BYTES:
            message = f"This picture has {len(data):,} bytes; {LIMIT_BYTES:,} is the most."
            own.add(ProblemCode.TOO_LARGE, message)
        elif path.suffix == ".png" and not data.startswith(_PNG):
            own.add(ProblemCode.UNSAFE_PICTURE, "This is no PNG. Save it as one.")
        elif path.suffix == ".svg":
            _check_drawing(data, own)


def _check_drawing(data: bytes, problems: Problems) -> None:
    text = data.decode("utf-8", errors="replace")
    runs = _RUNS.search(text)
    if runs:
        message = f"A drawing may hold shapes and words only. Take out '{runs[0].strip()}'."
        line = text.count("\n", 0, runs.start()) + 1
        problems.add(ProblemCode.UNSAFE_PICTURE, message, line=line)
    elif "<svg" not in text:
        problems.add(ProblemCode.UNSAFE_PICTURE, "This is no SVG. Save it as one.")
