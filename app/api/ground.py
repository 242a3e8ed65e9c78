"""/api/places, /api/villages, /api/catalogue: where things are, and their names."""

from typing import Any

import orjson
import shapely
from flask import Blueprint, Response
from sqlalchemy import select

from app import i18n
from app.api import doubtful, reading, wire
from app.api.reading import WeighBody
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch.placing import place, safely
from dispatch.rules import hours
from dispatch.rules.workflow import CallClass, Channel
from geo.address.tidy import hide_phones
from geo.errors import OutsideCoverage
from geo.finding import Evidence, Found
from geo.online import Told
from geo.point import Box
from geo.schema import Village
from geo.uncertainty.questions import ACCEPT

bp = Blueprint("ground", __name__, url_prefix="/api")

MOST_PLACES = 8
ONLINE_WORDS = {
    Told.ANSWERED: "terjawab",
    Told.NOT_ASKED: "tidak_ditanya",
    Told.FAILED: "gagal",
    Told.OPEN: "istirahat",
}
CLASS_KEYS = {CallClass.NORMAL: "N", CallClass.GHOST: "G", CallClass.PRANK: "P"}
CHANNEL_NAMES = {
    Channel.PHONE_112: "Telepon 112",
    Channel.WALK_IN: "Tatap muka",
    Channel.RADIO: "Radio",
    Channel.MESSAGE: "Pesan",
    Channel.VILLAGE: "Desa",
}


@bp.get("/places")
@needs(Right.LOG_CALLS)
def get_places() -> dict[str, Any]:
    """Places that the words may mean, best first, and the question that settles most.

    Asked at every key: from memory, without a session.
    """
    words = reading.query_text("q")
    limit = reading.query_whole("limit", default=MOST_PLACES, most=MOST_PLACES)
    finder, language = parts().ground().finder, i18n.language()
    found = safely(lambda: finder.locate(words, limit, language, typing=True), Found(()))
    weighed = None
    if not _is_sure(found):  # else there is nothing to ask
        weighed = safely(lambda: finder.weigh(Evidence(text=words), language), None)
    return {
        "candidates": [*map(doubtful.candidate, found.candidates)],
        "outside": found.outside,
        "question": doubtful.asking(weighed.question if weighed else None),
    }


def _is_sure(found: Found) -> bool:
    """Whether the first answer alone decides the village, or there is none."""
    best = next(iter(found.candidates), None)
    return best is None or bool(best.villages and best.p * best.villages[0].p >= ACCEPT)


@bp.get("/places/online")
@needs(Right.LOG_CALLS)
def get_places_online() -> dict[str, Any]:
    """What an outside geocoder says, where one is set; asked by hand only, with no session open.

    told: terjawab, tidak_ditanya, gagal, istirahat; why says what happened in words.
    """
    words = reading.query_text("q")
    ground, source = parts().ground(), parts().online
    if source is None or not words.strip():
        return {"candidates": [], "told": "tidak_ditanya", "attribution": "", "why": ""}
    west, south, east, north = ground.bounds
    # What goes outside is the place, never a caller's number.
    outcome = source.ask(hide_phones(words), Box(west=west, south=south, east=east, north=north))
    placed = [ground.finder.placed(candidate) for candidate in outcome.candidates]
    return {
        "candidates": [*map(doubtful.candidate, placed)],
        "told": ONLINE_WORDS[outcome.told],
        "attribution": outcome.attribution,
        "why": outcome.why,
    }


@bp.post("/places/weigh")
@needs(Right.LOG_CALLS)
def post_weigh() -> dict[str, Any]:
    """What words, chosen place, pin and answers come to. Keeps nothing."""
    clues, ground = reading.weigh_clues(reading.body(WeighBody)), parts().ground()
    return doubtful.weighing(place(clues, ground, i18n.language()), ground)


@bp.get("/villages/at")
@needs(Right.LOGGED_IN)
def get_village_at() -> Response | tuple[dict[str, Any], int]:
    """The village of a point with its border; 404 off every village, with the nearest."""
    placed = parts().ground().locator.placement_at(reading.query_point())
    body = wire.placement(placed)
    if placed.village is None:
        problem = {
            "type": OutsideCoverage.__name__,
            "title": "Luar wilayah",
            "detail": "The point lies in no village; see `nearest`.",
            "status": 404,
        }
        return problem | body, 404
    return Response(orjson.dumps(body), mimetype="application/json")


@bp.get("/villages/outline")
@needs(Right.LOGGED_IN)
def get_outline() -> dict[str, Any]:
    """Bounds and shape of one village; without a code the bounds of the regency."""
    code = reading.query_word("village")
    ground = parts().ground()
    if not code:
        return {"bbox": list(ground.bounds), "feature": None}
    edition_id = ground.locator.edition_id
    with parts().transaction(me().scope) as session:
        village = session.scalar(
            select(Village).where(Village.edition_id == edition_id, Village.code == code)
        )
    if village is None:
        raise OutsideCoverage(f"village {code[:40]}: no such code in the edition in force")
    return {
        "bbox": list(village.area.bounds),
        "feature": {
            "type": "Feature",
            "id": village.code,
            "geometry": orjson.loads(shapely.to_geojson(village.area)),
            "properties": {"code": village.code, "name": village.name, "kind": village.kind},
        },
    }


@bp.get("/catalogue")
@needs(Right.LOG_CALLS)
def get_catalogue() -> dict[str, Any]:
    """What a call can be about, how it came, and whether the service is open."""
    ground, now = parts().ground(), parts().now()
    language = i18n.language()
    return {
        "categories": [
            {
                "code": c.code,
                "kind": c.kind,
                "name": c.name(language),
                "priority": c.priority,
                "restricted": c.restricted_group is not None,
                "owners": [
                    {"code": kind.code, "name": kind.name}
                    for kind in ground.catalogue.owners_of(c.code)
                ],
            }
            for c in ground.catalogue.categories.values()
            if c.active
        ],
        "channels": [{"code": c.value, "name": CHANNEL_NAMES[c]} for c in Channel],
        "classes": [
            {"code": c.value, "key": CLASS_KEYS.get(c, "I"), "name": c.value} for c in CallClass
        ],
        "online": source.name if (source := parts().online) else None,
        "hours": {
            "open": hours.is_open(ground.regency.hours, now),
            "text": hours.text(ground.regency.hours, now, i18n.language()),
        },
    }
