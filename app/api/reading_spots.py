"""Where cases are to lie, read from a query string: a box, a cell of the map, a village."""

import math

from flask import request

from app.api import reading
from app.errors import BadRequestField
from dispatch.ground import Ground
from dispatch.listing import Spot
from dispatch.tiles import cell_run
from geo.map_cells import Run
from geo.point import Box
from geo.tiles import BadTile

WORDS = ("bbox", "cell", "village", "unpinned", "id", "limit", "after")
MOST_ID = 2**62
_BOX = "give west,south,east,north in degrees, as 110.5,-6.7,110.8,-6.4"
_CELL = "give z/x/y/cx/cy: a tile down to zoom 18 and one of its cells"


def query_spot(ground: Ground) -> Spot:
    """Raises BadRequestField for what cannot be, and for what does not go together."""
    spot = Spot(
        box=_box(request.args.get("bbox")),
        run=_cell(request.args.get("cell")),
        village=_village(request.args.get("village"), ground),
        unpinned=_switch("unpinned"),
        incident=query_id("id"),
    )
    if spot.unpinned and (spot.box or spot.run):
        raise BadRequestField("unpinned", "unpinned: without bbox and cell: they have no pin")
    return spot


def query_id(name: str) -> int | None:
    """The id of a row; None where it is not given. Raises BadRequestField."""
    written = request.args.get(name)
    if written is None:
        return None
    whole = written.isascii() and written.isdigit() and len(written) < 20
    if not (whole and 1 <= int(written) <= MOST_ID):
        raise BadRequestField(name, f"{name}={written[:40]!r}: give the number of a case")
    return int(written)


def _box(written: str | None) -> Box | None:
    if written is None:
        return None
    try:
        west, south, east, north = (float(side) for side in written[:200].split(","))
    except ValueError:
        raise BadRequestField("bbox", f"bbox: {_BOX}") from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise BadRequestField("bbox", f"bbox: {_BOX}")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadRequestField("bbox", f"bbox: west before east, south before north: {_BOX}")
    return Box(west=west, south=south, east=east, north=north)


def _cell(written: str | None) -> Run | None:
    """One cluster of a tile."""
    if written is None:
        return None
    parts = written[:100].split("/")
    if len(parts) != 5 or not all(p.isascii() and p.isdigit() and len(p) < 8 for p in parts):
        raise BadRequestField("cell", f"cell: {_CELL}")
    try:
        return cell_run(*map(int, parts))
    except BadTile as error:
        raise BadRequestField("cell", f"cell: out of range: {error}; {_CELL}") from None


def _village(code: str | None, ground: Ground) -> str | None:
    if code is None or code in ground.by_code:
        return code
    short = reading.plain(code)[:40]
    raise BadRequestField("village", f"village={short!r}: no such code in the edition in force")


def _switch(name: str) -> bool:
    written = request.args.get(name)
    if written not in (None, "1"):
        raise BadRequestField(name, f"{name}: give 1, or leave it out")
    return written == "1"
