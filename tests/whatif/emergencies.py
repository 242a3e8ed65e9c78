"""Emergencies of some months in a database, with units that were sent and what they tapped."""

from sqlalchemy import text

from tests.benches.crowd_incidents import fill
from tests.world import NOON, World

# Some taps are missing, some units were called back; nobody was sent to one in ten.
_SENT = text(
    "INSERT INTO assignment (incident_id, unit_id, state, sent_at, sent_by_name, accepted_at,"
    "   departed_at, arrived_at, released_at, demo)"
    " SELECT i.id, u.id, CASE WHEN back THEN 'dibatalkan' ELSE 'selesai' END, s, 'contoh',"
    "   CASE WHEN i.id % 4 <> 0 THEN s + interval '30 seconds' END,"
    "   CASE WHEN NOT back THEN s + interval '90 seconds' END,"
    "   CASE WHEN NOT back AND i.id % 9 <> 0 THEN s + m * interval '1 minute' END,"
    "   s + (m + 40) * interval '1 minute', true"
    "  FROM incident AS i JOIN category AS c ON c.code = i.category_code AND c.kind = 'darurat'"
    "  CROSS JOIN LATERAL (SELECT id FROM unit WHERE active AND skills && c.needs"
    "    ORDER BY md5(unit.id::text || i.id) LIMIT 1) AS u"
    "  CROSS JOIN LATERAL (SELECT i.opened_at + (30 + i.id % 90) * interval '1 second' AS s,"
    "    4 + i.id % 23 AS m, i.id % 17 = 0 AS back) AS t"
    " WHERE i.id % 10 <> 0"
)
_AGENCIES = text(
    "UPDATE incident AS i SET agency_ids = ARRAY[u.agency_id]"
    "  FROM assignment AS a JOIN unit AS u ON u.id = a.unit_id WHERE a.incident_id = i.id"
)


def fill_emergencies(world: World, cases: int) -> int:
    """So many cases of two years up to the world's noon; how many units were sent."""
    fill(world.owner_url, cases, until=NOON)
    with world.as_owner() as session:
        sent = session.execute(_SENT).rowcount
        session.execute(_AGENCIES)
        return sent
