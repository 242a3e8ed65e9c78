"""The server without its live wire: no bell is rung and no hub listens. For the benches."""

from app.bell import Ringer
from app.live import Hub


def _silence(self: object) -> None:
    """Neither ring nor listen."""


Ringer.ring = _silence  # type: ignore[method-assign]
Hub.start = _silence  # type: ignore[method-assign]

from app.wsgi import application  # noqa: E402 - silenced before it is built

__all__ = ["application"]
