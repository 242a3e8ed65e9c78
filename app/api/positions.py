"""/api: positions; its routes follow."""

from flask import Blueprint

bp = Blueprint("positions", __name__, url_prefix="/api")
