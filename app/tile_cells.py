"""Which of the tiles that are kept lie over a cell of the map, or near enough for its area."""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from dispatch.tiles import DOUBT_FROM

CELLS_ZOOM = 18  # of the cells that incident_cells() tells
# An area of doubt is drawn up to 2 km from its pin. A cell is 149.5 m wide or more in the country.
REACH = 14  # cells

Kept = TypeVar("Kept", bound=Hashable)


class Covered(Generic[Kept]):
    """Keys of tiles by place: far out by the tile itself, near by the tile of zoom 11 above."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[int, int, int], dict[Kept, tuple[int, int, int]]] = {}

    def add(self, key: Kept, z: int, x: int, y: int) -> None:
        """Of that tile; twice is once."""
        self._buckets.setdefault(_bucket(z, x, y), {})[key] = (z, x, y)

    def remove(self, key: Kept, z: int, x: int, y: int) -> None:
        """No more; one that is not there is no error."""
        bucket = self._buckets.get(_bucket(z, x, y))
        if bucket is not None:
            bucket.pop(key, None)
            if not bucket:
                del self._buckets[_bucket(z, x, y)]

    def over(self, x: int, y: int) -> Iterator[Kept]:
        """Keys of all tiles that show something of what lies in that cell of zoom 18."""
        for z in range(DOUBT_FROM):
            far = CELLS_ZOOM - z
            yield from self._buckets.get((z, x >> far, y >> far), ())
        near = CELLS_ZOOM - DOUBT_FROM
        for column in range((x - REACH) >> near, ((x + REACH) >> near) + 1):
            for row in range((y - REACH) >> near, ((y + REACH) >> near) + 1):
                bucket = self._buckets.get((DOUBT_FROM, column, row), {})
                yield from (key for key, tile in bucket.items() if _near(tile, x, y))


def _bucket(z: int, x: int, y: int) -> tuple[int, int, int]:
    up = max(0, z - DOUBT_FROM)
    return z - up, x >> up, y >> up


def _near(tile: tuple[int, int, int], x: int, y: int) -> bool:
    z, column, row = tile
    size = 1 << (CELLS_ZOOM - z)
    return (
        column * size - REACH <= x < (column + 1) * size + REACH
        and row * size - REACH <= y < (row + 1) * size + REACH
    )
