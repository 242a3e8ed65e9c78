"""A second place by configuration alone: nothing of the first one stands in the code."""

import io
import re
import tokenize
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import calls, choosing, roster
from dispatch.calls import CallReport
from dispatch.demo.clear import clear
from dispatch.demo.day import load_day
from dispatch.ground import Ground
from dispatch.regency import read_regency
from dispatch.rules import hours
from dispatch.schema import Agency, Category, Incident, Ticket, Unit
from geo.boundaries import publish, sources
from geo.boundaries.prepare import load_found
from geo.point import Point
from tests.shared import shared

ROOT = Path(__file__).resolve().parents[2]
MOJOKERTO = read_regency(ROOT / "tests/regencies/kota_mojokerto")
NIGHT = datetime(2026, 11, 20, 19, tzinfo=UTC)  # 02.00 WIB
MERI = Point(lon=112.447937, lat=-7.476445)

NAMES = re.compile(r"jepara|33\.20|tegalsambi|karimun", re.IGNORECASE)
# The first regency is the usual one, and codes in examples must be codes of somewhere.
KNOWN = {
    ("app/config.py", "data/regency/jepara"),
    ("app/cli/boundaries_words.py", "contoh yang benar: 33.20.11.2010"),
}


@pytest.fixture
def ground(session: Session) -> Ground:
    """The second regency, from its files to its villages in force."""
    roster.sync(session, MOJOKERTO, NIGHT)
    manifest = sources.read_manifest(MOJOKERTO.boundaries)
    found = sources.first_available(manifest, ROOT, ROOT / "var/none", None)
    edition, _ = load_found(session, found, manifest.register(), NIGHT, [])
    publish.switch(session, edition.id, NIGHT)
    return Ground.read(session, MOJOKERTO)


def take(session: Session, ground: Ground, **said: object) -> Incident:
    answer = calls.take_call(
        session,
        CallReport(**said),
        NIGHT,
        ground,
        write_answer=lambda taken: {"incident": taken.incident_id},
    )
    return session.get_one(Incident, answer.body["incident"])


def test_another_place_is_synced_from_its_own_files(session):
    roster.sync(session, MOJOKERTO, NIGHT)
    assert session.scalar(select(func.count()).select_from(Unit)) == len(MOJOKERTO.units)
    assert session.get(Category, "becak") is not None


def test_it_keeps_its_own_hours():
    assert hours.is_open(MOJOKERTO.hours, NIGHT)
    assert hours.text(MOJOKERTO.hours, NIGHT) == "Layanan buka 24 jam."


def test_a_call_there_gets_its_village_and_the_agencies_of_its_area(session, ground):
    shared("data/village_boundaries/kota_mojokerto.geojson")
    incident = take(session, ground, where="Meri", what="sampah", category="sampah", pin=MERI)
    assert incident.village_code == "35.76.03.1003"
    owed = session.scalars(
        select(Agency.code)
        .join(Ticket, Ticket.agency_id == Agency.id)
        .where(Ticket.incident_id == incident.id)
    )
    assert set(owed) == {"dlh", "kranggan"}
    assert not incident.after_hours


def test_its_units_are_suggested_at_its_speed(session, ground):
    incident = take(session, ground, where="Meri", what="api", category="kebakaran", pin=MERI)
    choice = choosing.suggest_units(session, incident.id, ground, NIGHT)
    assert choice.units[0].unit.call_sign == "DMK-1"


def test_the_demo_plays_there_too(session, ground):
    assert load_day(session, ground, NIGHT, calls=12) >= 12
    codes = set(session.scalars(select(Incident.category_code)))
    assert codes <= {c.code for c in MOJOKERTO.categories}
    assert clear(session, NIGHT).calls >= 12


def test_nothing_of_the_first_place_stands_in_the_code():
    found = {
        (str(path.relative_to(ROOT)), line.strip())
        for folder in ("app", "dispatch", "geo", "static")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "vendor" not in path.parts and "__pycache__" not in path.parts
        for line in said_lines(path)
        if NAMES.search(line)
    }
    unknown = [
        (file, line)
        for file, line in found
        if not any(file == known and words in line for known, words in KNOWN)
    ]
    assert unknown == []


def said_lines(path: Path) -> list[str]:
    """The lines of a file; of Python names and texts only: comments may give examples."""
    try:
        written = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    if path.suffix != ".py":
        return written.splitlines()
    lines = []
    for token in tokenize.generate_tokens(io.StringIO(written).readline):
        words = token.type in (tokenize.STRING, tokenize.NAME)
        if words and not token.string.lstrip("rbfu").startswith('"""'):
            lines.append(token.string)
    return lines
