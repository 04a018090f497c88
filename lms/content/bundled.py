"""Where the folders that ship with the product are: in a checkout, or in the installed wheel."""

from pathlib import Path
from typing import Literal, get_args

Folder = Literal["modules", "assessments", "programmes", "templates", "static"]

_PACKAGE = Path(__file__).resolve().parent.parent


def bundled(name: Folder) -> Path:
    """Return the folder called `name`.

    Raises: `ValueError` for a name that is not bundled, `FileNotFoundError` where it is absent.
    """
    if name not in get_args(Folder):
        raise ValueError(f"{name!r} is not a bundled folder; these are: {get_args(Folder)}")
    places = (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"The folder {name!r} is neither in the wheel nor in the checkout.")
