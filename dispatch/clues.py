"""What is known of where something happened, and how it is kept with an incident."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from dispatch.rules.doubt import Witness
from geo.finding import Candidate, VillageChance, Weighed
from geo.placement import Placement, VillageRef
from geo.point import Point

Json = dict[str, Any]

LONGEST_TEXT = 300  # of words that are searched for places; more of a story is not read
KEPT = 12  # villages of one record, the likeliest
_LEAST = 0.005  # chance of a village that is worth a line
_FINE_DEG = 1e-5  # an outline is drawn, not measured: a metre
_CORNERS = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidPlace:
    """What the call taker found out of the place, beside words and pin. Fields as in Evidence.

    outside   name of the other regency in which the call taker says it is
    """

    text: str = ""
    key: str | None = None
    radius_m: float | None = None
    confidence: float = 0.68
    answers: tuple[tuple[str, str], ...] = ()
    outside: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """All that is known of where something happened.

    by_hand   whether the pin was set by hand; else it is the middle of the chosen place
    chosen    code of the village that the call taker chose
    """

    where: str = ""
    what: str = ""
    pin: Point | None = None
    by_hand: bool = True
    chosen: str | None = None
    said: SaidPlace = SaidPlace()

    @property
    def text(self) -> str:
        """The words that are weighed."""
        return (self.said.text or self.where)[:LONGEST_TEXT]

    @property
    def away(self) -> str | None:
        """The other regency, where somebody said so and set no pin."""
        return self.said.outside if self.pin is None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """The village that an incident is counted to, and how it came to that."""

    village: VillageRef | None = None
    off_m: float | None = None  # pin this far outside the village; None: inside, or no pin
    outside: bool = False  # luar wilayah
    placement: Placement | None = None  # None: no pin


def record(
    clues: Clues,
    candidate: Candidate | None,
    attribution: Attribution,
    weighed: Weighed,
    witness: Witness,
) -> Json:
    """What is kept: enough to weigh again, to draw, and to say what contradicts what."""
    by = "desa" if attribution.village else None
    if clues.pin is not None:
        by = "petugas" if clues.by_hand else "tempat"
    radius_m = clues.said.radius_m
    return {
        "text": clues.text,
        "key": candidate.key if candidate else None,
        "label": candidate.label if candidate else clues.away,
        "kind": candidate.kind if candidate else None,
        "radius_m": candidate.radius_m if radius_m is None and candidate else radius_m,
        "confidence": clues.said.confidence,
        "answers": [list(answer) for answer in clues.said.answers],
        "villages": _pairs(weighed.villages),
        "sea": round(float(weighed.sea), 4),
        "outside": round(float(weighed.outside), 4),
        # A circle round a pin is drawn when it is looked at: most never are.
        "outline": None if by == "petugas" else outline(weighed.shape),
        "by": by,
        "away": clues.away,
        "confirmed_by": None,
        "chosen": witness.chosen,
        "heard": _pairs(witness.heard),
        "heard_outside": witness.where.outside,
    }


def clues_kept(
    kept: Mapping[str, Any], place_text: str, pin: Point | None, pinned_by: str | None
) -> Clues:
    """What was known when the record was written, and the pin as it stands now."""
    return Clues(
        where=place_text,
        pin=pin,
        by_hand=pinned_by in ("petugas", "desa"),
        chosen=kept.get("chosen"),
        said=SaidPlace(
            text=kept.get("text", ""),
            key=kept.get("key"),
            radius_m=kept.get("radius_m"),
            confidence=kept.get("confidence", 0.68),
            answers=tuple((question, option) for question, option in kept.get("answers", ())),
            outside=kept.get("away"),
        ),
    )


def _pairs(villages: Iterable[VillageChance]) -> list[list[Any]]:
    kept = [v for v in villages if v.p >= _LEAST][:KEPT]
    return [[v.code, round(float(v.p), 4)] for v in kept]


def outline(shape: BaseGeometry | None) -> Json | None:
    """GeoJSON to be drawn; None for nothing, and for a whole village, which the map has."""
    if shape is None or shape.is_empty:
        return None
    fine = _FINE_DEG
    while shapely.get_num_coordinates(shape) > _CORNERS and fine < 1:
        shape, fine = shapely.simplify(shape, fine), fine * 3
    drawn: Json = orjson.loads(shapely.to_geojson(shapely.transform(shape, lambda c: c.round(6))))
    return drawn
