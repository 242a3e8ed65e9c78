"""/api: surge; its routes follow."""

from flask import Blueprint

bp = Blueprint("surge", __name__, url_prefix="/api")
