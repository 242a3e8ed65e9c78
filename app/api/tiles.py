"""/api/tiles: the villages of an edition, and the open incidents as clusters, as vector tiles."""

from typing import Any

from flask import Blueprint, Response, request

from app import tile_store
from app.api.reading_filters import query_filter
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import Parts, parts
from app.tile_store import Key, Tile
from dispatch.log import Cursor
from dispatch.rules.filters import Filter
from dispatch.scope import Role, Scope
from dispatch.tiles import incident_tile, is_near
from geo.tiles import BadTile, check_tile, village_tile

bp = Blueprint("tiles", __name__, url_prefix="/api/tiles")

MIMETYPE = "application/vnd.mapbox-vector-tile"
FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
AFTER = "Tanggap-After"  # header: how far in the log the asker has heard
_MOST_ID = 2**31 - 1
Json = dict[str, Any]


@bp.get("/villages")
@needs(Right.LOGGED_IN)
def get_villages() -> tuple[Json, dict[str, str]]:
    """Where the tiles of the boundaries in force are; the address changes when they do."""
    return village_source(parts()), {"Cache-Control": ASK_AGAIN}


def village_source(made_of: Parts) -> Json:
    """Edition, mark of its drawing, and the address of its tiles, which never change."""
    ground = made_of.ground()
    edition_id, mark = ground.locator.edition_id, ground.drawing
    address = f"/api/tiles/villages/{edition_id}/{{z}}/{{x}}/{{y}}?d={mark}"
    return {"edition": edition_id, "drawing": mark, "template": address}


@bp.get("/villages/<int:edition_id>/<int:z>/<int:x>/<int:y>")
@needs(Right.LOGGED_IN)
def get_village_tile(edition_id: int, z: int, x: int, y: int) -> Response:
    """A tile of the boundaries. With the mark of its drawing (`d`) it is kept for ever."""
    check_tile(z, x, y)
    made_of, edition_id = parts(), min(edition_id, _MOST_ID)

    def draw() -> bytes:
        with made_of.tile_transaction(Scope("hub")) as session:
            return village_tile(session, edition_id, z, x, y)

    layer, query = f"villages/{edition_id}", request.query_string.decode("latin-1")
    tile = tile_store.of(made_of).get(village_key(made_of, layer, z, x, y), draw)
    return answer(tile, how_long(made_of, layer, query))


def village_key(made_of: Parts, layer: str, z: int, x: int, y: int) -> Key:
    """By edition and drawing: what `d` says is the asker's word, and could fill the store."""
    return Key(None, f"{layer}/{made_of.ground().drawing}", z, x, y)


def how_long(made_of: Parts, layer: str, query: str) -> str:
    """For ever only where the address names the edition in force and how it is drawn now."""
    ground = made_of.ground()
    never_changes = (f"villages/{ground.locator.edition_id}", f"d={ground.drawing}")
    return FOR_EVER if (layer, query) == never_changes else ASK_AGAIN


@bp.get("/incidents/<int:z>/<int:x>/<int:y>")
@needs(Right.SEE_BOARD)
def get_incident_tile(z: int, x: int, y: int) -> Response:
    """Clusters of what is open and meant; 304 while nothing in them has changed."""
    made_of, scope = parts(), me().scope.shared()
    meant = query_filter(made_of.ground().catalogue, scope)
    store = tile_store.of(made_of)
    tile = incidents(made_of, scope, meant, (z, x, y), _after())
    store.remember_words(scope, request.query_string.decode("latin-1"), meant)
    return answer(tile, ASK_AGAIN)


def incidents(
    made_of: Parts,
    scope: Scope,
    meant: Filter,
    place: tuple[int, int, int],
    after: Cursor | None,
    *,
    anew: bool = False,
) -> Tile:
    """A tile of incidents for shared eyes, kept or drawn. Raises BadTile, TooBusy."""
    z, x, y = place

    def draw() -> bytes:
        if scope.role in (Role.PLANNER, Role.WALLBOARD):
            return b""  # the one sees no row, the other is seen by whoever passes by
        catalogue = made_of.ground().catalogue
        line = made_of.tile_line if is_near(z) else made_of.tile_transaction
        with line(scope) as session:
            return incident_tile(session, z, x, y, made_of.now(), catalogue, meant)

    check_tile(z, x, y)
    key = Key(scope, meant.key(), z, x, y)
    return tile_store.of(made_of).get(key, draw, after, anew=anew)


@bp.get("/", defaults={"rest": ""})
@bp.get("/<path:rest>")
@needs(Right.LOGGED_IN)
def get_none(rest: str) -> Response:
    """Any other address under /api/tiles. Raises BadTile."""
    raise BadTile("layers: villages/EDITION/z/x/y and incidents/z/x/y, z from 0 to 18")


def answer(tile: Tile, cache: str) -> Response:
    """The tile as it is kept; unpacked for who does not take gzip, 304 for who has it."""
    headers = {"Cache-Control": cache, "ETag": tile.etag, "Vary": "Accept-Encoding"}
    if request.if_none_match.contains_weak(tile.etag.strip('"')):
        return Response(status=304, headers=headers)
    if not tile.packed or request.accept_encodings["gzip"] <= 0:
        return Response(tile.plain(), mimetype=MIMETYPE, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(tile.packed, mimetype=MIMETYPE, headers=headers)


def _after() -> Cursor | None:
    written = request.headers.get(AFTER)
    if written is None:
        return None
    try:
        return Cursor.parse(written)
    except ValueError as error:
        raise BadRequestField(AFTER, str(error)) from None
