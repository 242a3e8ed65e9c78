"""Questions in words, and the things near a place that questions can be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.finding import Asking, Option
from geo.gazetteer.entries import Entry
from geo.point import Point
from geo.search.names import Names
from geo.shapes import Floats, LocalScale
from geo.uncertainty.cloud import OUTSIDE, SEA
from geo.uncertainty.questions import NEITHER, UNSURE, Question, Road, RtArea, Side
from geo.uncertainty.questions import Option as Choice

_LANDMARK_M = 150.0  # a thing that reaches farther has no clear sides
_MOST = 12
_NEAREST_M = 300.0  # look at least so far for landmarks
_ASKABLE = frozenset({
    "tempat", "persimpangan", "pasar", "ibadah", "kesehatan", "sekolah", "kantor", "terminal",
    "pelabuhan", "jembatan", "puskesmas",
})  # fmt: skip

_TEXT = {
    "id": {
        "desa": "{0} atau {1}?",
        "sisi": "Di sebelah {0} atau {1} {thing}?",
        "jalan": "Di sisi {0} atau {1} {thing}?",
        "rt": "{0} atau {1}?",
        NEITHER: "bukan keduanya",
        UNSURE: "tidak tahu",
        SEA: "di laut",
        OUTSIDE: "luar wilayah",
    },
    "en": {
        "desa": "{0} or {1}?",
        "sisi": "To the {0} or the {1} of {thing}?",
        "jalan": "On the {0} or the {1} side of {thing}?",
        "rt": "{0} or {1}?",
        NEITHER: "neither",
        UNSURE: "not known",
        SEA: "at sea",
        OUTSIDE: "another regency",
        "utara": "north", "selatan": "south", "timur": "east", "barat": "west",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spots:
    """Landmarks, roads and RT of the gazetteer, to be asked about."""

    landmarks: tuple[Side, ...]
    roads: tuple[Road, ...]
    rts: tuple[RtArea, ...]
    _where: Floats  # (landmarks, 2) lon, lat

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Spots:
        """Only what has a place of its own, small enough to have sides."""
        small = [
            entry
            for entry in entries
            if entry.point and entry.kind in _ASKABLE and entry.spread_m <= _LANDMARK_M
        ]
        return cls(
            landmarks=tuple(Side(str(e.id), e.name, e.point) for e in small if e.point),
            roads=tuple(
                Road(str(e.id), e.name, e.shape)
                for e in entries
                if e.shape is not None and e.kind == "jalan"
            ),
            rts=tuple(
                RtArea(_rt_number(e), place, e.villages[0])
                for e in entries
                if e.kind == "rt" and e.villages and (place := e.shape or e.point) is not None
            ),
            _where=np.array([(e.point.lon, e.point.lat) for e in small if e.point]).reshape(-1, 2),
        )

    def near(self, centre: Point, radius_m: float) -> tuple[list[Side | Road], list[RtArea]]:
        """What lies close enough to be asked about, nearest first; few."""
        scale = LocalScale.at(centre.lat)
        away = np.hypot(
            (self._where[:, 0] - centre.lon) * scale.lon_m,
            (self._where[:, 1] - centre.lat) * scale.lat_m,
        )
        reach = max(radius_m * 1.5, _NEAREST_M)
        order = [int(n) for n in np.argsort(away)[:_MOST] if away[n] <= reach]
        sides: list[Side | Road] = [self.landmarks[n] for n in order]
        box = shapely.Point(centre.lon, centre.lat).buffer(reach / scale.lat_m)
        sides += [road for road in self.roads if shapely.intersects(road.line, box)][:_MOST]
        return sides, [rt for rt in self.rts if shapely.intersects(_shape(rt), box)]


def _rt_number(entry: Entry) -> int:
    """From its name, "RT 003 RW 001 Gegunung"; 0 where it has none."""
    digits = [word for word in entry.names[0].split() if word.isdigit()]
    return int(digits[0]) if digits else 0


def _shape(rt: RtArea) -> shapely.Geometry:
    where = rt.place
    return shapely.Point(where.lon, where.lat) if isinstance(where, Point) else where


def in_words(question: Question, names: Names, language: str) -> Asking:
    """The question and its options as they are read to the caller."""
    words = _TEXT.get(language, _TEXT["id"])
    labels = [_label(choice, names, words) for choice in question.options]
    text = words[question.kind.value].format(*labels, thing=question.about)
    options = [
        Option(key=choice.key, label=label)
        for choice, label in zip(question.options, labels, strict=True)
    ]
    if question.neither:
        options.append(Option(key=NEITHER, label=words[NEITHER]))
    options.append(Option(key=UNSURE, label=words[UNSURE]))
    return Asking(
        key=question.key,
        kind=question.kind.value,
        text=text[:1].upper() + text[1:],
        options=tuple(options),
        gain_bits=question.gain_bits,
    )


def _label(choice: Choice, names: Names, words: dict[str, str]) -> str:
    if choice.side:
        return words.get(choice.side, choice.side)
    if choice.village is None:
        return words.get(choice.key, choice.key)
    village = names.by_code[choice.village]
    twins = sum(1 for other in names.by_code.values() if other.name == village.name) > 1
    name = f"{village.name} ({village.district})" if twins else village.name
    return f"RT {choice.rt} {name}" if choice.rt is not None else name
