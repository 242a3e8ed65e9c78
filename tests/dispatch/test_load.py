"""The load: what counts where, for whom, and under which filter; and the list of the same cases."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch import board, listing, load
from dispatch.catalogue import Catalogue
from dispatch.errors import Unknown
from dispatch.listing import Spot
from dispatch.rules.filters import ALL, Filter
from dispatch.scope import SYSTEM, Role, Scope, enter
from geo.map_cells import tile_run
from geo.point import Box
from tests.benches.crowd_map import fill
from tests.world import NOON, World

BUSY = "33.20.15.2005"  # where the invented crowd is thickest
OFFICER = Scope("agency_officer", agency_id=1)
SEEING = (
    Scope("dispatcher"),
    Scope("leader"),
    Scope("wallboard"),
    OFFICER,
    Scope("village_head", village_code=BUSY),
)
CASES = 600


@pytest.fixture(scope="module")
def crowd(shared_world: World) -> World:
    """A world with some hundred open cases, and a few that are nowhere."""
    fill(shared_world.owner_url, CASES, now=NOON)
    with shared_world.as_owner() as session:
        session.execute(
            text(
                "UPDATE incident SET village_id = NULL, village_code = NULL, village_p = NULL,"
                " district_code = NULL, pin = NULL, outside = true WHERE id % 40 = 0"
            )
        )
    return shared_world


FILTERS = (
    ALL,
    Filter(kind="aduan"),
    Filter(kind="darurat", categories=frozenset({"kebakaran", "sampah"})),
    Filter(agency="satpolpp_damkar"),
    Filter(channel="pesan", priorities=frozenset({1, 2})),
    Filter(late=True),
    Filter(hours=48),
    Filter(since=NOON - timedelta(days=9), until=NOON - timedelta(days=3)),
)


@pytest.mark.parametrize("scope", SEEING, ids=lambda scope: str(scope.role))
def test_the_villages_and_what_is_elsewhere_come_to_the_total(crowd: World, scope: Scope):
    with crowd.as_scope(scope) as session:
        found = load.counted(session, NOON)
        by_village = load.load(session, NOON)
        total = load.totals(session, NOON)
    assert total.open == sum(v.open for v in by_village.values()) + total.elsewhere
    assert total.villages == len(by_village) > 0
    assert total.late == sum(there.late for there in found.values()) > 0
    assert total.oldest_at == min(there.oldest_at for there in found.values() if there.oldest_at)


@pytest.mark.parametrize("filter", FILTERS, ids=lambda filter: filter.key() or "all")
def test_a_planner_counts_what_one_who_sees_all_that_is_not_sensitive_counts(
    crowd: World, filter: Filter
):
    told = []
    for role in (Role.PLANNER, Role.WALLBOARD):
        with crowd.as_scope(Scope(role)) as session:
            catalogue = crowd.parts.ground().catalogue
            found = load.counted(session, NOON, filter, catalogue=catalogue)
        told.append({c: (t.open, t.urgent, t.late, t.oldest_at) for c, t in found.items()})
    assert told[0] == told[1]
    assert told[0]


@pytest.mark.parametrize("filter", FILTERS, ids=lambda filter: filter.key() or "all")
@pytest.mark.parametrize("scope", SEEING, ids=lambda scope: str(scope.role))
def test_the_list_and_the_load_mean_the_same_cases(crowd: World, scope: Scope, filter: Filter):
    catalogue = crowd.parts.ground().catalogue
    with crowd.as_scope(scope) as session:
        total = load.totals(session, NOON, filter, catalogue)
        own = Spot(village=load.only_village(scope))
        page = listing.page(session, NOON, catalogue, filter, own, limit=200)
    assert page.total == total.open
    assert len(page.incidents) == min(200, page.total)


def test_a_village_head_counts_only_what_is_counted_to_the_own_village(crowd: World):
    with crowd.as_scope(SEEING[-1]) as session:
        assert set(load.counted(session, NOON)) <= {BUSY}


def test_only_the_villages_that_are_asked_for_are_counted(crowd: World):
    with crowd.as_scope(SEEING[0]) as session:
        whole = load.counted(session, NOON)
        some = [*list(whole)[:3], None, "99.99.99.9999"]
        assert load.counted(session, NOON, villages=some) == {
            code: whole[code] for code in some if code in whole
        }


def test_a_crew_cannot_learn_the_category_of_its_sensitive_case_by_asking_for_it(crowd: World):
    crew = Scope("field_unit", unit_id=1)
    with crowd.as_owner() as session:
        case = session.scalar(
            text("SELECT id FROM incident WHERE restricted_group IS NOT NULL AND closed_at IS NULL")
        )
        code = session.scalar(
            text("SELECT category_code FROM incident WHERE id = :id"), {"id": case}
        )
        session.execute(
            text(
                "INSERT INTO assignment (incident_id, unit_id, state, sent_at, sent_by_name,"
                " restricted_group, state_since) SELECT id, 1, 'ditugaskan', now(), 'uji',"
                " restricted_group, now() FROM incident WHERE id = :id"
            ),
            {"id": case},
        )
    catalogue = crowd.parts.ground().catalogue
    with crowd.as_scope(crew) as session:
        named = Filter(categories=frozenset({str(code)}))
        assert listing.page(session, NOON, catalogue, limit=9).total == 1
        assert listing.page(session, NOON, catalogue, named, limit=9).total == 0


def test_pages_follow_each_other_without_a_gap_or_a_double(crowd: World):
    catalogue = crowd.parts.ground().catalogue
    seen: list[tuple[int, object, int]] = []
    with crowd.as_scope(SEEING[0]) as session:
        after = None
        while page := listing.page(session, NOON, catalogue, limit=90, after=after).incidents:
            seen += [(row.priority, row.opened_at, row.id) for row in page]
            after = page[-1].id
        total = load.totals(session, NOON).open
        with pytest.raises(Unknown):
            listing.page(session, NOON, catalogue, limit=9, after=2**61)
    assert seen == sorted(seen)
    assert len({number for _, _, number in seen}) == len(seen) == total


def test_the_cells_of_a_tile_hold_each_pinned_case_of_a_box_once(crowd: World):
    catalogue = crowd.parts.ground().catalogue
    with crowd.as_scope(SEEING[0]) as session:

        def many(spot: Spot) -> int:
            return listing.page(session, NOON, catalogue, ALL, spot, limit=1).total

        cells = [Spot(run=tile_run(3, x, y)) for x in range(8) for y in range(8)]
        pinned = many(Spot(box=Box(west=-180, south=-89, east=180, north=89)))
        assert sum(map(many, cells)) == pinned
        assert pinned + many(Spot(unpinned=True)) == many(Spot())
        west = Box(west=100, south=-9, east=110.7, north=0)
        halves = [west, Box(west=110.7, south=-9, east=120, north=0)]
        assert sum(many(Spot(box=half)) for half in halves) == pinned


def test_a_board_says_how_much_is_open_and_whether_it_holds_all_of_it(
    crowd: World, monkeypatch: pytest.MonkeyPatch
):
    with crowd.as_scope(SEEING[0]) as session:
        total = load.totals(session, NOON).open
        whole, without = board.now(session, NOON), board.now(session, NOON, incidents=False)
        monkeypatch.setattr(board, "_OPEN_ROWS", board._OPEN_ROWS.limit(10))
        monkeypatch.setattr(board, "MOST_ON_SCREEN", 10)
        cut = board.now(session, NOON)
    with crowd.as_scope(Scope("planner")) as session:
        counted = board.now(session, NOON)
    assert (len(whole.incidents), whole.truncated) == (total, False)
    assert (len(without.incidents), without.truncated, without.total.open) == (0, False, total)
    assert (len(cut.incidents), cut.truncated, cut.total.open) == (10, True, total)
    assert counted.total.open > 0
    assert not counted.truncated, "who sees no row has no list that could be cut"


def test_nothing_open_is_a_total_of_zeros(session: Session):
    enter(session, SYSTEM)
    assert load.totals(session, NOON, catalogue=Catalogue({}, {}, [])) == load.Total(
        0, 0, 0, None, None, 0, 0, 0, 0
    )
