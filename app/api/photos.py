"""/api: photos; its routes follow."""

from flask import Blueprint

bp = Blueprint("photos", __name__, url_prefix="/api")
