"""How often the village is right on real written addresses, against three simple ways.

usage: python -m tests.benches.bench_places [--set build|aside|health] [--misses]
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import orjson
from rapidfuzz.fuzz import partial_ratio
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from geo.finding import Candidate, Found, VillageChance
from geo.geocoder import Finder
from geo.locator import Locator
from geo.naming import normalise
from geo.point import Point
from geo.uncertainty.location import at
from tests.cluster import admin_url, database
from tests.geo import measure
from tests.shared import SHARED
from tests.world import make_world


def main() -> None:
    """Print the table."""
    given = _arguments()
    with admin_url() as admin, database(admin, "filled") as name, TemporaryDirectory() as folder:
        world = make_world(admin, name, Path(folder))
        with world.as_owner() as session:
            finder = Finder.read(session)
            if given.set == "health":
                _health(finder)
            else:
                _report(session, finder, given.set, given.misses)
        world.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=("build", "aside", "health"), default="build")
    parser.add_argument("--misses", action="store_true", help="not for aside: it stays unseen")
    return parser.parse_args()


def _health(finder: Finder) -> None:
    """Addresses of the ministry's list of 2019; the village is that of its point, right or not."""
    path = "data/poi/jepara_health_facilities_2019.geojson"
    features = orjson.loads((SHARED / path).read_bytes())["features"]
    rows = [
        {"text": told["address"], "code": told["village_code"]}
        for told in (feature["properties"] for feature in features)
    ]
    right = measure.villages_right(finder.locate, rows)
    click.echo(f"{right.first} of {right.asked} first, {right.three} in the first three; misses:")
    click.echo("\n".join(right.misses))


def _report(session: Session, finder: Finder, which: str, misses: bool) -> None:
    addresses = measure.rows(f"addresses/{which}.csv")
    ways = {
        "Tanggap": lambda text: finder.locate(text),
        "string match": _StringMatch(finder.locator),
        "pg_trgm alone": _Trigrams(session, finder.locator),
        "rapidfuzz alone": _Fuzzy(finder.locator),
    }
    click.echo(f"| village right, {len(addresses)} addresses ({which}) | first | first three |")
    click.echo("|---|---|---|")
    shown: Sequence[str] = ()
    for name, way in ways.items():
        right = measure.villages_right(way, addresses)
        click.echo(f"| {name} | {right.first_share:.1%} | {right.three_share:.1%} |")
        shown = shown or right.misses
    elsewhere = measure.outside_right(finder.locate, measure.rows(f"elsewhere/{which}.csv"))
    click.echo(f"\nother regencies, {elsewhere.asked}: luar wilayah {elsewhere.first_share:.1%}")
    click.echo(f"by the right name {elsewhere.three_share:.1%}")
    home = sum(finder.locate(row["text"]).outside is not None for row in addresses)
    click.echo(f"ours called luar wilayah: {home} of {len(addresses)}")
    _times(finder, [row["text"] for row in addresses])
    if misses and which == "build":
        click.echo("\n".join(["", *shown, "", *elsewhere.misses]))


def _times(finder: Finder, texts: Sequence[str]) -> None:
    spent = []
    for text in texts:
        began = time.perf_counter()
        finder.locate(text)
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    p99 = spent[int(len(spent) * 0.99)]
    click.echo(f"one text: p50 {statistics.median(spent):.2f} ms, p99 {p99:.2f} ms")


class _Baseline:
    """Names of villages against the text; the answer is the village."""

    def __init__(self, locator: Locator) -> None:
        self._villages = locator.villages
        self._names = [normalise(village.name) for village in self._villages]

    def _found(self, ranked: Sequence[int]) -> Found:
        made = []
        for number in ranked[:3]:
            one = self._villages[number]
            point = Point(lon=0, lat=0)
            chance = VillageChance(one.code, one.name, one.district, 1.0)
            made.append(
                Candidate(
                    key=one.code,
                    label=one.name,
                    kind=one.kind,
                    context="",
                    point=point,
                    radius_m=0,
                    location=at(point),
                    p=1,
                    villages=(chance,),
                    why="",
                    source="",
                )
            )
        return Found(tuple(made))


class _StringMatch(_Baseline):
    """The longest name that stands in the text."""

    def __call__(self, text: str) -> Found:
        said = f" {normalise(text)} "
        there = [n for n, name in enumerate(self._names) if f" {name} " in said]
        return self._found(sorted(there, key=lambda n: -len(self._names[n])))


class _Fuzzy(_Baseline):
    """The name most like a part of the text."""

    def __call__(self, text: str) -> Found:
        said = normalise(text)
        likes = [partial_ratio(name, said) + len(name) / 100 for name in self._names]
        return self._found(sorted(range(len(likes)), key=lambda n: -likes[n]))


class _Trigrams(_Baseline):
    """word_similarity in the database."""

    def __init__(self, session: Session, locator: Locator) -> None:
        super().__init__(locator)
        self._session = session

    def __call__(self, text: str) -> Found:
        ranked = self._session.execute(
            sql(
                "SELECT n - 1 FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS t(name, n)"
                " ORDER BY word_similarity(name, :said) DESC, length(name) DESC LIMIT 3"
            ),
            {"names": self._names, "said": normalise(text)},
        ).scalars()
        return self._found(list(ranked))


if __name__ == "__main__":
    main()
