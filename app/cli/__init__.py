"""The command `tanggap`: each group of commands in a file of its own, read only when it is used."""

import importlib
import sys
from collections.abc import Mapping

import click
from sqlalchemy.exc import OperationalError

from app.config import MissingSetting
from dispatch.errors import DispatchError
from geo.errors import GeoError

# name: (module, attribute, one line of help)
COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "boundaries": ("app.cli.boundaries", "boundaries", "Check, load, publish and list boundaries."),
    "clocks": ("app.cli.clocks", "clocks", "Say what is due when; reckon due dates anew."),
    "demo": ("app.cli.demo", "demo", "Play an invented day, and clear it away."),
    "desa": ("app.cli.parts_register", "desa", "Registers of villages: dusun, RW, RT, people."),
    "doctor": ("app.cli.doctor", "doctor", "Check that this installation is sound."),
    "locate": ("app.cli.locate", "locate", "Say where words, or the rows of a table, may be."),
    "places": ("app.cli.places", "places", "Import, list and take back the names of places."),
    "regency": ("app.cli.regency", "regency", "Check the configuration of a regency."),
    "roads": ("app.cli.roads", "roads", "Import, list and choose the network of roads."),
    "sender": ("app.cli.sender", "sender", "Send what the outbox holds."),
    "serve": ("app.cli.serve", "serve", "Serve the screens and the API."),
    "sp4n": ("app.cli.sp4n", "sp4n", "Exchange reports with SP4N-LAPOR; report calls to 112."),
    "units": ("app.cli.units", "units", "List units, take them off and on duty."),
    "up": ("app.cli.up", "up", "Bring the database up to date and fill it."),
    "users": ("app.cli.users", "users", "Add, list and disable users."),
    "village": ("app.cli.village", "village", "Say in which village a point lies."),
    "worker": ("app.cli.worker", "worker", "Do the long analyses that planners ask for."),
}


class LazyGroup(click.Group):
    """Reads a command's file only when it is asked for: `tanggap --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tanggap")
def cli() -> None:
    """Tanggap: dispatch and incident mapping by village."""


def main() -> None:
    """Run; what cannot be done is said in one sentence, without a trace."""
    try:
        cli(prog_name="tanggap")
    except (GeoError, DispatchError, MissingSetting) as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(2)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        click.echo(f"the database does not answer: {reason}\n-> ./run --no-serve", err=True)
        sys.exit(1)
