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
    "letterhead",
    "cohorts",
    "programmes",
    "agreements",
    "curriculum",
    "authoring",
    "reflections",
    "assessments",
    "roleplays",
    "hours",
    "gatherings",
    "evidence",
    "record",
    "readiness",
    "certificates",
    "appeals",
    "check",
    "patterns",
    "health",
)


def install(app: Flask) -> None:
    """Register every area's blueprint."""
    for name in AREAS:
        app.register_blueprint(import_module(f"lms.web.{name}").bp)
