"""/api/me, /api/users, /api/log: who is there, and what was done."""

from datetime import datetime
from typing import Any

from flask import Blueprint, request
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.api import reading, wire
from app.api.reading import ChangeUserBody, NewUserBody
from app.auth.guard import me, needs
from app.auth.passwords import hash_password
from app.auth.roles import Right
from app.auth.sessions import describe
from app.errors import BadRequestField
from app.parts import parts
from dispatch import log, record
from dispatch.errors import Unknown
from dispatch.schema import Agency, Unit, User, UserSession
from dispatch.scope import AUTH, Role

bp = Blueprint("people", __name__, url_prefix="/api")


@bp.get("/me")
@needs(Right.LOGGED_IN)
def get_me() -> dict[str, Any]:
    """Who asks."""
    return describe(me())


@bp.get("/log")
@needs(Right.SEE_LOG)
def get_log() -> dict[str, Any]:
    """The log, newest first, 200 rows at a time."""
    before = request.args.get("before", type=int)
    since = request.args.get("since", type=datetime.fromisoformat)
    if since is not None and since.tzinfo is None:
        raise BadRequestField("since", "since: give the time zone too")
    with parts().transaction(me().scope) as session:
        rows = record.audit(session, before, reading.query_word("kind"), since)
    return {
        "entries": [
            {
                "id": r.id,
                "at": r.at.isoformat(),
                "kind": r.kind,
                "by": r.actor,
                "incident": r.incident_id,
                "call": r.call_id,
                "unit": r.unit_id,
                "facts": r.facts,
            }
            for r in rows
        ]
    }


@bp.get("/users")
@needs(Right.MANAGE_USERS)
def get_users() -> dict[str, Any]:
    """All accounts, with what a new one can be given."""
    with parts().transaction(me().scope) as session:
        users = session.scalars(select(User).order_by(User.role, User.login)).all()
        agencies = session.scalars(select(Agency).where(Agency.active).order_by(Agency.short))
        choices = [{"id": a.id, "short": a.short, "name": a.name} for a in agencies]
    with parts().transaction(AUTH) as session:  # call signs, without where the units are
        units = session.execute(
            select(Unit.id, Unit.call_sign).where(Unit.active).order_by(Unit.call_sign)
        ).all()
    return {
        "users": [_user(u) for u in users],
        "roles": [r.value for r in Role],
        "agencies": choices,
        "units": [{"id": u.id, "call_sign": u.call_sign} for u in units],
        "villages": [wire.village(v) for v in parts().ground().by_code.values()],
        "groups": [{"code": g.code, "name": g.name} for g in parts().regency.groups],
    }


@bp.post("/users")
@needs(Right.MANAGE_USERS)
def post_user() -> tuple[dict[str, Any], int]:
    """A new account. Raises BadRequestField for a role without its agency, unit or village."""
    read = reading.body(NewUserBody)
    if read.role not in [r.value for r in Role]:
        raise BadRequestField("role", f"role: give one of {', '.join(Role)}")
    _check_scope(read)
    user = User(
        login=read.login.strip().lower(),
        name=read.name,
        role=read.role,
        password_hash=hash_password(read.password),
        agency_id=read.agency_id,
        unit_id=read.unit_id,
        village_code=read.village_code,
        groups=list(read.groups),
    )
    if not user.login:
        raise BadRequestField("login", "login: give a name")
    with parts().transaction(me().scope) as session:
        _add(session, user)
        log.record(session, "user.added", user=user.id, role=user.role)
        return _user(user), 201


@bp.patch("/users/<int(max=2147483647):user_id>")
@needs(Right.MANAGE_USERS)
def patch_user(user_id: int) -> dict[str, Any]:
    """Change name or password, disable or enable. A disabled user is out within seconds."""
    read = reading.body(ChangeUserBody)
    hashed = hash_password(read.password) if read.password is not None else None
    with parts().transaction(me().scope) as session:
        user = session.get(User, user_id)
        if user is None:
            raise Unknown(f"user {user_id}")
        if read.active is False and user.id == me().id:
            raise BadRequestField("active", "active: you cannot disable yourself")
        user.name = read.name or user.name
        user.active = user.active if read.active is None else read.active
        user.password_hash = hashed or user.password_hash
        if hashed or not user.active:
            session.execute(delete(UserSession).where(UserSession.user_id == user_id))
        log.record(session, "user.changed", user=user_id, active=user.active)
        return _user(user)


def _check_scope(read: NewUserBody) -> None:
    needed = {
        Role.AGENCY_OFFICER: ("agency_id", read.agency_id),
        Role.FIELD_UNIT: ("unit_id", read.unit_id),
        Role.VILLAGE_HEAD: ("village_code", read.village_code),
    }
    field, value = needed.get(Role(read.role), ("", True))
    if value is None:
        raise BadRequestField(field, f"{field}: a {read.role} needs one")
    if read.role == Role.WALLBOARD and read.groups:
        raise BadRequestField("groups", "groups: a wallboard shows nothing that only a group sees")
    unknown = set(read.groups) - {g.code for g in parts().regency.groups}
    if unknown:
        raise BadRequestField("groups", f"groups: no group {min(unknown)[:40]}")
    code = read.village_code
    if code is not None and code not in parts().ground().by_code:
        raise BadRequestField("village_code", f"village_code: no village {code[:40]}")


def _add(session: Session, user: User) -> None:
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
        field = "login" if "login" in name else "agency_id" if "agency" in name else "unit_id"
        raise BadRequestField(field, f"{field}: taken, or unknown") from None


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "role": user.role,
        "agency_id": user.agency_id,
        "unit_id": user.unit_id,
        "village_code": user.village_code,
        "groups": list(user.groups),
        "active": user.active,
        "demo": user.demo,
    }
