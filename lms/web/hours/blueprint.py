"""The blueprint that the views of hours attach themselves to."""

from flask import Blueprint

bp = Blueprint("hours", __name__)
