from dispatch.rules.selection import Candidate, rank
from dispatch.rules.workflow import UnitState
from geo.routing import Leg, NoRoute

MEDIC, SEA = frozenset({"medis"}), frozenset({"sar_laut"})
WATER = NoRoute("laut di antaranya")


def unit(call_sign, way, skills=MEDIC, responsible=True, **more):
    """A candidate; `way` in seconds (at 10 m/s), or NoRoute."""
    leg = way if isinstance(way, NoRoute) else Leg(way, way * 10, "garis lurus × 1,4")
    defaults = {"kind": "ambulans", "agency": "Dinkes"}
    return Candidate(
        unit_id=len(call_sign),
        call_sign=call_sign,
        responsible=responsible,
        skills=skills,
        leg=leg,
        **{**defaults, **more},
    )


def signs(suggestions):
    return [s.unit.call_sign for s in suggestions]


def test_the_right_skill_beats_the_short_way():
    near, far = unit("POL-1", 60, skills=frozenset()), unit("AMB-1", 600)
    assert signs(rank([near, far], MEDIC).units) == ["AMB-1", "POL-1"]


def test_of_equals_the_soonest_comes_first_and_ties_go_by_call_sign():
    units = [unit("AMB-3", 300), unit("AMB-2", 120), unit("AMB-1", 300)]
    assert signs(rank(units, MEDIC).units) == ["AMB-2", "AMB-1", "AMB-3"]


def test_the_first_says_that_it_is_nearest_and_how_far():
    assert rank([unit("AMB-1", 210)], MEDIC).units[0].why == "Ambulans terdekat yang siap, 2,1 km"


def test_what_is_missing_is_said():
    suggestion = rank([unit("POL-1", 60, skills=frozenset(), kind="patroli")], MEDIC).units[0]
    assert suggestion.lacks == MEDIC
    assert "tanpa kemampuan medis" in suggestion.why


def test_help_from_another_agency_comes_by_time_but_is_named():
    own, other = unit("AMB-1", 600), unit("BPB-1", 60, responsible=False, agency="BPBD")
    first = rank([own, other], MEDIC).units[0]
    assert first.unit is other
    assert "bantuan dari BPBD" in first.why


def test_where_no_skill_is_needed_the_responsible_agency_comes_first():
    own, other = unit("DLH-1", 600), unit("AMB-1", 60, responsible=False)
    assert signs(rank([other, own], frozenset()).units) == ["DLH-1", "AMB-1"]


def test_a_busy_unit_comes_after_all_free_ones():
    busy, free = unit("AMB-1", 60, state=UnitState.ON_SCENE), unit("AMB-2", 900)
    ranking = rank([busy, free], MEDIC)
    assert signs(ranking.units) == ["AMB-2", "AMB-1"]
    assert "sedang di lokasi" in ranking.units[1].why


def test_a_unit_that_no_road_joins_is_never_among_the_near_ones():
    island, mainland = unit("AMB-1", 300), unit("AMB-2", WATER, straight_m=80_000)
    ranking = rank([mainland, island], MEDIC)
    assert signs(ranking.units) == ["AMB-1"]
    assert ranking.by_sea[0].travel_s is None
    assert ranking.by_sea[0].why == (
        "Ambulans harus menyeberang, 80,0 km garis lurus, waktu tempuh tidak dihitung"
    )


def test_a_boat_is_always_by_sea_and_before_units_that_need_one():
    boat = unit("SAR-1", 60, skills=SEA, kind="perahu", by_sea=True)
    car = unit("BPB-1", WATER, skills=SEA)
    ranking = rank([car, boat], SEA)
    assert ranking.units == []
    assert signs(ranking.by_sea) == ["SAR-1", "BPB-1"]


def test_a_boat_that_helps_nothing_is_left_out_where_roads_lead():
    boat = unit("SAR-1", 60, skills=SEA, kind="perahu", by_sea=True)
    assert rank([boat, unit("AMB-1", 300)], MEDIC).by_sea == []


def test_a_boat_is_offered_for_everything_where_no_road_leads():
    boat = unit("SAR-1", WATER, skills=SEA, kind="perahu", by_sea=True)
    assert signs(rank([boat, unit("AMB-1", WATER)], MEDIC).by_sea) == ["SAR-1", "AMB-1"]


def test_of_nobody_nobody_is_suggested():
    ranking = rank([], MEDIC)
    assert (ranking.units, ranking.by_sea) == ([], [])
