"""What a play shows of villages, loaded over the real regency and taken away again."""

from datetime import UTC, datetime

from sqlalchemy import text

from dispatch.demo.clear import clear
from dispatch.demo.day import load_day
from dispatch.demo.villages import SOURCE
from dispatch.ground import Ground
from tests.app.canaries import PANGGANG, TEGALSAMBI
from tests.world import World

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)  # noon in WIB
COUNTS = """
    SELECT
      (SELECT count(*) FROM incident WHERE state <> 'ditutup' AND due_at < :now
          AND category_code IN (SELECT code FROM category WHERE kind = 'aduan')) AS late,
      (SELECT count(*) FROM village_part WHERE source = :source) AS parts,
      (SELECT count(*) FROM village_mark WHERE demo) AS marks,
      (SELECT count(*) FROM photo WHERE demo) AS photos,
      (SELECT max(n) FROM (SELECT count(*) AS n FROM incident
         WHERE audience = 'umum' AND state <> 'ditutup' GROUP BY village_code) AS v) AS crowd
"""
WAITING = (
    "SELECT place_text FROM incident WHERE village_code = :village AND state <> 'ditutup'"
    " AND audience = 'umum'"
)


def test_a_loaded_day_fills_the_pages_of_villages_and_is_taken_away_again(world: World):
    with world.as_owner() as session:
        ground = Ground.read(session, world.parts.regency)
        given = {"now": NOW, "source": SOURCE}
        empty = session.execute(text(COUNTS), given).one()
        load_day(session, ground, NOW, calls=12)
        full = session.execute(text(COUNTS), given).one()
        assert full.late >= 5
        assert full.parts == 16
        assert full.marks >= 2
        assert full.photos >= 1
        assert full.crowd >= 5  # the public map shows a cell
        for village in (TEGALSAMBI, PANGGANG):
            places = session.execute(text(WAITING), {"village": village}).scalars().all()
            assert sum(" RT " in place for place in places) >= 3
        clear(session, NOW)
        assert session.execute(text(COUNTS), given).one() == empty


def test_a_register_that_the_village_gave_stays_as_it_is(world: World):
    own = (
        "INSERT INTO village_part (village_code, dusun, rw, rt, source)"
        f" VALUES ('{TEGALSAMBI}', '', '009', '', 'desa')"
    )
    query = text("SELECT source FROM village_part WHERE village_code = :village")
    with world.as_owner() as session:
        session.execute(text(own))
        load_day(session, Ground.read(session, world.parts.regency), NOW, calls=3)
        assert session.execute(query, {"village": TEGALSAMBI}).scalars().all() == ["desa"]
        clear(session, NOW)
        assert session.execute(query, {"village": TEGALSAMBI}).scalars().all() == ["desa"]
