"""A small archive of cases, each as the test needs it, in a world of its own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from dispatch.facts import Facts
from dispatch.facts.reading import read
from dispatch.scope import ANALYST
from tests.world import World

TEGALSAMBI, PANGGANG = "33.20.11.2010", "33.20.06.1006"
BASE = datetime(2026, 1, 5, 3, tzinfo=UTC)  # a Monday, 10 o'clock in the regency

_ADD = text(
    "INSERT INTO incident (category_code, priority, state, place_text, pin, pinned_by, edition_id,"
    " village_id, village_code, district_code, outside, location, village_p, doubt, also_villages,"
    " agency_ids, restricted_group, audience, channel, after_hours, opened_at, closed_at, outcome)"
    " SELECT c.code, c.priority, 'ditutup', 'kenari rahasia',"
    "        CASE WHEN :pinned THEN ST_PointOnSurface(v.area) END, CASE WHEN :pinned THEN"
    "        'petugas' END, e.id, v.id, v.code, v.district_code, false, CAST(:location AS jsonb),"
    "        :village_p, :doubt, CAST(:also AS text[]), '{}', c.restricted_group, c.audience,"
    "        :channel, false, CAST(:at AS timestamptz), CAST(:at AS timestamptz), 'tertangani'"
    "   FROM category AS c, edition AS e JOIN village AS v ON v.edition_id = e.id"
    "  WHERE e.in_force AND v.code = :village AND c.code = :category RETURNING id"
)


@dataclass
class Archive:
    """Cases of a world, added one by one."""

    world: World

    def add(
        self,
        village: str = TEGALSAMBI,
        category: str = "jalan",
        at: datetime = BASE,
        *,
        villages: Sequence[tuple[str, float]] = (),
        also: Sequence[str] = (),
        village_p: float = 1.0,
        pinned: bool = True,
        channel: str = "112",
        many: int = 1,
    ) -> int:
        """Id of the last of so many equal cases. villages: chances, as clues.record keeps them."""
        location: dict[str, Any] | None = None
        if villages:
            location = {"villages": [list(pair) for pair in villages], "radius_m": 300}
        given = {
            "village": village, "category": category, "at": at, "pinned": pinned,
            "location": json.dumps(location) if location else None, "channel": channel,
            "village_p": village_p, "doubt": 0 if village_p == 1 else 0.4, "also": list(also),
        }  # fmt: skip
        with self.world.as_owner() as session:
            return [int(session.execute(_ADD, given).scalar_one()) for _ in range(many)][-1]

    def tell(self, incident_id: int, change: str) -> None:
        """Change a case, and say so in the log, as every use case does."""
        with self.world.as_owner() as session:
            session.execute(text(f"UPDATE incident SET {change} WHERE id = {incident_id}"))
            self._log(session, "incident.owner", incident_id)

    def announce(self, incident_id: int | None, kind: str = "call.taken") -> None:
        """Say in the log that there is something new."""
        with self.world.as_owner() as session:
            self._log(session, kind, incident_id)

    def _log(self, session: Any, kind: str, incident_id: int | None) -> None:
        row = (
            "INSERT INTO log_entry (kind, actor, incident_id, facts) VALUES (:kind, '', :id, '{}')"
        )
        session.execute(text(row), {"kind": kind, "id": incident_id})

    def empty(self) -> None:
        """No case is left."""
        with self.world.as_owner() as session:
            session.execute(text("DELETE FROM incident"))

    def facts(self, most: int = 25_000) -> Facts:
        """Read as the analyst sees them."""
        parts = self.world.parts
        with self.world.as_scope(ANALYST) as session:
            return read(session, parts.ground(), parts.now(), most)
