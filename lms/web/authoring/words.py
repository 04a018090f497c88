"""The sentences of writing modules, and how problems and files are named."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.content.errors import ContentProblem
from lms.content.images import PictureRefusal
from lms.content.packing import PackageRefusal
from lms.rules.authoring import AuthorRefusal, FileKind, kind_of, original_of
from lms.services.errors import MissingError
from lms.web.authoring import bp
from lms.web.words import add_sentences

add_sentences(
    {
        AuthorRefusal.NAME_ODD: _l(
            "Use small letters a to z, digits and hyphens for a name, such as first-steps."
        ),
        AuthorRefusal.NAME_TAKEN: _l("This name or number is taken. Choose another one."),
        AuthorRefusal.MODULE_FILE_STAYS: _l("A module cannot be without its own page."),
        AuthorRefusal.TOO_LARGE: _l("This text is too long. Divide it into two lessons."),
        AuthorRefusal.NO_NOTE: _l("Say in a few words what has changed."),
        AuthorRefusal.HAS_PROBLEMS: _l(
            "Something is still to be mended. Nothing was published; the list is on this page."
        ),
        AuthorRefusal.NOTHING_NEW: _l("This says the same as the version that is published."),
        AuthorRefusal.MOVED_ON: _l(
            "Somebody changed this module while you were looking. Look at it again, then publish."
        ),
        AuthorRefusal.PUBLISHED_MEANWHILE: _l(
            "Somebody published this module since your changes were begun. Look at both."
        ),
        AuthorRefusal.DRAFTS_THERE: _l(
            "There are changes that are not published. Publish them or drop them first."
        ),
        AuthorRefusal.ORIGINAL_UNREADABLE: _l(
            "The original has something to be mended first. Then a translation can be begun."
        ),
        PictureRefusal.EMPTY: _l("Choose a picture first."),
        PictureRefusal.NO_PICTURE: _l(
            "This is no picture that can be used. Send SVG, PNG or JPEG."
        ),
        PictureRefusal.BROKEN: _l("This picture cannot be opened. Save it again and send it anew."),
        PictureRefusal.TOO_LARGE: _l("This picture is larger than 8 MB. Make it smaller first."),
        PictureRefusal.TOO_MANY_PIXELS: _l(
            "This picture has too many pixels to be opened here. Make it smaller first."
        ),
        PictureRefusal.TOO_HEAVY: _l(
            "This picture stays heavier than 150 kB. Cut it, or use fewer colours."
        ),
        PictureRefusal.DRAWING_TOO_HEAVY: _l("A drawing may have 20 kB at most. Make it simpler."),
        PictureRefusal.DRAWING: _l("This drawing cannot be taken as it is."),
        PackageRefusal.NO_ZIP: _l("This is no .zip file that can be opened."),
        PackageRefusal.TOO_LARGE: _l("This package is too large. A module has a few MB at most."),
        PackageRefusal.TOO_MANY: _l("This package holds too many files for one module."),
        PackageRefusal.LOCKED: _l("This package is locked with a password. Send it without one."),
        PackageRefusal.ODD_PATH: _l("A file in this package would lead out of its folder."),
        PackageRefusal.LINK: _l("A file in this package is only a link to another place."),
        PackageRefusal.TWICE: _l("A file is in this package twice."),
        PackageRefusal.WRONG_KIND: _l(
            "This file belongs to no module. A package holds module.md, lessons such as "
            "01-first-steps.md, card.md, and pictures in img."
        ),
        PackageRefusal.FILE_TOO_LARGE: _l(
            "A file in this package is too large: a text has 200 kB at most, a picture 150 kB."
        ),
        PackageRefusal.NO_TEXT: _l("This file is no plain text in UTF-8."),
        PackageRefusal.PICTURE: _l("This picture cannot be used, or is not what its name says."),
        PackageRefusal.NO_MODULE: _l("There is no module.md in this package."),
        PackageRefusal.BROKEN: _l("A file in this package is damaged."),
    }
)

KINDS: dict[FileKind, Any] = {
    FileKind.MODULE: _l("The module's own page"),
    FileKind.LESSON: _l("Lesson"),
    FileKind.EQUAL: _l("Equal route"),
    FileKind.CARD: _l("Summary card"),
    FileKind.PICTURE: _l("Picture"),
}


TRANSLATIONS: dict[FileKind, Any] = {
    FileKind.MODULE: _l("Translation of the module's own page"),
    FileKind.LESSON: _l("Translation of a lesson"),
    FileKind.EQUAL: _l("Translation of an equal route"),
    FileKind.CARD: _l("Translation of the summary card"),
}


@bp.app_template_filter()
def file_words(name: str) -> str:
    """Return what a file of a module is, in words."""
    kind = kind_of(original_of(name))
    words = TRANSLATIONS if kind_of(name) is FileKind.TRANSLATION else KINDS
    return str(words[kind]) if kind else name


@bp.app_template_filter()
def by_words(name: str) -> str:
    """Return who published or saved something; files are published without a name."""
    return name or str(_("the files on the server"))


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as an author reads it. `quote` is the line it stands on, "" in a picture."""

    file: str
    line: int
    message: str
    quote: str


def told(problems: tuple[ContentProblem, ...], files: dict[str, bytes]) -> list[Told]:
    """Return problems with the line of the file that each is about."""
    return [Told(one.file, one.line, _message(one), _line(one, files)) for one in problems]


def _message(problem: ContentProblem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message


def _line(problem: ContentProblem, files: dict[str, bytes]) -> str:
    data = files.get(problem.file, b"") if problem.file.endswith(".md") else b""
    lines = data.decode("utf-8", "replace").split("\n") if data else []
    return lines[problem.line - 1].strip()[:120] if 0 < problem.line <= len(lines) else ""


def text_kind(name: str) -> FileKind:
    """Return what a text of a module is by its name. Raises: MissingError for anything else."""
    kind = kind_of(name)
    if kind is None or kind is FileKind.PICTURE:
        raise MissingError
    return kind
