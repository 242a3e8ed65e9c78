"""/api: passages; its routes follow."""

from flask import Blueprint

bp = Blueprint("passages", __name__, url_prefix="/api")
