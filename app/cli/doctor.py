"""`tanggap doctor`: a list of checks, each with a title and a hint."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import click
import orjson
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from app import migrate
from app.config import ROOT, Settings
from app.durability import unsafe_settings
from app.parts import owner_transaction
from app.press import PROGRAMS
from dispatch.regency import read_regency
from dispatch.schema import User
from dispatch.scope import Role
from geo.elsewhere import VENDOR

Ask = Callable[[Session, Settings], str | None]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `ask` says what is wrong, or None.

    must   False: good to have, and no fault where it is not
    """

    title: str
    hint: str
    ask: Ask
    must: bool = True


CHECKS: list[Check] = []


def check(title: str, hint: str, *, must: bool = True) -> Callable[[Ask], Ask]:
    """Add a check to the list."""

    def add(ask: Ask) -> Ask:
        CHECKS.append(Check(title, hint, ask, must))
        return ask

    return add


@check("PostgreSQL keeps what it has acknowledged", "set fsync = on and full_page_writes = on")
def fsync(session: Session, _: Settings) -> str | None:
    """A power cut must lose nothing that was written."""
    return ", ".join(unsafe_settings(session, "fsync", "full_page_writes")) or None


@check("A commit waits for the disk", "set synchronous_commit = on (or remote_write, remote_apply)")
def synchronous(session: Session, _: Settings) -> str | None:
    """What the operator was told is saved must be saved."""
    return ", ".join(unsafe_settings(session, "synchronous_commit")) or None


@check("A failed fsync is never tried again", "set data_sync_retry = off")
def data_sync_retry(session: Session, _: Settings) -> str | None:
    """After a failed fsync the kernel may have dropped the page (fsyncgate)."""
    return ", ".join(unsafe_settings(session, "data_sync_retry")) or None


@check("Other regencies are known by name", "run ./run --no-serve: it fetches data/country/vendor")
def other_regencies(_session: Session, _: Settings) -> str | None:
    """Else an address in another regency would be taken for a village of ours."""
    return None if (VENDOR / "regencies.csv").is_file() else f"{VENDOR} is empty"


@check(
    "PostgreSQL's own log holds no caller's number",
    "set log_min_error_statement = panic, log_error_verbosity = terse,"
    " log_min_duration_statement = -1, log_statement = none",
)
def quiet_log(session: Session, _: Settings) -> str | None:
    """A statement in the log comes with its values."""
    wanted = {
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_min_duration_statement": "-1",
        "log_statement": "none",
    }
    asked = text("SELECT current_setting(:name)")
    found = {name: session.execute(asked, {"name": name}).scalar_one() for name in wanted}
    return ", ".join(f"{n} = {v}" for n, v in found.items() if v != wanted[n]) or None


@check("Pages carry checksums", "make the cluster with initdb --data-checksums, or pg_checksums -e")
def checksums(session: Session, _: Settings) -> str | None:
    """A flipped bit is found when it is read, not when it is believed."""
    on = session.execute(text("SELECT current_setting('data_checksums')")).scalar_one() == "on"
    return None if on else "data_checksums = off"


@check("PostGIS and its companions are there", "CREATE EXTENSION as a superuser")
def extensions(session: Session, _: Settings) -> str | None:
    """What the migrations and queries lean on."""
    wanted = {"postgis", "pg_trgm"}
    there = set(session.execute(text("SELECT extname FROM pg_extension")).scalars())
    return f"missing: {', '.join(sorted(wanted - there))}" if wanted - there else None


@check("The tables are of the newest kind", "run: tanggap up")
def tables(_: Session, settings: Settings) -> str | None:
    """The database's revision is the code's."""
    now, newest = migrate.revision(settings.database_admin_url or "")
    return None if now == newest else f"database at {now}, code at {newest}"


@check("The app's role has no power beyond its rows", "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS")
def app_role(session: Session, settings: Settings) -> str | None:
    """Neither owner, nor superuser, nor exempt from row security."""
    name = make_url(settings.database_url).username or ""
    row = session.execute(
        text(
            "SELECT rolsuper, rolbypassrls,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind = 'r') AS owns"
            " FROM pg_roles AS r WHERE rolname = :name"
        ),
        {"name": name},
    ).one_or_none()
    if row is None:
        return f"no role {name}"
    wrong = [w for w, yes in zip(("superuser", "bypassrls", "owner"), row, strict=True) if yes]
    return f"{name} is {', '.join(wrong)}" if wrong else None


PRIVATE = [
    "incident",
    "assignment",
    "ticket",
    "call",
    "call_contact",
    "unit",
    "log_entry",
    "idempotency_key",
    "app_user",
    "user_session",
    "assignment_step",
    "told",
    "unit_token",
    "unit_fix",
    "photo",
    "village_mark",
    "ticket_step",
    "ticket_message",
    "ticket_rating",
    "instruction",
    "merge",
    "proof",
    "proof_seal",
    "proof_band",
    "work_link",
    "job",
    "job_file",
    "analysis_note",
    "notice",
    "handover",
    "stored_filter",
    "answer_template",
    "outgoing",
    "subscription",
    "push_subscription",
    "ticket_change",
    "ticket_fact",
    "ticket_week",
    "exchange_link",
    "exchange_run",
]


@check("Row security holds on every private table", "restore the migrations 0002 and later")
def row_security(session: Session, _: Settings) -> str | None:
    """ENABLE and FORCE, with at least one policy."""
    rows = session.execute(
        text(
            "SELECT relname FROM pg_class AS c WHERE relname = ANY(:names) AND relkind = 'r'"
            " AND relrowsecurity AND relforcerowsecurity"
            " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)"
        ),
        {"names": PRIVATE},
    )
    open_ones = set(PRIVATE) - set(rows.scalars())
    return f"open: {', '.join(sorted(open_ones))}" if open_ones else None


@check(
    "Village boundaries are in force", "run: tanggap up, or tanggap boundaries publish KEY --commit"
)
def boundaries(session: Session, _: Settings) -> str | None:
    """An indicative edition is said, not refused."""
    row = session.execute(text("SELECT key, status FROM edition WHERE in_force")).one_or_none()
    if row is None:
        return "no edition in force"
    return f"{row.key} is indicative only" if row.status == "indikatif" else None


@check("Village outlines are drawn for small maps", "run: tanggap up", must=False)
def drawings(session: Session, _: Settings) -> str | None:
    """Without them the map draws the outlines themselves: right, but twice as many bytes."""
    missing = session.execute(
        text(
            "SELECT count(*) FROM village JOIN edition ON edition.id = edition_id"
            " WHERE in_force AND NOT EXISTS (SELECT FROM village_drawing AS d"
            "   WHERE d.edition_id = edition.id AND d.code = village.code)"
        )
    ).scalar_one()
    return f"{missing} villages are not drawn" if missing else None


@check("What the public sees is fresh", "start the server: its timer counts at fixed hours")
def public_snapshot(session: Session, settings: Settings) -> str | None:
    """An old count would be shown as if it were of now. Before the first one nothing is shown."""
    rules = read_regency(settings.regency_folder).public
    newest = session.execute(text("SELECT max(at) FROM public_snapshot")).scalar_one()
    if not rules.shown or newest is None:
        return None
    late = datetime.now(UTC) - newest - 2 * timedelta(minutes=rules.each_minutes)
    return f"the last one is of {newest:%Y-%m-%d %H:%M} UTC" if late > timedelta(0) else None


@check(
    "A Chromium prints maps as PDF and PNG", "apt install chromium, or TANGGAP_CHROMIUM", must=False
)
def chromium(_: Session, settings: Settings) -> str | None:
    """Without one every print is there as a page, for any browser to print."""
    programs = (str(settings.chromium),) if settings.chromium else PROGRAMS
    return None if any(map(shutil.which, programs)) else f"not found: {', '.join(programs)}"


@check("Every sensitive category has somebody who sees it", "add a user to the group, or a role")
def watched_groups(session: Session, settings: Settings) -> str | None:
    """A restricted case that no dispatcher sees would wait for ever."""
    regency = read_regency(settings.regency_folder)
    users = session.query(User).filter(User.active).all()
    blind = []
    for group in regency.groups:
        seen = any(
            user.role in (Role.DISPATCHER, Role.OPERATOR)
            and (group.code in user.groups or user.role in group.roles)
            for user in users
        )
        if not seen:
            blind.append(group.code)
    return f"nobody in the room sees: {', '.join(blind)}" if blind else None


@check("The page libraries are there", "run: ./run --no-serve")
def vendor(_: Session, __: Settings) -> str | None:
    """MapLibre for the screen, Leaflet for paper."""
    wanted = ("maplibre-gl/maplibre-gl.mjs", "leaflet/leaflet.js")
    missing = [w for w in wanted if not (ROOT / "static/vendor" / w).is_file()]
    return f"missing: {', '.join(missing)}" if missing else None


@check(
    "Every incident stands in the village that it names", "run: tanggap boundaries list; report it"
)
def incident_places(session: Session, _: Settings) -> str | None:
    """Recomputed in PostGIS under each incident's own edition."""
    wrong = session.execute(
        text(
            "SELECT count(*) FROM incident AS i JOIN village AS v ON v.id = i.village_id"
            " WHERE i.pin IS NOT NULL AND i.off_m IS NULL AND NOT ST_Covers(v.area, i.pin)"
        )
    ).scalar_one()
    return f"{wrong} incidents are elsewhere" if wrong else None


@check("Agencies of an incident are those of its tickets", "report it: the two must never part")
def incident_agencies(session: Session, _: Settings) -> str | None:
    """incident.agency_ids is what row security reads."""
    wrong = session.execute(
        text(
            "SELECT count(*) FROM incident AS i WHERE (SELECT coalesce(array_agg(agency_id"
            " ORDER BY agency_id), '{}') FROM ticket WHERE incident_id = i.id)"
            " <> (SELECT coalesce(array_agg(a ORDER BY a), '{}') FROM unnest(i.agency_ids) AS a)"
        )
    ).scalar_one()
    return f"{wrong} incidents differ" if wrong else None


@check("Every unit's state is that of the order that holds it", "report it: tanggap units list")
def unit_states(session: Session, _: Settings) -> str | None:
    """A unit that is out has an open order; one that may be sent has none."""
    wrong = session.execute(
        text(
            "SELECT count(*) FROM unit WHERE active"
            " AND (state NOT IN ('siap', 'kembali', 'lepas_dinas'))"
            "  <> EXISTS (SELECT FROM assignment AS a WHERE a.unit_id = unit.id"
            "             AND a.released_at IS NULL AND a.state <> 'diusulkan')"
        )
    ).scalar_one()
    return f"{wrong} units differ" if wrong else None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="answer as JSON")
def doctor(as_json: bool) -> None:
    """Check that this installation is sound. Exit code 1 when something is not."""
    settings = Settings.from_environment()
    with owner_transaction(settings) as session:
        found = [(c, c.ask(session, settings)) for c in CHECKS]
    if as_json:
        answer = [
            {
                "title": c.title,
                "ok": wrong is None,
                "must": c.must,
                "found": wrong,
                "hint": c.hint,
            }
            for c, wrong in found
        ]
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    else:
        for c, wrong in found:
            bad = "FAIL" if c.must else "note"
            click.echo(f"{'ok  ' if wrong is None else bad}  {c.title}")
            if wrong is not None:
                click.echo(f"      {wrong}\n      -> {c.hint}")
    if any(wrong is not None and c.must for c, wrong in found):
        sys.exit(1)
