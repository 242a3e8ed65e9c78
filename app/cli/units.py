"""`tanggap units`: list the units, take them off and on duty, hand out tokens of devices."""

from datetime import UTC, datetime

import click
import orjson

from app.config import Settings
from app.parts import owner_transaction
from dispatch import roster, tokens
from dispatch.regency import read_regency
from dispatch.roster import UnitLine
from dispatch.rules.workflow import UnitState

BY_HAND = (UnitState.FREE.value, UnitState.OFF_DUTY.value)


@click.group()
def units() -> None:
    """List units, take them off and on duty, hand out tokens for their devices."""


@units.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON list.")
def list_all(as_json: bool) -> None:
    """All units in service with their state and home; ~ marks a home that is only assumed."""
    with owner_transaction() as session:
        lines = roster.list_units(session)
    if as_json:
        click.echo(orjson.dumps([_answer(line) for line in lines]))
        return
    zone = read_regency(Settings.from_environment().regency_folder).hours.zone
    for line in lines:
        since = line.state_since.astimezone(zone)
        mark = "~" if line.assumed else " "
        click.echo(
            f"{line.call_sign:8s} {line.kind:9s} {line.agency:16s} {line.state.value:13s}"
            f" {since:%d/%m %H.%M}  {mark}{line.station}"
        )
    click.echo(f"{len(lines)} unit; ~ letak pos perkiraan")


@units.command()
@click.argument("call_sign")
@click.argument("state", type=click.Choice(BY_HAND))
def state(call_sign: str, state: str) -> None:
    """Take CALL_SIGN off duty (lepas_dinas) or on again (siap)."""
    with owner_transaction() as session:
        roster.set_duty(session, call_sign.upper(), UnitState(state), datetime.now(UTC))
    click.echo(f"{call_sign.upper()}: {state}")


@units.command()
@click.argument("call_sign")
@click.option("--label", default="", help="Which device: its owner, its number, where it is fixed.")
def token(call_sign: str, label: str) -> None:
    """A new token, with which a device sends positions of CALL_SIGN. It is shown this once."""
    with owner_transaction() as session:
        unit_id = tokens.unit_of_call_sign(session, call_sign.upper())
        made = tokens.make(session, unit_id, label, datetime.now(UTC))
    click.echo(f"{call_sign.upper()}: token {made.id}\n{made.token}")


@units.command("tokens")
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON list.")
def list_tokens(as_json: bool) -> None:
    """All tokens with their unit, when they were last used, and which were taken back."""
    with owner_transaction() as session:
        rows = tokens.list_of(session)
    if as_json:
        click.echo(orjson.dumps([row._asdict() for row in rows]))
        return
    zone = read_regency(Settings.from_environment().regency_folder).hours.zone
    for row in rows:
        used = f"dipakai {row.used_at.astimezone(zone):%d/%m %H.%M}" if row.used_at else "-"
        state = "dicabut" if row.revoked_at else used
        click.echo(f"{row.id:5d} {row.call_sign:8s} {state:20s} {row.label}")
    click.echo(f"{len(rows)} token")


@units.command()
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """Take the token with that number back: a lost phone, a new crew."""
    with owner_transaction() as session:
        tokens.revoke(session, token_id, datetime.now(UTC))
    click.echo(f"token {token_id}: dicabut")


def _answer(line: UnitLine) -> dict[str, object]:
    return {
        "call_sign": line.call_sign,
        "kind": line.kind,
        "agency": line.agency,
        "station": line.station,
        "state": line.state.value,
        "state_since": line.state_since.isoformat(),
        "assumed": line.assumed,
        "by_sea": line.by_sea,
    }
