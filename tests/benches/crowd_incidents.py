"""Fills the archive: a million cases of two years, in seconds, all made inside the database.

    python -m tests.benches.crowd_incidents URL [N [SEED]]

URL is the owner's (`tanggap_owner`) of a database that `tanggap up` filled. All rows are invented,
closed and marked demo; a tenth has no sure village and is shared by chance, one in forty has no
pin. They have no calls, no tickets, no log: what counting needs.
"""

# ruff: noqa: T201 - what it prints is what it is for

import sys
import time
from datetime import UTC, datetime

import psycopg2
from sqlalchemy import make_url

DAYS = 728
# Where cases may lie: points inside each village, some villages with far more than others.
_SPOTS = """
CREATE TEMP TABLE spot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY v.code, dot.path) - 1 AS n, v.id, v.edition_id, v.code,
       v.district_code, dot.geom AS pin,
       lead(v.code, 40) OVER (ORDER BY v.code, dot.path) AS beside
  FROM (SELECT village.*, 12 + (('x' || substr(md5(code), 1, 4))::bit(16)::int %% 40) AS many
          FROM village JOIN edition ON edition.id = edition_id WHERE in_force) AS v,
       LATERAL ST_Dump(ST_GeneratePoints(v.area, v.many, %(seed)s)) AS dot
"""
_KINDS = """
CREATE TEMP TABLE sort ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY code) - 1 AS n, code, priority, restricted_group, audience
  FROM category WHERE active
"""
_FILL = """
INSERT INTO incident (
  category_code, priority, state, place_text, pin, pinned_by, edition_id, village_id, village_code,
  district_code, outside, location, village_p, doubt, also_villages, agency_ids, restricted_group,
  audience, channel, after_hours, opened_at, closed_at, outcome, demo)
SELECT k.code, k.priority, 'ditutup', 'contoh',
       CASE WHEN d.pinless THEN NULL
         ELSE ST_SetSRID(ST_MakePoint(ST_X(s.pin) + d.east, ST_Y(s.pin) + d.north), 4326) END,
       CASE WHEN NOT d.pinless THEN 'petugas' END,
       s.edition_id, s.id, s.code, s.district_code, false,
       CASE WHEN d.unsure THEN jsonb_build_object('radius_m', 400, 'outside', 0.02, 'sea', 0,
         'villages', CASE WHEN s.beside IS NULL OR s.beside = s.code
           THEN jsonb_build_array(jsonb_build_array(s.code, d.p))
           ELSE jsonb_build_array(jsonb_build_array(s.code, d.p),
             jsonb_build_array(s.beside, round(0.98 - d.p, 4))) END) END,
       CASE WHEN d.unsure THEN d.p ELSE 1 END, CASE WHEN d.unsure THEN 0.3 ELSE 0 END, '{}', '{}',
       k.restricted_group, k.audience, (ARRAY['112', 'pesan', 'radio'])[1 + d.way], false, d.at,
       d.at + interval '3 hours', 'tertangani', true
  FROM (SELECT g, random() < 0.025 AS pinless, random() < 0.1 AS unsure,
               round((0.5 + random() * 0.4)::numeric, 4) AS p,
               (random() - 0.5) * 0.002 AS east, (random() - 0.5) * 0.002 AS north,
               floor(random() * random() * %(spots)s)::bigint AS spot,
               floor(random() * random() * %(kinds)s)::bigint AS kind,
               floor(random() * 3)::int AS way,
               %(until)s::timestamptz - random() * %(days)s * interval '1 day' AS at
          FROM generate_series(1, %(n)s) AS g) AS d
  JOIN spot AS s ON s.n = d.spot
  JOIN sort AS k ON k.n = d.kind
"""


def fill(url: str, n: int = 1_000_000, seed: int = 1, until: datetime | None = None) -> int:
    """Put n closed cases into the database; how many rows it wrote.

    url    of the owner, as SQLAlchemy writes it
    until  the latest moment at which one was opened; the machine's clock when None
    """
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(plain)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.role', 'system', true), setseed(%s)", (0.1 * seed,)
            )
            given = {"n": n, "seed": seed, "days": DAYS, "until": until or datetime.now(UTC)}
            cursor.execute(_SPOTS, given)
            given["spots"] = cursor.rowcount
            cursor.execute(_KINDS)
            given["kinds"] = cursor.rowcount
            cursor.execute("ANALYZE spot; ANALYZE sort")
            # Each pin was dropped inside its village: asking again takes as long as all the rest.
            cursor.execute("ALTER TABLE incident DISABLE TRIGGER USER")
            cursor.execute(_FILL, given)
            wrote = int(cursor.rowcount)
            cursor.execute("ALTER TABLE incident ENABLE TRIGGER USER")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE incident")
    finally:
        connection.close()
    return wrote


if __name__ == "__main__":
    begun = time.perf_counter()
    wrote = fill(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
    print(f"{wrote} cases in {time.perf_counter() - begun:.1f} s")
