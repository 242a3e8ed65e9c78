"""Files of named places: which form a file has, and the places in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from geo.gazetteer.place import BadPlace, NewPlace
from geo.gazetteer.readers import geojson, geonames, opensid, osm, table
from geo.gazetteer.readers.reading import Fence, Told

FORMS = ("geojson", "csv", "osm", "geonames", "opensid")
_BY_ENDING = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojsonl": "geojson",
    ".ndjson": "geojson",
    ".pbf": "osm",
    ".osm": "osm",
    ".bz2": "osm",
    ".sql": "opensid",
}


def form_of(path: Path) -> str:
    """One of FORMS, by the ending and, for tables, the first line. Raises BadPlace for others."""
    if form := _BY_ENDING.get(path.suffix.lower()):
        return form
    with path.open("rb") as raw:
        first = raw.readline(64 * 1024)
    if first.count(b"\t") == geonames.COLUMNS - 1:
        return "geonames"
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise BadPlace(f"{path.name}: bentuk tidak dikenal; sebut dengan --format")
    headers = {part.strip(b' "\r\n').lower() for part in first.replace(b";", b",").split(b",")}
    return "opensid" if {b"rt", b"rw", b"dusun"} <= headers else "csv"


def read_places(
    path: Path, form: str, told: Told, *, fence: Fence | None = None, village: str = ""
) -> Iterator[NewPlace]:
    """The places of a file, in its order, inside the fence where one is given.

    form     one of FORMS
    village  Kemendagri code; only OpenSID's tables need it, as they do not say it
    Raises BadPlace for a file that cannot be used; what is wrong with a row, `told` hears.
    """
    match form:
        case "geojson":
            places = geojson.read(path, told)
        case "csv":
            places = table.read(path, told)
        case "osm":
            return osm.read(path, told, fence or Fence())
        case "geonames":
            return geonames.read(path, told, fence or Fence())
        case "opensid" if village:
            places = opensid.read(path, told, village)
        case "opensid":
            raise BadPlace("tabel OpenSID tidak menyebut desanya: beri --village KODE")
        case _:
            raise BadPlace(f"{form!r}: bentuk tidak dikenal")
    return places if fence is None else _inside(places, fence)


def _inside(places: Iterator[NewPlace], fence: Fence) -> Iterator[NewPlace]:
    """Places known by their villages alone stay: these are ours."""
    for place in places:
        where = place.shape
        if where is not None and not fence.meets(where):
            continue
        if (
            where is None
            and place.point is not None
            and not fence.holds(place.point.lon, place.point.lat)
        ):
            continue
        yield place
