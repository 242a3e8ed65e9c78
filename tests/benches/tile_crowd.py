"""For the benches of the tiles: which tiles to ask for, by whom, and a process that asks."""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geo.map_cells import column_row
from geo.point import Point
from tests.cluster import ROOT
from tests.faults.talk import Talker
from tests.world import World

CHANCE = random.Random(18)  # noqa: S311 - the same tiles each time
_PINS = text(
    "SELECT ST_X(pin), ST_Y(pin) FROM incident WHERE state <> 'ditutup' AND pin IS NOT NULL"
    " ORDER BY md5(id::text) LIMIT 4000"
)


def tiles(world: World, zooms: Sequence[int], most: int) -> list[tuple[int, int, int]]:
    """Tiles that hold incidents, of each zoom at most so many, as often as people look there."""
    with world.as_owner() as session:
        pins = [Point(lon=lon, lat=lat) for lon, lat in session.execute(_PINS)]
    found: list[tuple[int, int, int]] = []
    for z in zooms:
        here = list(dict.fromkeys((z, *column_row(pin, z)) for pin in pins))
        found += here[:most]
    CHANCE.shuffle(found)
    return found


def head(talker: Talker) -> str:
    """The lines of somebody who is logged in."""
    return f"Cookie: {talker.cookie}\r\nAccept-Encoding: gzip\r\n"


def never_asked(places: Sequence[tuple[int, int, int]], count: int) -> list[str]:
    """Paths of tiles that nobody can have kept: each with another moment from which on."""
    then = datetime.now(UTC) - timedelta(days=400)
    paths = []
    for n in range(count):
        z, x, y = places[n % len(places)]
        since = then - timedelta(seconds=n + CHANCE.randrange(10**6))
        paths.append(f"/api/tiles/incidents/{z}/{x}/{y}?since={since:%Y-%m-%dT%H:%M:%SZ}")
    return paths


@contextmanager
def asking(
    port: int, connections: int, seconds: float, head: str, paths: list[str]
) -> Iterator[Any]:
    """The generator at work beside the block; call what comes to have its figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "asked.json")
        file.write_text(json.dumps({"head": head, "paths": paths}))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benches.fetch", str(port), str(connections),
             str(seconds), str(file)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

        def figures() -> dict[str, Any]:
            out, err = process.communicate(timeout=seconds + 60)
            if process.returncode:
                raise RuntimeError(err[-2000:])
            told: dict[str, Any] = json.loads(out)
            return told

        try:
            yield figures
        finally:
            process.kill()
            process.wait()


def ask(port: int, connections: int, seconds: float, head: str, paths: list[str]) -> dict[str, Any]:
    """The generator's figures, once it has come to its end."""
    with asking(port, connections, seconds, head, paths) as figures:
        told: dict[str, Any] = figures()
    return told
