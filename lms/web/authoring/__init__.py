"""Writing modules in the browser: the desk, the editor, the preview, publishing, going back."""

from flask import Blueprint

bp: Blueprint = Blueprint("authoring", __name__)

# the views attach themselves to the blueprint above
from lms.web.authoring import (  # noqa: E402, F401
    desks,
    editing,
    files,
    packages,
    preview,
    sending,
    versions,
)

__all__ = ["bp"]
