"""`tanggap places`: search, list and import the named places of the gazetteer."""

from pathlib import Path

import click
import orjson
from sqlalchemy import func, select

from app.parts import owner_transaction
from geo import gazetteer, geocoder
from geo.gazetteer import BadPlace, Match
from geo.schema import Place


@click.group()
def places() -> None:
    """Search, list and import places."""


@places.command(context_settings={"ignore_unknown_options": True})
@click.argument("text", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON list.")
@click.option("--limit", default=8, show_default=True, type=click.IntRange(1, 50))
def search(text: tuple[str, ...], as_json: bool, limit: int) -> None:
    """Places that TEXT can mean, best first: names, or coordinates with the latitude first."""
    with owner_transaction() as session:
        found = geocoder.locate(session, " ".join(text), limit)
    if as_json:
        click.echo(orjson.dumps([_answer(match) for match in found]))
        return
    for match in found:
        click.echo(f"{match.score:.2f}  {match.label} ({match.kind}) {match.context}")
    if not found:
        click.echo("tidak ada tempat yang cocok")


@places.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Name of the source; default the file's own name.")
def import_file(file: Path, source: str | None) -> None:
    """Take the points of FILE.geojson, in place of those taken earlier from that source."""
    try:
        features = orjson.loads(file.read_bytes())["features"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as wrong:
        raise BadPlace(f"{file}: not a GeoJSON FeatureCollection ({wrong})") from wrong
    with owner_transaction() as session:
        count = gazetteer.import_places(session, features, source or f"file:{file.name}")
    click.echo(f"{count} tempat")


@places.command("list")
def list_sources() -> None:
    """How many places each source gave, by kind."""
    with owner_transaction() as session:
        rows = session.execute(
            select(Place.source, Place.kind, func.count())
            .group_by(Place.source, Place.kind)
            .order_by(Place.source, Place.kind)
        ).all()
    for source, kind, count in rows:
        click.echo(f"{count:6d}  {kind:20s}  {source}")


def _answer(match: Match) -> dict[str, object]:
    return {
        "label": match.label,
        "kind": match.kind,
        "context": match.context,
        "lon": match.point.lon,
        "lat": match.point.lat,
        "spread_m": match.spread_m,
        "village_code": match.village_code,
        "score": round(match.score, 3),
        "source": match.source,
    }
