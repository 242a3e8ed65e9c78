"""tanggap boundaries: check a file, load it beside, see what it changes, put it in force."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
import orjson
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.cli import boundaries_words as words
from app.config import ROOT, MissingSetting, Settings
from app.parts import owner_transaction
from dispatch import editions
from dispatch.errors import BadConfiguration
from dispatch.log import record
from dispatch.regency import Regency, read_regency
from geo import drawing
from geo.boundaries import publish, sources
from geo.boundaries.check import check as check_reading
from geo.boundaries.faults import Unusable
from geo.boundaries.features import Fields
from geo.boundaries.land import Bridge
from geo.boundaries.prepare import Prepared, load_found
from geo.boundaries.read import read
from geo.boundaries.second import believe
from geo.schema import Edition

BAD_INPUT, REFUSED = 2, 1
Given = ParamSpec("Given")

file_type = click.Path(path_type=Path)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
field_option = click.option(
    "--field",
    "renamed",
    multiple=True,
    metavar="WHAT=COLUMN",
    help="Column that holds code, name, kind or district.",
)
layer_option = click.option("--layer", help="Layer of a GeoPackage that holds several.")
drop_option = click.option(
    "--drop-uncoded", is_flag=True, help="Leave out features without a village code."
)


@click.group()
def boundaries() -> None:
    """Village boundaries: check, load, publish, list."""


def speaks(command: Callable[Given, None]) -> Callable[Given, None]:
    """A refusal becomes one sentence: exit code 2 for a bad file, 1 for what cannot be done."""

    @wraps(command)
    def spoken(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Unusable as error:
            code = REFUSED if error.fault in words.REFUSALS else BAD_INPUT
            _end(code, words.fault_words(error))
        except (MissingSetting, BadConfiguration) as error:
            _end(REFUSED, str(error))
        except OperationalError:
            _end(REFUSED, "Basis data tidak menjawab; jalankan ./run --no-serve dulu.")

    return spoken


@boundaries.command()
@click.argument("file", type=file_type)
@click.option("--no-register", is_flag=True, help="Do not hold it against the place's register.")
@field_option
@layer_option
@json_option
@speaks
def check(
    file: Path, no_register: bool, renamed: Sequence[str], layer: str | None, as_json: bool
) -> None:
    """Report what is wrong with FILE; needs no database. Exit code 1 when it cannot be loaded."""
    register = None if no_register else _manifest(_regency()).register()
    report = check_reading(read(file, _fields(renamed), layer), register)
    if as_json:
        _say_json(report.as_dict())
    else:
        _say(words.report_lines(file.name, report))
    if report.blocked:
        raise SystemExit(REFUSED)


@boundaries.command()
@click.argument("file", type=file_type, required=False)
@click.option("--key", help="Short name of the edition; default: the file's name.")
@click.option("--title", help="What people read.")
@click.option("--status", type=click.Choice(sources.STATUSES), help="Default: terbitan.")
@click.option("--source", help="Who made it, and where it was had.")
@click.option("--licence", help="As the source states it.")
@field_option
@layer_option
@drop_option
@json_option
@speaks
def load(
    file: Path | None,
    renamed: Sequence[str],
    layer: str | None,
    drop_uncoded: bool,
    as_json: bool,
    **about: str | None,
) -> None:
    """Mend FILE and load it beside the edition in force, which stays in force.

    Without FILE, the first edition of the place's manifest that can be had.
    """
    regency = _regency()
    manifest = _manifest(regency)
    named = None
    if file is not None:
        fields = _fields(renamed)
        named = sources.named_file(
            file, **about, fields=fields, layer=layer, drop_uncoded=drop_uncoded
        )
    found = sources.first_available(manifest, ROOT, _settings().state_folder / "boundaries", named)
    _progress_skipped(found)
    _progress(f"Membaca dan merapikan {found.path or manifest.register_path} ...")
    with owner_transaction() as session:
        edition, prepared = load_found(
            session, found, manifest.register(), datetime.now(UTC), _bridges(regency)
        )
        answer = _edition_dict(edition) | {"report": prepared.summary()}
    if as_json:
        _say_json(answer)
    else:
        _say(_loaded_lines(answer["key"], prepared))


@boundaries.command("publish")
@click.argument("key")
@click.option("--commit", is_flag=True, help="Switch; without it only show what would change.")
@json_option
@speaks
def publish_edition(key: str, commit: bool, as_json: bool) -> None:
    """Show what edition KEY would change, and put it in force with --commit."""
    regency = _regency()
    with owner_transaction() as session:
        edition = publish.get_edition(session, key)
        found = publish.differences(session, edition)
        moves = editions.moves(session, edition.id, regency.shore_m)
        incidents = editions.open_incidents(session)
        if commit:
            editions.switch(session, edition.id, datetime.now(UTC))
    if as_json:
        moving = [asdict(move) for move in moves]
        _say_json(
            {
                "key": key,
                "switched": commit,
                "open_incidents": incidents,
                "moves": moving,
                "differences": asdict(found),
            }
        )
        return
    _say(words.difference_lines(found))
    _say(words.move_lines(moves, incidents))
    if commit:
        click.echo(f"Edisi {key} sekarang berlaku.")
    else:
        click.echo("Belum ada yang berubah; tambahkan --commit untuk memberlakukannya.")


@boundaries.command("list")
@json_option
@speaks
def list_editions(as_json: bool) -> None:
    """Editions in the database, and those that the place's manifest knows."""
    manifest = _manifest(_regency())
    with owner_transaction() as session:
        loaded = [_edition_dict(one) for one in session.scalars(select(Edition).order_by("id"))]
    known = [
        {"key": one.key, "form": one.form.value, "status": one.status, "title": one.title}
        for one in manifest.sources
    ]
    if as_json:
        _say_json({"loaded": loaded, "known": known})
        return
    click.echo("Edisi di basis data:" if loaded else "Belum ada edisi di basis data.")
    for one in loaded:
        mark = "berlaku" if one["in_force"] else "menunggu"
        click.echo(f"  {one['key']} [{one['status']}, {mark}] {one['title']}")
    click.echo(f"Dikenal untuk {manifest.place}, menurut urutan pilihan:")
    for entry in known:
        click.echo(f"  {entry['key']} [{entry['status']}, {entry['form']}] {entry['title']}")


@boundaries.command("second")
@click.argument("key", required=False)
@click.option("--weight", default=0.3, show_default=True, type=click.FloatRange(0.01, 0.99))
@click.option("--none", "nobody", is_flag=True, help="Ask the edition in force alone.")
@speaks
def second_opinion(key: str | None, weight: float, nobody: bool) -> None:
    """Believe the edition KEY in part: where it disagrees with the one in force is doubt."""
    if (key is None) != nobody:
        raise click.UsageError("tulis KEY sebuah edisi, atau --none")
    with owner_transaction() as session:
        believe(session, key, weight)
        record(session, "places.changed", edition=key)
    if key is None:
        click.echo("Hanya edisi yang berlaku yang ditanya.")
    else:
        click.echo(f"Edisi {key} ikut ditanya, bobot {weight:g}; yang berlaku tetap berlaku.")


@boundaries.command()
@click.argument("key", required=False)
@speaks
def draw(key: str | None) -> None:
    """Draw the outlines of edition KEY, or of all, anew for the map; then restart the servers."""
    with owner_transaction() as session:
        found = [publish.get_edition(session, key)] if key else session.scalars(select(Edition))
        for edition in found:
            drawings = drawing.draw_edition(session, edition.id)
            told = (f"{one.tolerance_m} m {words.number(one.corners)}" for one in drawings)
            click.echo(f"{edition.key}: sudut pada {', '.join(told)}")


def _settings() -> Settings:
    """The settings; to check a file, a house without a database will do."""
    return Settings.from_environment({"DATABASE_URL": "none", "SECRET_KEY": "none"} | os.environ)


def _regency() -> Regency:
    return read_regency(_settings().regency_folder)


def _manifest(regency: Regency) -> sources.Manifest:
    return sources.read_manifest(regency.boundaries)


def _bridges(regency: Regency) -> list[Bridge]:
    return [(bridge.one, bridge.other) for bridge in regency.bridges]


def _fields(renamed: Sequence[str]) -> Fields:
    """The usual names, with the ones given as WHAT=COLUMN in front."""
    known: dict[str, tuple[str, ...]] = asdict(Fields())
    for pair in renamed:
        what, _, column = pair.partition("=")
        if what not in known or not column:
            wanted = ", ".join(f"{name}=KOLOM" for name in known)
            raise click.BadParameter(f"{pair!r}: tulis salah satu dari {wanted}")
        known[what] = (column, *known[what])
    return Fields(**known)


def _edition_dict(edition: Edition) -> dict[str, Any]:
    names = ("key", "title", "status", "source", "licence", "sha256", "loaded_at", "in_force")
    return {name: getattr(edition, name) for name in names}


def _loaded_lines(key: str, prepared: Prepared) -> Iterator[str]:
    yield from words.mended_lines(prepared)
    yield f"Edisi {key} dimuat: {words.number(len(prepared.mended.features))} desa; belum berlaku."
    yield f"Lihat dampaknya: tanggap boundaries publish {key}"


def _progress_skipped(found: sources.Found) -> None:
    for key, reason in found.skipped:
        _progress(f"{key} tidak tersedia: {words.fault_words(reason)}")


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _say(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)


def _say_json(answer: Any) -> None:
    click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())


def _end(code: int, sentence: str) -> None:
    click.echo(sentence, err=True)
    raise SystemExit(code)
