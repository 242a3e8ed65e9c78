"""How a job says how far it is, and hears that it shall stop."""

from typing import Protocol


class Cancelled(Exception):
    """Who asked for the job has taken it back. Let it through; the worker does the rest."""


class Progress(Protocol):
    """Called between steps, as often as one likes: it is cheap."""

    def __call__(self, share: float, step: str = "") -> None:
        """Say how much is done, 0 to 1, and the step, a key of dispatch.rules.doing.

        Raises Cancelled.
        """
