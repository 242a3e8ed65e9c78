"""The statements of the inbox; what stands in <brackets> is put in by filled(), never by a user."""

from sqlalchemy import TextClause, text

from dispatch.inbox.conditions import IS_OPEN, IS_OVER, NEXT_DUE

# All that is open and matches the filters, looked at once a request.
STANDING = """
WITH standing AS MATERIALIZED (
  SELECT t.id, t.state, t.kind, t.priority, t.holder_id, t.opened_at, <next_due> AS next_due
    FROM ticket AS t <beside>
   WHERE <is_open> AND <where>
)"""
BESIDE = "JOIN incident AS i ON i.id = t.incident_id"
COUNTS = """
       (SELECT json_build_object(<sums>) FROM standing) AS sums,
       (SELECT coalesce(json_object_agg(state, n), '{}')
          FROM (SELECT state, count(*) AS n FROM standing GROUP BY state) AS states) AS by_state"""
ONLY_COUNTS = STANDING + " SELECT " + COUNTS
_PICKED = """,
picked AS (
  SELECT id, <keys> AS keys FROM standing
   WHERE <box> AND <beyond>
   ORDER BY <order> LIMIT :most
)
SELECT (SELECT coalesce(json_agg(json_build_array(id, keys)), '[]') FROM picked) AS picked,"""
OPEN_PAGE = STANDING + _PICKED + COUNTS
OVER_COUNTS = """
SELECT state, count(*) AS n
  FROM (SELECT t.state FROM ticket AS t WHERE <is_over> AND <where> LIMIT :most_counted) AS seen
 GROUP BY state"""
# Along ix_ticket_over or ix_ticket_agency_opened.
OVER_PAGE = """
SELECT id, <keys> AS keys FROM ticket AS t
 WHERE <states> AND <where> AND <beyond>
 ORDER BY <order> LIMIT :most"""
# The words are looked for in a stretch of the list; the next page goes on where it ended.
SAID_PAGE = """
WITH stretch AS MATERIALIZED (
  SELECT t.id, t.incident_id, t.opened_at, t.closed_at, row_number() OVER (ORDER BY <order>) AS n
    FROM ticket AS t
   WHERE <states> AND <where> AND <beyond>
   ORDER BY <order> LIMIT :stretch
), found AS (
  SELECT stretch.* FROM stretch JOIN incident AS i ON i.id = stretch.incident_id
   WHERE <said> ORDER BY n LIMIT :most
)
SELECT (SELECT coalesce(json_agg(json_build_array(id, <keys>) ORDER BY n), '[]')
          FROM found) AS found,
       (SELECT <keys> FROM stretch WHERE n = :stretch) AS goes_on"""
POINTS = """
SELECT id, incident_id, agency_id, state, kind, category_code, priority, holder_id, opened_at,
       closed_at, demo, lon, lat, late, nullif(next_due, 'infinity') AS due
  FROM (SELECT t.id, t.incident_id, t.agency_id, t.state, t.kind, t.category_code, t.priority,
               t.holder_id, t.opened_at, t.closed_at, t.demo,
               <is_open> AND <next_due> < :now AS late, <next_due> AS next_due,
               ST_X(i.pin) AS lon, ST_Y(i.pin) AS lat
          FROM ticket AS t JOIN incident AS i ON i.id = t.incident_id
         WHERE <where> AND i.pin IS NOT NULL) AS placed
 WHERE <box>
 ORDER BY <order> LIMIT :most"""


def filled(statement: str, **parts: str) -> TextClause:
    """The statement with its conditions; they hold names of ours and :values, nothing else."""
    parts |= {"is_open": IS_OPEN, "is_over": IS_OVER, "next_due": NEXT_DUE}
    for name, part in parts.items():
        statement = statement.replace(f"<{name}>", part)
    return text(statement)
