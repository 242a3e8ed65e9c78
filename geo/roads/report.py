"""What an import found, in numbers and in sentences a newcomer understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from geo.point import Box
from geo.roads.network import Network
from geo.roads.parts import Part
from geo.roads.raw import Extract

Report = dict[str, Any]

MOST_PARTS = 20  # that are described one by one
SIDES = {"left": "kiri", "right": "kanan"}
_TURNS = {"left": "searah jarum jam", "right": "berlawanan arah jarum jam"}


def report_of(
    network: Network,
    extract: Extract,
    drives_on: str,
    place_of: Callable[[float, float], str | None] = lambda lon, lat: None,
) -> Report:
    """Counts, kilometres, parts, ferries, what was left out; as JSON takes it.

    place_of  the village of a lon and lat, for the names of parts
    """
    alone = network.component >= network.parts_count
    return {
        "ways": len(extract.ways),
        "roads": len(network.start),
        "junctions": int(max(network.start.max(), network.finish.max())) + 1,
        "km": _km(network.length_m),
        "km_by_kind": _km_by_kind(network),
        "oneway_roads": int(network.oneway.sum()),
        "oneway_km": _km(network.length_m[network.oneway]),
        "signed_km": _km(network.length_m[np.isfinite(network.speed_kmh)]),
        "signals": len(network.signals),
        "turn_bans": len(network.bans),
        "parts_count": network.parts_count,
        "parts": [_part(one, place_of) for one in network.parts(MOST_PARTS)],
        "lone_oneways": {"roads": int(alone.sum()), "km": _km(network.length_m[alone])},
        "ferries": [_ferry(network, number) for number in range(len(network.ferries))],
        "ferries_without_road": network.ferries_without_road,
        "left_out": dict(extract.left_out.most_common()),
        "winding": asdict(network.winding),
        "extent": _box(extent_of(network)),
        "warnings": warnings_of(network, drives_on),
    }


def warnings_of(network: Network, drives_on: str) -> list[str]:
    """Sentences on what may be wrong; empty where nothing is."""
    said = []
    if (side := network.winding.side) is not None and side != drives_on:
        turning = network.winding.clockwise if side == "left" else network.winding.anticlockwise
        said.append(
            f"{turning} bundaran berputar {_TURNS[side]}: di sana orang berjalan di {SIDES[side]},"
            f" tetapi jaringan ini disetel {SIDES[drives_on]}. Periksa --drives-on, atau apakah"
            " arah jalannya terbalik"
        )
    inside = float(network.length_m[network.component == 0].sum())
    if inside < 0.8 * float(network.length_m.sum()):
        share = inside / float(network.length_m.sum())
        said.append(
            f"bagian terbesar hanya {share:.0%} dari panjang jalan: berkas mungkin terpotong, atau"
            " garis-garisnya tidak bertemu di titik yang sama"
        )
    return said


def part_sentence(part: dict[str, Any]) -> str:
    """One part, as in: bagian 2: 14 ruas, 3,1 km di sekitar Jl. X, tidak tersambung."""
    near = part["name"] or "jalan tanpa nama"
    place = f" ({part['place']})" if part["place"] else ""
    tied = "" if part["number"] == 0 else ", tidak tersambung pulang-pergi dengan bagian terbesar"
    return (
        f"bagian {part['number'] + 1}: {whole(part['roads'])} ruas, {length(part['km'])}"
        f" di sekitar {near}{place}{tied}"
    )


def whole(number: int) -> str:
    """As in 7.921."""
    return f"{number:,}".replace(",", ".")


def length(km: float) -> str:
    """As in 3.134,0 km; under a kilometre in metres."""
    if km < 1.0:
        return f"{km * 1000:.0f} m"
    return f"{km:,.1f} km".translate(str.maketrans(",.", ".,"))


def extent_of(network: Network) -> Box:
    """That the roads span."""
    west, south = network.coords.min(axis=0).tolist()
    east, north = network.coords.max(axis=0).tolist()
    return Box(west=west, south=south, east=east, north=north)


def _km_by_kind(network: Network) -> dict[str, float]:
    metres = Counter[str]()
    for kind, length_m in zip(network.kinds, network.length_m.tolist(), strict=True):
        metres[kind] += length_m
    return {kind: round(length / 1000.0, 3) for kind, length in metres.most_common()}


def _part(part: Part, place_of: Callable[[float, float], str | None]) -> dict[str, Any]:
    return asdict(part) | {"km": round(part.km, 3), "place": place_of(part.lon, part.lat)}


def _ferry(network: Network, number: int) -> dict[str, Any]:
    ferry = network.ferries[number]
    return {
        "code": ferry.code,
        "name": ferry.name,
        "crossing_s": round(ferry.crossing_s),
        "is_timed": ferry.is_timed,
        "every_s": ferry.every_s,
        "vehicles": ferry.vehicles,
    }


def _km(length_m: Any) -> float:
    return round(float(np.sum(length_m)) / 1000.0, 3)


def _box(box: Box) -> list[float]:
    return [round(edge, 6) for edge in (box.west, box.south, box.east, box.north)]
