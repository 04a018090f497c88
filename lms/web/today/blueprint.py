"""The blueprint that the view of Today attaches itself to."""

from flask import Blueprint

bp = Blueprint("today", __name__)
