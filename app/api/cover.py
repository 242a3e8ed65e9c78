"""/api: cover; its routes follow."""

from flask import Blueprint

bp = Blueprint("cover", __name__, url_prefix="/api")
