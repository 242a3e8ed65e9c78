"""`tanggap village`: in which village a point lies, and how near its border is."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click
import orjson

from app.parts import owner_transaction
from geo.errors import BadPoint
from geo.locator import Locator
from geo.placement import Placement, VillageRef
from geo.point import Point, pin_at
from geo.villages import placement_at


# A negative latitude is no option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("lon", required=False)
@click.argument("lat", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON object.")
@click.option("--stdin", is_flag=True, help="Read LON LAT a line, answer a JSON object a line.")
def village(lon: str | None, lat: str | None, as_json: bool, stdin: bool) -> None:
    """Say in which village the point LON LAT lies (degrees, WGS 84).

    Bad lines of --stdin are answered with {"error": ..., "line": ...}; the exit code is then 1.
    """
    if stdin:
        sys.exit(_answer_lines(_lines_in()))
    if lon is None or lat is None:
        raise click.UsageError("give LON and LAT, or --stdin")
    point = read_point(lon, lat)
    with owner_transaction() as session:
        placement = placement_at(session, point)
    click.echo(orjson.dumps(answer(placement)) if as_json else sentence(placement))


def _lines_in() -> Iterator[str]:
    """Standard input; what is no text becomes a bad line, not the end."""
    for line in sys.stdin.buffer:
        yield line.decode(errors="replace")


def _answer_lines(lines: Iterable[str]) -> int:
    """Answers each line as it comes; 1 when any was bad, else 0."""
    with owner_transaction() as session:
        locator = Locator.read(session)  # no transaction waits for a slow writer of lines
    bad = False
    for line in _answers(locator, lines):
        bad = bad or "error" in line
        click.echo(orjson.dumps(line))
    return int(bad)


def _answers(locator: Locator, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        try:
            if len(words) != 2:
                raise BadPoint(f"{line.strip()[:80]!r}: give LON LAT")
            yield answer(locator.placement_at(read_point(*words)))
        except BadPoint as wrong:
            yield {"error": str(wrong), "line": number}


def read_point(lon: str, lat: str) -> Point:
    """The point of two typed numbers. Raises BadPoint."""
    try:
        if "_" in lon + lat:  # float() would take 1_10.65
            raise ValueError
        return pin_at(float(lon), float(lat))
    except ValueError:
        raise BadPoint(f"{lon[:40]} {lat[:40]}: give two numbers, longitude first") from None


def answer(placement: Placement) -> dict[str, Any]:
    """The JSON of --json."""
    nearest = placement.nearest
    return {
        "village": _ref(placement.village),
        "border_m": _metres(placement.border_m),
        "neighbour": _ref(placement.neighbour),
        "nearest": (_ref(nearest.village) or {}) | {"distance_m": _metres(nearest.distance_m)}
        if nearest
        else None,
        "edition": placement.edition,
        "status": placement.status,
    }


def sentence(placement: Placement) -> str:
    """One Indonesian sentence for people."""
    tail = f"(batas {placement.edition}, {placement.status})"
    if placement.village is not None and placement.border_m is not None:
        beyond = placement.neighbour
        border = f" dengan {_named(beyond)}" if beyond else ""
        return f"{_named(placement.village)}, {placement.border_m:.0f} m dari batas{border} {tail}"
    if placement.nearest is not None:
        near = placement.nearest
        return f"Luar wilayah; terdekat {_named(near.village)}, {near.distance_m:.0f} m {tail}"
    return f"Luar wilayah, lebih dari 50 km dari desa mana pun {tail}"


def _named(ref: VillageRef) -> str:
    return f"{ref.kind.capitalize()} {ref.name}, Kecamatan {ref.district}"


def _ref(ref: VillageRef | None) -> dict[str, str] | None:
    if ref is None:
        return None
    return {"code": ref.code, "name": ref.name, "kind": ref.kind, "district": ref.district}


def _metres(length: float | None) -> float | None:
    return None if length is None else round(length, 1)
