"""The cells of the map: a number for each point, and one run of numbers for each tile.

The world in Web Mercator is cut into 2^31 by 2^31 cells of two centimetres, numbered along a Z:
the bits of east and south in turn. So the cells of any tile, at any zoom, are one run of numbers,
and cells nest: to leave out the last 2n bits is to go up n zooms. PostgreSQL keeps the number in
`incident.cell` (the function `map_cell` of the migrations), made by the same arithmetic.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from geo.point import Box, Point

DEPTH = 31  # zooms down to a cell: twice as many bits fit a bigint
_REACHES = math.degrees(math.atan(math.sinh(math.pi)))  # latitude where the square world ends


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """Cells by their numbers: from `low` on, and before `high`."""

    low: int
    high: int


def tile_run(z: int, x: int, y: int) -> Run:
    """All cells of a tile."""
    shift = 2 * (DEPTH - z)
    number = interleave(x, y)
    return Run(number << shift, (number + 1) << shift)


def point_cell(point: Point) -> int:
    """The number of the cell that a point lies in."""
    return interleave(*column_row(point, DEPTH))


def column_row(point: Point, z: int) -> tuple[int, int]:
    """Column from the west and row from the north of the tile of that zoom that a point lies in."""
    east, south = fractions(point)
    return int(east * 2**z), int(south * 2**z)


def fractions(point: Point) -> tuple[float, float]:
    """How far east and south in the square world, from 0 to 1. The database reckons the same."""
    steep = math.radians(max(-_REACHES, min(_REACHES, point.lat)))
    south = (1 - math.log(math.tan(steep) + 1 / math.cos(steep)) / math.pi) / 2
    return (point.lon + 180) / 360, south


def interleave(x: int, y: int) -> int:
    """The bits of both in turn, those of x last."""
    return _spread(x) | _spread(y) << 1


def box_runs(box: Box, most: int = 16, finest: int = DEPTH) -> list[Run]:
    """At most so many runs of cells that together cover the box, in order.

    finest   zoom of the smallest tiles that a run may be made of
    They may reach beyond the box: what they find is to be held against the box itself.
    """
    west, north = column_row(Point(lon=box.west, lat=box.north), DEPTH)
    east, south = column_row(Point(lon=box.east, lat=box.south), DEPTH)
    widest = max(east - west, south - north, 1)
    z = min(max(0, DEPTH - widest.bit_length()), finest)
    runs = _joined(_tiles(west, north, east, south, z))
    while z < finest:  # finer, as long as it does not become too many
        z += 1
        finer = _joined(_tiles(west, north, east, south, z))
        if len(finer) > most:
            break
        runs = finer
    return runs


def _tiles(west: int, north: int, east: int, south: int, z: int) -> Iterator[Run]:
    shift = DEPTH - z
    for x in range(west >> shift, (east >> shift) + 1):
        for y in range(north >> shift, (south >> shift) + 1):
            yield tile_run(z, x, y)


def _joined(runs: Iterator[Run]) -> list[Run]:
    """Neighbours on the Z as one."""
    joined: list[Run] = []
    for run in sorted(runs):
        if joined and joined[-1].high == run.low:
            joined[-1] = Run(joined[-1].low, run.high)
        else:
            joined.append(run)
    return joined


def _spread(number: int) -> int:
    """The bits with a gap before each; as map_cell() does."""
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555
