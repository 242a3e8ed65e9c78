"""How often a photo is known again, how often wrongly, and how long the question takes.

    python -m tests.benches.bench_same_photo [PLACES] [SEALS]

Pictures are drawn (tests/scenes.py): what is true of them is known. The second table asks
same_photo() among so many seals, over against a count by the same index alone.
"""

# ruff: noqa: T201 - what it prints is what it is for

import random
import sys
from collections import defaultdict
from itertools import combinations
from statistics import median
from time import perf_counter

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from dispatch.pictures import Looks, looks_of
from dispatch.rules import proof
from tests.cluster import admin_url, as_role, database
from tests.scenes import Scene, copies, neighbours

ROUNDS = 40
TICKET = """
    INSERT INTO ticket (
      id, incident_id, agency_id, state, kind, rule, category_code, priority, opened_at)
    VALUES (1, 1, 1, 'dikerjakan', 'aduan', 'uji', 'jalan', 3, now())
"""
PROOFS = """
    INSERT INTO proof (id, ticket_id, incident_id, kind, at, by_name, url, key)
    SELECT n, 1, 1, 'tautan', now(), 'uji', 'https://contoh.invalid', n
      FROM generate_series(1, :n) AS n
"""
SEALS = """
    INSERT INTO proof_seal (proof_id, ticket_id, sha256, phash)
    SELECT n, 1, sha256(CAST(CAST(n AS text) AS bytea)), hashtextextended(CAST(n AS text), 7)
      FROM generate_series(1, :n) AS n
"""
# Bands of real hashes are less even than these: half of their bits are set.
BANDS = """
    INSERT INTO proof_band (band, proof_id)
    SELECT CAST((k << 16) | ((phash >> (16 * k)) & 65535) AS integer), proof_id
      FROM proof_seal, generate_series(0, 3) AS k
"""
SAME = """SELECT same_photo(2, sha256('x'), CAST(:bands AS integer[]), CAST(:hashes AS bigint[]),
                 CAST(:most AS integer[]))"""
BARE = "SELECT count(*) FROM proof_band WHERE band = ANY (CAST(:bands AS integer[]))"


def main() -> None:
    places = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seals = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    _known_again(places)
    with admin_url() as admin, database(admin, "empty") as name:
        _asked(admin, name, seals)


def _known_again(places: int) -> None:
    held, looks = defaultdict(list), {}
    for place in range(places):
        picture = Scene(place).drawn()
        looks[place] = old = _looks(picture)
        for kind, copy in copies(picture).items():
            held[f"copy: {kind}"].append(_same(_looks(copy), old))
        for kind, other in neighbours(place).items():
            held[f"same street: {kind}"].append(_same(_looks(other), old))
    for one, other in combinations(looks.values(), 2):
        held["another street"].append(_same(one, other))
    print(f"\n{'picture':38} {'n':>6} {'held to be the same':>20}   hash alone")
    for kind, found in held.items():
        alone = sum(near for near, _ in found)
        print(f"{kind:38} {len(found):6} {sum(any(f) for f in found):20}   {alone}")


def _looks(picture: object) -> Looks:
    looks = looks_of(picture)
    assert looks is not None
    return looks


def _same(new: Looks, old: Looks) -> tuple[bool, bool]:
    """By the hash, and by a margin cut off or put on."""
    near = proof.bits_apart(new.phash, old.phash) <= proof.SAME_BITS
    cut = min(proof.bits_apart(other, old.phash) for other in new.cut)
    return near, cut <= proof.SAME_BITS_CUT


def _asked(admin: str, name: str, seals: int) -> None:
    superuser = create_engine(_on(admin, name))
    with superuser.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no foreign keys
        for statement in (TICKET, PROOFS, SEALS, BANDS):
            connection.execute(text(statement), {"n": seals} if ":n" in statement else {})
    with superuser.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE proof, proof_seal, proof_band"))
    superuser.dispose()
    app = create_engine(as_role(admin, "tanggap_app", name))
    owner = create_engine(_on(admin, name))
    with app.connect() as asking, owner.connect() as bare:
        asking.execute(text("SELECT set_config('app.role', 'dispatcher', false)"))
        whole, least = _median_ms(asking, SAME), _median_ms(bare, BARE)
    print(f"\nsame_photo() among {seals} seals: {whole:.1f} ms; by the index alone {least:.1f} ms;")
    print(f"ratio {whole / least:.2f}")


def _median_ms(connection: Connection, statement: str) -> float:
    chance, took = random.Random(5), []  # noqa: S311 - the same each run
    for _ in range(ROUNDS):
        hashes = [chance.getrandbits(64) for _ in range(5)]
        asked = {
            "bands": proof.near_bands(hashes),
            "hashes": [proof.signed(phash) for phash in hashes],
            "most": [6, 4, 4, 4, 4],
        }
        given = {key: asked[key] for key in asked if f":{key}" in statement}
        began = perf_counter()
        connection.execute(text(statement), given).all()
        took.append((perf_counter() - began) * 1000)
    return median(took)


def _on(admin: str, name: str) -> str:
    """The superuser's address of that database."""
    return as_role(admin, "tanggap_super", name)


if __name__ == "__main__":
    main()
