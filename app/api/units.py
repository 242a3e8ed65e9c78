"""/api: units; its routes follow."""

from flask import Blueprint

bp = Blueprint("units", __name__, url_prefix="/api")
