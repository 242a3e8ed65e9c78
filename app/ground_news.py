"""What a process holds of the ground, read anew when the log says that it changed."""

import logging
import time
from collections.abc import Collection

from app.parts import Parts
from app.telling import GROUND_CHANGES
from app.warming import warm_cover
from dispatch.ways import PASSAGE_CHANGED, ROADS_CHANGED

AGAIN_S = 30.0  # ways that could not be read are tried again so much later
# After these the search for places goes on other words: the screens have nothing to read anew.
PLACES_CHANGED, PLACE_LEARNED = "places.changed", "place.learned"
# After these the ways go on other roads.
WAYS_CHANGES = frozenset({ROADS_CHANGED, PASSAGE_CHANGED})

log = logging.getLogger(__name__)


class GroundNews:
    """Reads villages, catalogue, names and ways when they changed, each as far as it must."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ways_at: float | None = None  # when the ways are due to be read; None: they are fresh

    def read(self, kinds: Collection[str]) -> None:
        """After these kinds of the log."""
        if GROUND_CHANGES.intersection(kinds) or PLACES_CHANGED in kinds:
            self._parts.read_ground()
            return
        if PLACE_LEARNED in kinds:
            self._parts.read_learned()
        if WAYS_CHANGES.intersection(kinds):
            self._ways_at = time.monotonic()
            self.read_ways()

    def read_ways(self) -> None:
        """What cannot be read (a broken timetable, too slow a disk) must not silence the wire.

        The ways of before serve on, and it is tried again.
        """
        if self._ways_at is None or time.monotonic() < self._ways_at:
            return
        self._ways_at = time.monotonic() + AGAIN_S
        try:
            self._parts.read_ways()
        except Exception:
            log.exception("the ways cannot be read: those of before serve on")
        else:
            self._ways_at = None

    def warm(self, kinds: Collection[str]) -> None:
        """Reckon what goes on the ground that changed, before somebody asks."""
        if (GROUND_CHANGES | WAYS_CHANGES | {PLACES_CHANGED}).intersection(kinds):
            warm_cover(self._parts)
