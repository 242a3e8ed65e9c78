"""A house for plays with orders: sessions of every actor, crashes on demand, one look at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, pool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dispatch.scope import SYSTEM, Role, Scope, enter, stay
from tests.cluster import as_role, database
from tests.dispatch import small_room
from tests.dispatch.small_room import NOON, Room

ROOM = (Scope(Role.DISPATCHER, name="Ratna"), Scope(Role.DISPATCHER, name="Budi"))
Act = Callable[[Session], Any]

LOOK = text("""
  SELECT
    (SELECT json_agg(a ORDER BY a.id) FROM assignment AS a) AS assignments,
    (SELECT json_agg(json_build_object('id', u.id, 'state', u.state, 'since', u.state_since,
                                       'silent', u.silent_since) ORDER BY u.id)
       FROM unit AS u) AS units,
    (SELECT json_agg(json_build_object('id', i.id, 'state', i.state, 'version', i.version,
                                       'priority', i.priority) ORDER BY i.id)
       FROM incident AS i) AS incidents,
    (SELECT json_agg(s ORDER BY s.id) FROM assignment_step AS s) AS steps,
    (SELECT json_agg(json_build_object('kind', l.kind, 'facts', l.facts) ORDER BY l.id)
       FROM log_entry AS l WHERE l.id > :mark) AS log
""")


_ALIVE = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")


class Aborted(Exception):
    """The process died in the middle of a transaction."""


@dataclass
class Crash:
    """Whose connection dies, and before which of its statements; None: with the commit."""

    statement: int | None = None
    armed: bool = True
    number: int = 0


@dataclass
class House:
    """A database with a small room in it."""

    app: Engine
    owner: Connection
    judge: Connection  # ends other people's connections
    room: Room
    mark: int = 0  # of the log: what came before belongs to another play
    crash: Crash | None = field(default=None)

    def act(self, scope: Scope, act: Act, *, dies: bool = False) -> Any:
        """One transaction with those eyes; `dies`: it never comes to its commit."""
        with Session(self.app) as session, session.begin():
            enter(session, scope)
            done = act(session)
            if dies:
                raise Aborted
        return done

    def act_cut_off(self, scope: Scope, act: Act, crash: Crash) -> Any:
        """As act, while somebody ends the connection. Raises DBAPIError, where it came in time."""
        self.crash = crash
        try:
            return self.act(scope, act)
        finally:
            self.crash = None

    def look(self) -> dict[str, list[Any]]:
        """All that the tables say."""
        row = self.owner.execute(LOOK, {"mark": self.mark}).one()
        return {name: found or [] for name, found in row._mapping.items()}

    def tidy(self) -> None:
        """Everything as at the beginning, for the next play."""
        for statement in (
            "DELETE FROM assignment",
            "DELETE FROM incident WHERE id > :last",
            "UPDATE unit SET state = 'siap', state_since = :noon, silent_since = NULL",
            "UPDATE incident SET state = 'baru', closed_at = NULL, version = 1, level = 1",
        ):
            self.owner.execute(text(statement), {"noon": NOON, "last": max(self.room.incidents)})
        self.mark = self.owner.scalar(text("SELECT coalesce(max(id), 0) FROM log_entry"))

    def _before_statement(self, connection: Connection, *_: Any) -> None:
        crash = self.crash
        if crash is not None and crash.statement is not None:
            crash.number += 1
            if crash.number > crash.statement:
                self._cut(connection, crash)

    def _before_commit(self, connection: Connection) -> None:
        if self.crash is not None:
            self._cut(connection, self.crash)

    def _cut(self, connection: Connection, crash: Crash) -> None:
        if crash.armed:
            crash.armed = False
            line: Any = connection.connection.dbapi_connection
            pid = line.info.backend_pid
            self.judge.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            while self.judge.scalar(_ALIVE, {"pid": pid}):  # with a timeout it looks each 0.1 s
                pass


@contextmanager
def open_house(admin: str) -> Iterator[House]:
    """A house over a database of its own."""
    with database(admin, "empty") as name:
        app = create_engine(as_role(admin, "tanggap_app", name), pool_size=4, max_overflow=4)
        lines = [
            create_engine(url, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
            for url in (as_role(admin, "tanggap_owner", name), admin)
        ]
        owner_line = create_engine(as_role(admin, "tanggap_owner", name), poolclass=pool.NullPool)
        with Session(owner_line) as session, session.begin():
            enter(session, SYSTEM)
            room = small_room.furnish(session, units=4, priorities=(1, 2, 2, 3))
        with lines[0].connect() as owner, lines[1].connect() as judge:
            with Session(owner) as session:
                stay(session, SYSTEM)
            house = House(app, owner, judge, room)
            event.listen(app, "before_cursor_execute", house._before_statement)
            event.listen(app, "commit", house._before_commit)
            yield house
        app.dispose()


def crew(unit_id: int) -> Scope:
    """The eyes of a unit's crew."""
    return Scope(Role.FIELD_UNIT, name=f"awak {unit_id}", unit_id=unit_id)


def open_case(session: Session, house: House, priority: int, now: datetime) -> int:
    """Id of a new case."""
    return small_room.open_case(session, house.room.edition, priority, opened_at=now)


CUT = DBAPIError
