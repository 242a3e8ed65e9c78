"""`tanggap regency`: check the configuration of a regency before it is put to work."""

from pathlib import Path

import click
import orjson

from app.config import Settings
from dispatch.errors import BadConfiguration
from dispatch.regency import Regency, read_regency


@click.group()
def regency() -> None:
    """Check the configuration of a regency."""


@regency.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON object.")
def check(folder: Path | None, as_json: bool) -> None:
    """Read FOLDER (default: the one in use) as a whole and count what it holds.

    Needs no database when FOLDER is given.
    Exit code 1 with the file, the entry, the field and what would be right when it is wrong.
    """
    try:
        found = read_regency(folder or Settings.from_environment().regency_folder)
    except BadConfiguration as wrong:
        answer = orjson.dumps({"ok": False, "error": str(wrong)}).decode()
        click.echo(answer if as_json else f"Konfigurasi belum benar: {wrong}", err=not as_json)
        raise SystemExit(1) from wrong
    if as_json:
        about = {"ok": True, "code": found.code, "name": found.name}
        click.echo(orjson.dumps(about | counts(found) | {"notes": notes(found)}))
        return
    click.echo(f"{found.name} ({found.code}), {found.service}")
    for what, count in counts(found).items():
        click.echo(f"  {count:4d} {NAMES[what]}")
    for note in notes(found):
        click.echo(f"  perhatikan: {note}")


NAMES = {
    "agencies": "instansi",
    "categories": "kategori",
    "restricted": "kategori terbatas",
    "stations": "pos",
    "assumed": "pos yang letaknya perkiraan",
    "units": "unit",
    "boats": "perahu",
    "users": "pengguna demo",
}


def counts(found: Regency) -> dict[str, int]:
    """How many of each; keys as in NAMES."""
    return {
        "agencies": len(found.agencies),
        "categories": len(found.categories),
        "restricted": sum(c.group is not None for c in found.categories),
        "stations": len(found.stations),
        "assumed": sum(s.assumed for s in found.stations),
        "units": len(found.units),
        "boats": sum(u.by_sea for u in found.units),
        "users": len(found.users),
    }


def notes(found: Regency) -> list[str]:
    """What is allowed, but worth a look."""
    homes = {u.station for u in found.units}
    lonely = [s.code for s in found.stations if s.code not in homes]
    said = []
    if lonely:
        said.append(f"pos tanpa unit: {', '.join(lonely)}")
    if not (found.boundaries / "manifest.toml").is_file():
        said.append(f"belum ada manifest.toml di {found.boundaries}")
    if not found.hours.windows:
        said.append("tidak ada jam layanan: semua panggilan ditandai di luar jam")
    return said
