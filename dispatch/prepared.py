"""Statements that every request runs: each connection plans them once."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

_NAMED = re.compile(r"(?<![:\w]):([a-z_]+)")


class Prepared:
    """SQL with :names. Prepared when a connection first runs it, executed from then on.

    To plan intake.sql takes longer than to carry it out (docs/decisions/0007-measured.md).
    """

    def __init__(self, name: str, sql: str) -> None:
        names = list(dict.fromkeys(_NAMED.findall(sql)))
        numbered = _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
        self._name = name
        self._prepare = f"PREPARE {name} AS {numbered}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({name})s' for name in names)})"

    def run(self, session: Session, values: Mapping[str, Any]) -> CursorResult[Any]:
        """The statement with these values, in the session's transaction."""
        self._make_ready(session)
        return session.connection().exec_driver_sql(self._execute, dict(values))

    def run_after(
        self,
        first: "Prepared",
        session: Session,
        given: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> CursorResult[Any]:
        """`first` with what is given, then this: one message to the server.

        On a connection without transactions the two are one, and nothing of it lasts.
        """
        first._make_ready(session)
        self._make_ready(session)
        both = f"{first._execute.replace('%(', '%(first_')}; {self._execute}"
        asked = {f"first_{name}": value for name, value in given.items()} | dict(values)
        return session.connection().exec_driver_sql(both, asked)

    def _make_ready(self, session: Session) -> None:
        connection = session.connection()
        if self._name not in connection.info:  # lasts as long as the connection, rollback or not
            connection.exec_driver_sql(self._prepare)
            connection.info[self._name] = True
