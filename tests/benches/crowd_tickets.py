"""Fills the archive: a million tickets of three years in a database that `tanggap up` filled.

    python -m tests.benches.crowd_tickets URL [N [SEED]]

URL is the owner's (`tanggap_owner`). All rows are invented and marked demo: N tickets of N / 1.12
cases, held by 40 agencies of very different size, with every step that they took. Each is given a
whole life, which is cut off at `now`: some 3 % are still open, many of them late. No calls, no
words, no log. Equal N and SEED give equal tickets, but for their moments, which count back from
now. Keys to other tables, indexes and triggers are away while it writes, and back afterwards.
"""

# ruff: noqa: T201 - what it prints is what it is for

import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg2
from sqlalchemy import URL, make_url

from tests.benches import crowd_map
from tests.benches.crowd_map import Kind, Village

DAYS, AGENCIES, TWICE = 1096, 40, 0.12
DAY_S = 86_400.0
POOL = 48  # points inside each village that pins are drawn from
CHUNK = 50_000
TABLES = ("incident", "ticket", "ticket_step")
# The steps of a life in order; which of them a ticket takes is drawn in _course().
SLOTS = (
    "baru", "diverifikasi", "didisposisi", "bukan_wewenang", "didisposisi", "diterima_opd",
    "ditunda", "diterima_opd", "dikerjakan", "ditindaklanjuti", "menunggu_tanggapan",
    "dibuka_kembali", "dikerjakan", "ditindaklanjuti", "menunggu_tanggapan", "akhir",
)  # fmt: skip
VERIFIED, REFERRED, RETURNED, AGAIN, ACCEPTED, PAUSED, RESUMED, WORKED, FOLLOWED = range(1, 10)
ANSWERED, REOPENED, END = 10, 11, 15
ACTORS = (
    "ruang", "ruang", "ruang", "opd", "ruang", "opd", "opd", "opd", "opd", "opd", "opd",
    "pelapor", "opd", "opd", "opd", "sistem",
)  # fmt: skip
# Days for: verifying, the first answer, getting done. Wall clock: near enough for a crowd.
DUES = {"darurat": (None, None, 0.02), "aduan": (4.2, 7.0, 19.6), "saran": (4.2, 7.0, 84.0),
        "informasi": (4.2, None, 14.0)}  # fmt: skip
NEAR = ("pasar", "jembatan", "sekolah", "masjid", "balai desa", "pertigaan", "makam", "lapangan")
STREETS = ("Mawar", "Melati", "Kenanga", "Anggrek", "Cempaka", "Dahlia", "Flamboyan", "Teratai")


@dataclass(frozen=True, slots=True)
class Town:
    """What the cases are drawn from."""

    villages: Sequence[Village]
    pools: Sequence[Any]  # (POOL, 2) points of each village
    kinds: Sequence[Kind]
    agencies: Sequence[int]
    people: dict[int, int]  # an officer of an agency


def fill(
    url: str,
    n: int = 1_000_000,
    seed: int = 1,
    now: datetime | None = None,
    days: float = DAYS,
) -> int:
    """Put n tickets with cases and steps into the database; how many tickets it wrote.

    url   of the owner, as SQLAlchemy writes it
    now   where lives are cut off; the machine's clock when None
    days  within which all were opened; the fewer, the more are open
    """
    plain = make_url(url).set(drivername="postgresql")
    _let_create(plain)
    connection = psycopg2.connect(plain.render_as_string(hide_password=False))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.role', 'system', true)")
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
            cursor.execute("SET LOCAL jit = off")
            # On a busy machine a chunk takes longer to make up than a transaction may wait.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            wrote = _write(cursor, np.random.default_rng(seed), n, now or datetime.now(UTC), days)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"VACUUM ANALYZE {table}")
    finally:
        connection.close()
    return wrote


def _let_create(url: URL) -> None:
    """In a copy of a template the owner may not make indexes; of a test cluster we may say so."""
    server = url.set(username="tanggap_super").render_as_string(hide_password=False)
    connection = psycopg2.connect(server)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {url.username}")
    connection.close()


def _write(cursor: Any, dice: np.random.Generator, n: int, now: datetime, days: float) -> int:
    cases = max(1, round(n / (1 + TWICE)))
    town, wrote = _town(cursor, dice), 0
    cursor.execute("SELECT coalesce(max(id), 0) FROM incident")
    first = int(cursor.fetchone()[0]) + 1
    _staging(cursor)
    ages = np.sort(dice.random(cases))[::-1] * days * DAY_S  # the oldest has the lowest id
    opened = now.timestamp() - ages
    with _stripped(cursor):
        for at in range(0, cases, CHUNK):
            some = opened[at : at + CHUNK]
            doubles = (n - cases) * min(cases, at + CHUNK) // cases - (n - cases) * at // cases
            second = dice.choice(len(some), doubles, replace=False)
            lines = _lines(dice, town, some, np.sort(second), first + at, now)
            cursor.copy_expert("COPY crowd FROM STDIN", io.StringIO("".join(lines)))
            cursor.execute("ANALYZE crowd")
            cursor.execute(_INCIDENTS)
            cursor.execute(_TICKETS)
            wrote += int(cursor.rowcount)
            cursor.execute(_STEPS)
            cursor.execute("TRUNCATE crowd")
        for table in TABLES:
            cursor.execute(
                f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))"
            )
    return wrote


def _staging(cursor: Any) -> None:
    times = ", ".join(f"t{slot} float8" for slot in range(len(SLOTS)))
    cursor.execute(
        "CREATE TEMP TABLE crowd (incident bigint, second bool, village int, kind int, pin text,"
        " place text, agency int, other int, priority int, before text, ending text, holder int,"
        f" verify float8, answer float8, done float8, stars int, roll float8, {times})"
        " ON COMMIT DROP"
    )


@contextmanager
def _stripped(cursor: Any) -> Iterator[None]:
    """The tables without what slows a million rows down; all of it back at the end."""
    again = []
    for table in TABLES:
        again += _take_off(cursor, table)
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for statement in again:
        cursor.execute(statement)
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _take_off(cursor: Any, table: str) -> list[str]:
    """Drop keys to other tables and plain indexes; the statements that bring them back."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f'", (table,)
    )  # fmt: skip
    again = []
    for name, written in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {written}')
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)", (table,)
    )  # fmt: skip
    for name, written in cursor.fetchall():
        cursor.execute(f'DROP INDEX "{name}"')
        again.insert(0, written)
    return again


def _lines(
    dice: np.random.Generator, town: Town, opened: Any, second: Any, first: int, now: datetime
) -> Iterator[str]:
    """One line a ticket, as the table `crowd` takes it."""
    cases = len(opened)
    case = np.concatenate((np.arange(cases), second))
    drawn = _cases(dice, town, cases)
    agency, other = drawn["agency"], drawn["other"]
    agency = np.concatenate((agency, other[second]))
    has_second = np.zeros(cases, bool)
    has_second[second] = True
    kinds = np.array([kind.kind for kind in town.kinds])[drawn["kind"]][case]
    times, ending, before = _course(dice, opened[case], kinds)
    times[times > now.timestamp()] = np.nan
    dues = _dues(opened[case], times, kinds)
    rolls = dice.random(len(case))
    stars = np.where((rolls < 0.2) & ~np.isnan(times[:, END]), 1 + (rolls * 25).astype(int), 0)
    open_now = np.isnan(times[:, END])
    for row in range(len(case)):
        at = int(case[row])
        village, kind = int(drawn["village"][at]), int(drawn["kind"][at])
        holder = town.people.get(int(agency[row])) if open_now[row] and rolls[row] < 0.3 else None
        spot = town.pools[village][int(drawn["spot"][at])]
        fields: list[Any] = [
            first + at, "t" if row >= cases else "f", village, kind,
            f"SRID=4326;POINT({spot[0]} {spot[1]})" if drawn["rolls"][at] > 0.04 else None,
            drawn["place"][at], int(agency[row]), int(other[at]) if has_second[at] else None,
            int(drawn["priority"][at]), before[row], ending[row], holder,
            *(None if np.isnan(due) else due for due in dues[row]), int(stars[row]) or None,
            rolls[row], *(None if np.isnan(moment) else moment for moment in times[row]),
        ]  # fmt: skip
        yield "\t".join(r"\N" if value is None else str(value) for value in fields) + "\n"


def _cases(dice: np.random.Generator, town: Town, count: int) -> dict[str, Any]:
    """Where and what each case is, and whose: mostly as the catalogue says."""
    kind = dice.choice(len(town.kinds), count, p=_shares(len(town.kinds), 0.8))
    shares = _shares(len(town.agencies), 1.1)
    agency = np.array(town.agencies)[dice.choice(len(town.agencies), count, p=shares)]
    listed = np.array([k.agencies[0] if k.agencies else 0 for k in town.kinds])[kind]
    agency = np.where((dice.random(count) < 0.5) & (listed > 0), listed, agency)
    other = np.array(town.agencies)[dice.choice(len(town.agencies), count, p=shares)]
    other = np.where(other == agency, _neighbours(town.agencies, agency), other)
    words = zip(
        dice.integers(0, len(NEAR), count), dice.integers(0, len(STREETS), count),
        dice.integers(1, 5000, count), strict=True,
    )  # fmt: skip
    return {
        "kind": kind,
        "village": dice.choice(len(town.villages), count, p=_shares(len(town.villages), 0.8)),
        "spot": dice.integers(0, POOL, count),
        "agency": agency,
        "other": other,
        "rolls": dice.random(count),
        "priority": np.minimum(
            4,
            np.array([k.priority for k in town.kinds])[kind]
            + (dice.random(count) * 1.6).astype(int),
        ),
        "place": [f"Jl. {STREETS[s]} {no} dekat {NEAR[w]}" for w, s, no in words],
    }


def _neighbours(agencies: Sequence[int], wanted: Any) -> Any:
    """For each agency the next one in the list."""
    after = {a: agencies[(n + 1) % len(agencies)] for n, a in enumerate(agencies)}
    return np.array([after[int(a)] for a in wanted])


def _course(dice: np.random.Generator, opened: Any, kinds: Any) -> tuple[Any, Any, Any]:
    """(n, slots) moments of the steps each takes, NaN: not taken; how it ends; the state before."""
    n = len(opened)
    taken = np.ones((n, len(SLOTS)), bool)
    roll = dice.random((n, 5))
    urgent = kinds == "darurat"
    taken[urgent, VERIFIED : AGAIN + 1] = False
    for slots, share, column in (((RETURNED, AGAIN), 0.06, 0), ((PAUSED, RESUMED), 0.05, 1),
                                 (range(REOPENED, END), 0.015, 2)):  # fmt: skip
        taken[:, list(slots)] &= (roll[:, column] < share)[:, None]
    archived, merged = roll[:, 3] < 0.05, (roll[:, 3] >= 0.05) & (roll[:, 3] < 0.08)
    taken[archived | merged, VERIFIED:END] = False
    # Most are over within days; one in ten drags on: together some 3 % of three years.
    mean = np.where(roll[:, 4] < 0.1, 190.0, np.where(urgent, 2.0, 16.0)) * DAY_S
    pace = dice.gamma(0.7, 1.0, (n, len(SLOTS)))
    pace[:, VERIFIED] *= 0.4
    pace[:, FOLLOWED] *= 3
    pace = np.where(taken, pace, 0.0)
    pace[:, 0] = 0.0
    shares = np.cumsum(pace, axis=1) / np.maximum(pace.sum(axis=1), 1e-9)[:, None]
    life = np.minimum(dice.exponential(mean), 700 * DAY_S)
    times = opened[:, None] + shares * life[:, None] + np.arange(len(SLOTS)) * 0.05
    times = np.where(taken, times, np.nan)
    ending = np.where(archived, "diarsipkan", np.where(merged, "digabung", "ditutup"))
    before = np.where(merged, "baru", r"\N")
    return times, ending, before


def _dues(opened: Any, times: Any, kinds: Any) -> Any:
    """(n, 3) when each should be verified, answered first, done; NaN: no such clock."""
    dues = np.full((len(opened), 3), np.nan)
    for kind, (verify, answer, done) in DUES.items():
        of_kind = kinds == kind
        if verify is not None:
            dues[of_kind, 0] = opened[of_kind] + verify * DAY_S
        if answer is not None:
            dues[of_kind, 1] = times[of_kind, REFERRED] + answer * DAY_S
        dues[of_kind, 2] = opened[of_kind] + done * DAY_S
    return dues


def _shares(count: int, spread: float) -> Any:
    """Uneven shares, the same for equal counts: some have fifty times what others have."""
    raw = np.random.default_rng(count).lognormal(0, spread, count)
    return raw / raw.sum()


def _town(cursor: Any, dice: np.random.Generator) -> Town:
    cursor.execute(
        "INSERT INTO agency (code, name, short, kind) SELECT 'uji_' || n, 'Instansi uji ' || n,"
        " 'Uji ' || n, 'opd' FROM generate_series((SELECT count(*) FROM agency) + 1, %s) AS n"
        " ON CONFLICT DO NOTHING", (AGENCIES,)
    )  # fmt: skip
    cursor.execute("SELECT id FROM agency ORDER BY id")
    agencies = [row[0] for row in cursor]
    cursor.execute(
        "SELECT agency_id, min(id) FROM app_user WHERE role = 'agency_officer' GROUP BY 1"
    )
    people = dict(cursor.fetchall())
    villages = crowd_map._villages(cursor)
    pools = [crowd_map._inside(dice, village, POOL) for village in villages]
    town = Town(villages, pools, crowd_map._kinds(cursor), agencies, people)
    cursor.execute(
        "CREATE TEMP TABLE crowd_village ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY code)"
        " - 1 AS n, village.id, edition_id, code, district_code FROM village"
        " JOIN edition ON edition.id = edition_id WHERE in_force"
    )
    cursor.execute(
        "CREATE TEMP TABLE crowd_kind ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY rank)"
        " - 1 AS n, code, kind, restricted_group, audience FROM category WHERE active"
    )
    return town


_INCIDENTS = """
INSERT INTO incident (id, category_code, priority, state, place_text, pin, pinned_by, edition_id,
  village_id, village_code, district_code, outside, village_p, agency_ids, restricted_group,
  audience, channel, after_hours, due_at, opened_at, closed_at, outcome, demo)
SELECT c.incident, k.code, c.priority, CASE WHEN over.at IS NULL THEN 'baru' ELSE 'ditutup' END,
       c.place, c.pin::geometry, CASE WHEN c.pin IS NOT NULL THEN 'petugas' END, v.edition_id,
       v.id, v.code, v.district_code, false, 1, array_remove(ARRAY[c.agency, c.other], NULL),
       k.restricted_group, k.audience, '112', false, to_timestamp(c.done), to_timestamp(c.t0),
       to_timestamp(over.at), CASE WHEN over.at IS NOT NULL THEN 'selesai' END, true
  FROM crowd AS c
  JOIN crowd_village AS v ON v.n = c.village
  JOIN crowd_kind AS k ON k.n = c.kind
  LEFT JOIN crowd AS o ON o.incident = c.incident AND o.second
 CROSS JOIN LATERAL (SELECT CASE WHEN c.other IS NULL THEN c.t15
   WHEN c.t15 IS NOT NULL AND o.t15 IS NOT NULL THEN greatest(c.t15, o.t15) END AS at) AS over
 WHERE NOT c.second ORDER BY c.incident
"""
_STATE = "CASE " + " ".join(
    f"WHEN c.t{slot} IS NOT NULL THEN {f'{chr(39)}{state}{chr(39)}' if slot < END else 'c.ending'}"
    for slot, state in reversed(list(enumerate(SLOTS)))
) + " END"  # fmt: skip
_TICKETS = f"""
INSERT INTO ticket (incident_id, agency_id, state, before, kind, rule, restricted_group,
  category_code, priority, village_code, district_code, opened_at, referred_at, here_at,
  answered_at, followed_up_at, closed_at, verify_due_at, answer_due_at, due_at, reply_due_at,
  returns, reopens, holder_id, holder, held_at, proof_needed, proofs, outcome, stars, demo)
SELECT c.incident, c.agency, s.state,
       CASE s.state WHEN 'ditunda' THEN 'diterima_opd' WHEN 'digabung' THEN c.before END,
       k.kind, 'uji', k.restricted_group, k.code, c.priority, v.code, v.district_code,
       to_timestamp(c.t0), to_timestamp(coalesce(c.t2, CASE WHEN k.kind = 'darurat' THEN c.t0 END)),
       to_timestamp(coalesce(c.t4, c.t2, CASE WHEN k.kind = 'darurat' THEN c.t0 END)),
       to_timestamp(least(c.t3, c.t5)), to_timestamp(coalesce(c.t13, c.t9)), to_timestamp(c.t15),
       to_timestamp(c.verify), to_timestamp(c.answer), to_timestamp(c.done),
       CASE WHEN s.state = 'menunggu_tanggapan'
         THEN to_timestamp(coalesce(c.t14, c.t10)) + interval '14 days' END,
       CASE WHEN c.t3 IS NULL THEN 0 ELSE 1 END, CASE WHEN c.t11 IS NULL THEN 0 ELSE 1 END,
       h.id, h.name, CASE WHEN h.id IS NOT NULL THEN to_timestamp(coalesce(c.t5, c.t0)) END,
       c.roll < 0.6, CASE WHEN c.t9 IS NOT NULL AND c.roll < 0.6 THEN 1 ELSE 0 END,
       CASE s.state WHEN 'ditutup' THEN 'selesai' WHEN 'digabung' THEN 'digabung'
         WHEN 'diarsipkan' THEN 'bukan_laporan' END, c.stars, true
  FROM crowd AS c
  JOIN crowd_village AS v ON v.n = c.village
  JOIN crowd_kind AS k ON k.n = c.kind
  LEFT JOIN app_user AS h ON h.id = c.holder
 CROSS JOIN LATERAL (SELECT {_STATE} AS state) AS s
 ORDER BY c.incident, c.second
"""
_STEPS = f"""
INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor, by_name, reason, demo)
SELECT t.id, t.incident_id, to_timestamp(s.at), coalesce(s.state, c.ending), t.agency_id, s.actor,
       'uji', CASE s.state WHEN 'bukan_wewenang' THEN 'milik_lain' WHEN 'ditunda' THEN 'data_kurang'
         END, true
  FROM crowd AS c
  JOIN ticket AS t ON t.incident_id = c.incident AND t.agency_id = c.agency
 CROSS JOIN LATERAL (VALUES {", ".join(
     f"({slot}, {f'{chr(39)}{SLOTS[slot]}{chr(39)}' if slot < END else 'NULL'}, c.t{slot},"
     f" '{ACTORS[slot]}')" for slot in range(len(SLOTS)))}) AS s (n, state, at, actor)
 WHERE s.at IS NOT NULL ORDER BY t.id, s.n
"""  # fmt: skip


if __name__ == "__main__":
    begun = time.perf_counter()
    numbers = [int(given) for given in sys.argv[2:]]
    print(f"{fill(sys.argv[1], *numbers)} tickets in {time.perf_counter() - begun:.1f} s")
