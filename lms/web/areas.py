"""The blueprints, a file an area."""

from importlib import import_module

from flask import Flask

AREAS = (
    "signin",
    "account",
    "kept",
    "drafts",
    "today",
    "help",
    "people",
    "organisation",
    "cohorts",
    "agreements",
    "curriculum",
    "reflections",
    "assessments",
    "roleplays",
    "hours",
    "record",
    "readiness",
    "certificates",
    "check",
    "patterns",
    "health",
)


def install(app: Flask) -> None:
    """Register every area's blueprint."""
    for name in AREAS:
        app.register_blueprint(import_module(f"lms.web.{name}").bp)
