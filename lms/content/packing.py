"""A module as one file to carry about: its folder as a .zip, out and in."""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.content.errors import Problems
from lms.content.files import tidy_text
from lms.content.images import PictureError, clean_picture
from lms.content.pictures import LIMIT_BYTES
from lms.rules.authoring import (
    FILES_LIMIT,
    LESSON_LIMIT_BYTES,
    MODULE_FILE,
    FileKind,
    is_module_name,
    kind_of,
    reading_order,
)

PACKAGE_LIMIT_BYTES = 5_000_000
ENTRY_LIMIT = 400
WHOLE_LIMIT_BYTES = 8_000_000
_WHEN = (1980, 1, 1, 0, 0, 0)
_BESIDE = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class PackageRefusal(StrEnum):
    """Why a package cannot be taken in."""

    NO_ZIP = "package-no-zip"
    TOO_LARGE = "package-too-large"
    TOO_MANY = "package-too-many"
    LOCKED = "package-locked"
    ODD_PATH = "package-odd-path"
    LINK = "package-link"
    TWICE = "package-twice"
    WRONG_KIND = "package-wrong-kind"
    FILE_TOO_LARGE = "package-file-too-large"
    NO_TEXT = "package-no-text"
    PICTURE = "package-picture"
    NO_MODULE = "package-no-module"
    BROKEN = "package-broken"


class PackageError(Exception):
    """A package that is not taken in. `name` is the file in it that is the reason, if one is."""

    def __init__(self, reason: PackageRefusal, name: str = "") -> None:
        super().__init__(str(reason))
        self.reason, self.name = reason, name[:120]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A module's files by name. `slug` is the folder they were in, "" where they were in none."""

    slug: str
    files: dict[str, bytes]


def packed(slug: str, files: Mapping[str, bytes]) -> bytes:
    """Return a module's folder as a .zip; the same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files, key=reading_order):
            entry = zipfile.ZipInfo(f"{slug}/{name}", _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, files[name])
    return out.getvalue()


def unpacked(data: bytes) -> Unpacked:
    """Return what a .zip of a module's folder holds, whole or not at all. Raises: PackageError.

    Edge: nothing is written anywhere; each name is judged, and no file is read further than it may
          be large, whatever the package says of itself.
    """
    if len(data) > PACKAGE_LIMIT_BYTES:
        raise PackageError(PackageRefusal.TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _read(package)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as broken:
        raise PackageError(PackageRefusal.NO_ZIP) from broken


def _read(package: zipfile.ZipFile) -> Unpacked:
    entries = package.infolist()
    if len(entries) > ENTRY_LIMIT:
        raise PackageError(PackageRefusal.TOO_MANY)
    kept = [entry for entry in entries if not _is_beside(entry)]
    for entry in kept:
        _judge(entry)
    slug, names = _without_folder([entry for entry in kept if not entry.is_dir()])
    if len(names) > FILES_LIMIT:
        raise PackageError(PackageRefusal.TOO_MANY)
    files: dict[str, bytes] = {}
    for name, entry in names:
        if name in files:
            raise PackageError(PackageRefusal.TWICE, name)
        files[name] = _file(package, entry, name)
        if sum(map(len, files.values())) > WHOLE_LIMIT_BYTES:
            raise PackageError(PackageRefusal.TOO_LARGE)
    if MODULE_FILE not in files:
        raise PackageError(PackageRefusal.NO_MODULE)
    return Unpacked(slug, files)


def _is_beside(entry: zipfile.ZipInfo) -> bool:
    """Say whether this is what a computer puts into packages for itself."""
    first, last = _BESIDE[0], entry.filename.rpartition("/")[2]
    return entry.filename.startswith(first) or last in _BESIDE[1:]


def _judge(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    steps = name.rstrip("/").split("/")
    odd = name.startswith("/") or "\\" in name or ":" in name or "\0" in name
    if odd or any(step in ("", ".", "..") for step in steps):
        raise PackageError(PackageRefusal.ODD_PATH, name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise PackageError(PackageRefusal.LINK, name)
    if entry.flag_bits & 0x1:
        raise PackageError(PackageRefusal.LOCKED, name)


def _without_folder(
    entries: list[zipfile.ZipInfo],
) -> tuple[str, list[tuple[str, zipfile.ZipInfo]]]:
    """Return the one folder that all files are in, if they are, and their names inside it."""
    tops = {entry.filename.partition("/")[0] for entry in entries}
    if len(tops) == 1 and all("/" in entry.filename for entry in entries):
        slug = tops.pop()
        inside = [(entry.filename.partition("/")[2], entry) for entry in entries]
        if any(name == MODULE_FILE for name, _entry in inside):
            return (slug if is_module_name(slug) else ""), inside
    return "", [(entry.filename, entry) for entry in entries]


def _file(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    kind = kind_of(name)
    if kind is None:
        raise PackageError(PackageRefusal.WRONG_KIND, name)
    limit = LIMIT_BYTES if kind is FileKind.PICTURE else LESSON_LIMIT_BYTES
    try:
        with package.open(entry) as opened:
            data = opened.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as broken:
        raise PackageError(PackageRefusal.BROKEN, name) from broken
    if len(data) > limit:
        raise PackageError(PackageRefusal.FILE_TOO_LARGE, name)
    return _picture(name, data) if kind is FileKind.PICTURE else _text(name, data)


def _picture(name: str, data: bytes) -> bytes:
    try:
        found = clean_picture(data)
    except PictureError as refused:
        raise PackageError(PackageRefusal.PICTURE, name) from refused
    if not name.endswith(found.suffix):
        raise PackageError(PackageRefusal.PICTURE, name)
    return found.data


def _text(name: str, data: bytes) -> bytes:
    try:
        text = tidy_text(data.decode("utf-8-sig"), Problems(), LESSON_LIMIT_BYTES)
    except UnicodeDecodeError as broken:
        raise PackageError(PackageRefusal.NO_TEXT, name) from broken
    if text is None:
        raise PackageError(PackageRefusal.NO_TEXT, name)
    return text.encode()
