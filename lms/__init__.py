"""Alongside: trains and certifies peer support specialists."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from lms.config import Settings

__version__ = "0.1.0"


def create_app(settings: "Settings") -> "Flask":
    """Return the application, wired and ready to serve."""
    from flask import Flask

    from lms.content.bundled import bundled
    from lms.web import access, areas, assets, errors, fragments, frame, headers, languages, state

    app = Flask(__name__, template_folder=str(bundled("templates")), static_folder=None)
    state.install(app, settings)
    headers.install(app)
    errors.install(app)
    access.install(app)
    frame.install(app)
    fragments.install(app)
    languages.install(app)
    assets.install(app)
    areas.install(app)
    access.refuse_unmarked(app)
    return app
