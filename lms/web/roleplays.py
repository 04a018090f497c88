"""Pages of roleplays."""

from flask import Blueprint

bp = Blueprint("roleplays", __name__)
