"""`tanggap places`: list and import the named places of the gazetteer."""

from pathlib import Path

import click
import orjson

from app.parts import owner_transaction
from geo import gazetteer
from geo.gazetteer import BadPlace


@click.group()
def places() -> None:
    """List and import places."""


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
