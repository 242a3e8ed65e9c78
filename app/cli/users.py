"""`tanggap users`: accounts from the command line, and the log-ins of the demo users."""

import secrets

import click
import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.passwords import hash_password
from app.config import Settings
from app.errors import BadRequestField
from app.parts import owner_transaction
from dispatch import log
from dispatch.regency import read_regency
from dispatch.schema import Agency, Unit, User, UserSession
from dispatch.scope import Role
from geo.schema import Edition, Village


@click.group()
def users() -> None:
    """Add, list and disable users."""


@users.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--agency", help="Code of the agency, for an agency_officer.")
@click.option("--unit", help="Call sign, for a field_unit.")
@click.option("--village", help="Kemendagri code, for a village_head.")
@click.option("--group", "groups", multiple=True, help="A restricted group; may stand twice.")
@click.option("--ask", is_flag=True, help="Ask for the password; default: make one and show it.")
def add(
    login: str,
    name: str,
    role: str,
    agency: str | None,
    unit: str | None,
    village: str | None,
    groups: tuple[str, ...],
    ask: bool,
) -> None:
    """Add the user LOGIN."""
    password = _password(ask)
    with owner_transaction() as session:
        user = User(login=login.strip().lower(), name=name, role=role, groups=_groups(groups))
        if _find(session, user.login) is not None:
            raise click.UsageError(f"login {user.login} sudah dipakai")
        user.agency_id = _agency_id(session, agency, role)
        user.unit_id = _unit_id(session, unit, role)
        user.village_code = _village_code(session, village, role)
        user.password_hash = _hash(password)
        session.add(user)
        session.flush()
        log.record(session, "user.added", user=user.id, role=role)
    click.echo(f"{user.login} ditambahkan." + ("" if ask else f" Kata sandi: {password}"))


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON list.")
def list_all(as_json: bool) -> None:
    """All accounts; never their passwords."""
    with owner_transaction() as session:
        found = session.scalars(select(User).order_by(User.role, User.login)).all()
        rows = [_answer(user) for user in found]
    if as_json:
        click.echo(orjson.dumps(rows))
        return
    for row in rows:
        marks = [word for word in ("demo",) if row["demo"]] + ([] if row["active"] else ["mati"])
        click.echo(
            f"{row['login']:14s} {row['role']:15s} {row['name']}  {' '.join(marks)}".rstrip()
        )
    click.echo(f"{len(rows)} pengguna")


@users.command()
@click.argument("login")
@click.option("--ask", is_flag=True, help="Ask for the password; default: make one and show it.")
def password(login: str, ask: bool) -> None:
    """Give LOGIN a new password; open sessions end."""
    new = _password(ask)
    with owner_transaction() as session:
        user = _get(session, login)
        user.password_hash, user.failed_logins, user.failed_at = _hash(new), 0, None
        _end_sessions(session, user)
        log.record(session, "user.changed", user=user.id, password=True)
    click.echo(f"Kata sandi {login} diganti." + ("" if ask else f" Kata sandi: {new}"))


@users.command()
@click.argument("login")
def disable(login: str) -> None:
    """Shut LOGIN out; open sessions end."""
    with owner_transaction() as session:
        user = _get(session, login)
        user.active = False
        _end_sessions(session, user)
        log.record(session, "user.changed", user=user.id, active=False)
    click.echo(f"{login} dinonaktifkan.")


@users.command()
@click.argument("login")
def enable(login: str) -> None:
    """Let LOGIN in again."""
    with owner_transaction() as session:
        user = _get(session, login)
        user.active, user.failed_logins, user.failed_at = True, 0, None
        log.record(session, "user.changed", user=user.id, active=True)
    click.echo(f"{login} diaktifkan.")


@users.command()
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON list.")
def logins(as_json: bool) -> None:
    """One demo log-in for each role, with this installation's demo password."""
    settings = Settings.from_environment()
    file = settings.state_folder / "demo_password"
    with owner_transaction(settings) as session:
        there = set(session.scalars(select(User.login).where(User.demo, User.active)))
    demo_users = [u for u in read_regency(settings.regency_folder).users if u.login in there]
    first = {user.role: user for user in reversed(demo_users)}
    if not first or not file.is_file():
        raise click.ClickException("Tidak ada pengguna demo; jalankan: tanggap up")
    secret = file.read_text().strip()
    rows = [
        {"role": role.value, "login": first[role].login, "password": secret}
        for role in Role
        if role in first
    ]
    if as_json:
        click.echo(orjson.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['role']:15s} {row['login']:14s} {row['password']}")


def _password(ask: bool) -> str:
    if not ask:
        return secrets.token_urlsafe(12)
    return str(click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Sekali lagi"))


def _hash(password: str) -> str:
    try:
        return hash_password(password)
    except BadRequestField as wrong:
        raise click.UsageError(str(wrong)) from wrong


def _groups(wanted: tuple[str, ...]) -> list[str]:
    known = {g.code for g in read_regency(Settings.from_environment().regency_folder).groups}
    for group in wanted:
        if group not in known:
            raise click.BadParameter(f"{group}: pilih dari {', '.join(sorted(known))}")
    return list(wanted)


def _agency_id(session: Session, code: str | None, role: str) -> int | None:
    _needed(code, role, Role.AGENCY_OFFICER, "--agency")
    if code is None:
        return None
    codes = {a.code: a.id for a in session.scalars(select(Agency).where(Agency.active))}
    if code not in codes:
        raise click.BadParameter(f"{code}: pilih dari {', '.join(sorted(codes))}")
    return codes[code]


def _unit_id(session: Session, call_sign: str | None, role: str) -> int | None:
    _needed(call_sign, role, Role.FIELD_UNIT, "--unit")
    if call_sign is None:
        return None
    found = session.scalar(select(Unit.id).where(Unit.call_sign == call_sign.upper(), Unit.active))
    if found is None:
        raise click.BadParameter(f"{call_sign}: tidak ada unit itu; lihat: tanggap units list")
    return found


def _village_code(session: Session, code: str | None, role: str) -> str | None:
    _needed(code, role, Role.VILLAGE_HEAD, "--village")
    if code is None:
        return None
    query = select(Village.code).join(Edition, Edition.id == Village.edition_id)
    if session.scalar(query.where(Edition.in_force, Village.code == code)) is None:
        raise click.BadParameter(f"{code}: tidak ada desa dengan kode itu")
    return code


def _needed(value: str | None, role: str, for_role: Role, option: str) -> None:
    if role == for_role and value is None:
        raise click.UsageError(f"peran {role} perlu {option}")


def _find(session: Session, login: str) -> User | None:
    return session.scalar(select(User).where(User.login == login))


def _get(session: Session, login: str) -> User:
    user = _find(session, login)
    if user is None:
        raise click.UsageError(f"tidak ada pengguna {login}")
    return user


def _end_sessions(session: Session, user: User) -> None:
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def _answer(user: User) -> dict[str, object]:
    return {
        "login": user.login,
        "name": user.name,
        "role": user.role,
        "village_code": user.village_code,
        "groups": list(user.groups),
        "active": user.active,
        "demo": user.demo,
    }
