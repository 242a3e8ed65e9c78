from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules.candidates import Busy, Candidate, Leaves
from dispatch.rules.eta import Arrival
from dispatch.rules.plans import Plan, PlanPart, fill
from dispatch.rules.reasons import in_english
from dispatch.rules.selection import Task, rank
from dispatch.rules.workflow import UnitState
from geo.routing import Leg, NoRoute

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
MEDIC, POLICE, SEA = frozenset({"medis"}), frozenset({"polisi"}), frozenset({"sar_laut"})
AMBULANCE = PlanPart("ambulans", "Ambulans", "Ambulance", 1, MEDIC)
PATROL = PlanPart("polisi", "Polisi", "Police", 1, POLICE, ("patroli",))
BOAT = PlanPart("kapal", "Perahu", "Boat", 1, SEA)
NO_ROAD = NoRoute("tidak ada jalan darat")


def task(*parts, priority=1, met=(), target_s=900.0):
    plan = Plan("x", 1, 1, target_s, parts or (AMBULANCE,))
    return Task(priority, fill(plan, met), NOW)


def unit(call_sign, expected, skills=MEDIC, responsible=True, p=None, **more):
    """A candidate; `expected` in seconds, None where no way leads."""
    if expected is None:
        arrival, leg = None, NO_ROAD
    else:
        chance = max(0.0, min(1.0, 1.6 - expected / 900)) if p is None else p
        arrival = Arrival(expected, expected * 0.7, expected * 1.4, chance, expected * 0.8)
        leg = Leg(expected * 0.8, expected * 8, "jalan")
    given = {"kind": "ambulans", "agency": "Dinkes", "leg": leg} | more
    return Candidate(
        unit_id=sum(map(ord, call_sign)),
        call_sign=call_sign,
        responsible=responsible,
        skills=skills,
        arrival=arrival,
        **given,
    )


def busy(priority=3, state="berangkat"):
    return Busy(7, 2, 70, "Orang hilang", "Missing person", priority, state)


def signs(suggestions):
    return [s.unit.call_sign for s in suggestions]


class Leaving:
    """A cover by hand: villages that each unit leaves behind."""

    def __init__(self, **villages):
        self.villages = {sum(map(ord, sign.replace("_", "-"))): n for sign, n in villages.items()}

    def __call__(self, skills):
        return self

    def leaves(self, unit_id):
        n = self.villages.get(unit_id)
        return None if n is None else Leaves(n, ("Bulu",))


def test_the_right_skill_beats_the_short_way():
    near, far = unit("POL-1", 60, skills=frozenset()), unit("AMB-1", 600)
    assert signs(rank([near, far], task()).units) == ["AMB-1", "POL-1"]


def test_of_equals_the_soonest_comes_first_and_ties_go_by_call_sign():
    units = [unit("AMB-3", 300), unit("AMB-2", 120), unit("AMB-1", 300)]
    assert signs(rank(units, task()).units) == ["AMB-2", "AMB-1", "AMB-3"]


def test_at_top_priority_of_two_as_soon_the_surer_one_goes():
    units = [unit("AMB-1", 300, p=0.7), unit("AMB-2", 300, p=0.9)]
    assert signs(rank(units, task()).units) == ["AMB-2", "AMB-1"]


def test_the_reason_says_when_how_and_how_surely():
    old = unit("AMB-1", 300, p=0.93, stale=True, fix_age_s=720.0)
    told = rank([old], task()).units[0]
    assert told.why == (
        "Ambulans Dinkes, 3–7 menit lewat jalan, 93 % di bawah 15 menit; posisi 12 menit lalu"
    )
    assert told.why_en == (
        "Ambulans Dinkes, 3–7 minutes by road, 93 % within 15 minutes; position 12 minutes old"
    )


def test_nothing_is_ever_quite_sure():
    assert "> 99 % di bawah" in rank([unit("AMB-1", 60, p=1.0)], task()).units[0].why
    assert "< 1 % di bawah" in rank([unit("AMB-1", 6000, p=0.0)], task()).units[0].why


def test_a_straight_line_says_that_it_is_one():
    crow = unit("AMB-1", 300, leg=Leg(200, 2000, "garis lurus × 1,4"))
    told = rank([crow], task()).units[0]
    assert "menurut garis lurus × 1,4" in told.why
    assert "by straight line × 1.4" in told.why_en


def test_a_ferry_on_the_way_is_named():
    ferry = Leg(9000, 80_000, "jalan + feri", 1200, ("Siginjai",))
    told = rank([unit("AMB-1", 12_000, leg=ferry)], task()).units[0]
    assert "2–5 jam lewat jalan dengan feri Siginjai" in told.why


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"responsible": False, "agency": "BPBD"}, "bantuan dari BPBD"),
        ({"crew": 0}, "tidak ada awak"),
        ({"shift_ends_at": NOW + timedelta(minutes=20)}, "giliran jaga hampir habis"),
        ({"silent_since": NOW}, "belum menjawab perintah terakhir"),
        ({"state": UnitState.RETURNING}, "sedang kembali ke pos"),
        ({"stale": True, "fix_age_s": 3 * 3600.0}, "posisi 3 jam lalu"),
    ],
)
def test_what_speaks_against_it_is_said(more, said):
    assert said in rank([unit("AMB-1", 300, **more)], task()).units[0].why


def test_what_is_missing_is_said():
    told = rank([unit("POL-1", 60, skills=POLICE, kind="patroli")], task()).units[0]
    assert told.lacks == MEDIC
    assert told.part is None
    assert "tanpa kemampuan medis" in told.why


def test_the_wrong_kind_comes_after_those_asked_for():
    team = unit("REG-1", 60, skills=POLICE, kind="regu")
    car = unit("POL-1", 600, skills=POLICE, kind="patroli")
    ranking = rank([team, car], task(PATROL))
    assert signs(ranking.units) == ["POL-1", "REG-1"]
    assert "bukan jenis yang diminta" in ranking.units[1].why


def test_a_unit_without_anybody_on_board_is_last():
    ranking = rank([unit("AMB-1", 60, crew=0), unit("AMB-2", 900)], task())
    assert signs(ranking.units) == ["AMB-2", "AMB-1"]


def test_too_small_a_crew_is_said_and_counted_below_top_priority():
    part = PlanPart("ambulans", "Ambulans", "Ambulance", 1, MEDIC, crew=2)
    small, full = unit("AMB-1", 300, crew=1), unit("AMB-2", 400, crew=2)
    assert signs(rank([small, full], task(part)).units) == ["AMB-1", "AMB-2"]
    below = rank([small, full], task(part, priority=2)).units
    assert signs(below) == ["AMB-2", "AMB-1"]
    assert "awak 1 dari 2 yang diminta" in below[1].why
    unknown = rank([unit("AMB-3", 300)], task(part)).units[0]
    assert "awak belum dilaporkan" in unknown.why


def test_each_part_of_the_plan_has_its_best_first():
    units = [unit("POL-1", 60, skills=POLICE, kind="patroli"), unit("AMB-1", 600)]
    ranking = rank(units, task(AMBULANCE, PATROL))
    assert [(s.unit.call_sign, s.part) for s in ranking.units] == [
        ("AMB-1", "ambulans"),
        ("POL-1", "polisi"),
    ]


def test_a_part_that_is_met_is_looked_for_no_more():
    units = [unit("POL-1", 600, skills=POLICE, kind="patroli"), unit("AMB-1", 60)]
    ranking = rank(units, task(AMBULANCE, PATROL, met=["ambulans"]))
    assert signs(ranking.units) == ["POL-1", "AMB-1"]


def test_for_a_complete_plan_reinforcement_is_suggested():
    ranking = rank([unit("AMB-1", 60)], task(met=["ambulans"]))
    assert [(s.unit.call_sign, s.part) for s in ranking.units] == [("AMB-1", "ambulans")]


def test_where_nothing_is_asked_for_the_responsible_agency_comes_first():
    plan = Plan("x", 1, 1, 900, ())
    own, other = unit("DLH-1", 600), unit("AMB-1", 60, responsible=False)
    ranking = rank([other, own], Task(3, fill(plan, []), NOW))
    assert signs(ranking.units) == ["DLH-1", "AMB-1"]


def test_cover_never_weighs_at_top_priority_but_is_shown():
    near, far = unit("AMB-1", 300), unit("AMB-2", 320)
    cover = Leaving(AMB_1=12, AMB_2=0)
    ranking = rank([near, far], task(), cover)
    assert signs(ranking.units) == ["AMB-1", "AMB-2"]
    assert ranking.units[0].leaves == Leaves(12, ("Bulu",))
    assert "12 desa tanpa jangkauan selama bertugas" in ranking.units[0].why


def test_below_top_priority_the_cover_left_behind_weighs():
    near, far = unit("AMB-1", 300), unit("AMB-2", 320)
    cover = Leaving(AMB_1=12, AMB_2=0)
    assert signs(rank([near, far], task(priority=2), cover).units) == ["AMB-2", "AMB-1"]


def test_cover_never_weighs_more_than_its_limit():
    near, far = unit("AMB-1", 300), unit("AMB-2", 2000)
    cover = Leaving(AMB_1=195, AMB_2=0)
    assert signs(rank([near, far], task(priority=4), cover).units) == ["AMB-1", "AMB-2"]


def test_no_way_is_a_list_of_its_own_and_never_a_number():
    island, mainland = unit("AMB-1", 90_000), unit("AMB-2", None, straight_m=80_000.0)
    ranking = rank([mainland, island], task())
    assert signs(ranking.units) == ["AMB-1"]
    (cut_off,) = ranking.no_route
    assert cut_off.why == "Ambulans Dinkes, tidak ada jalan darat, 80,0 km garis lurus"
    times = (cut_off.expected_s, cut_off.low_s, cut_off.high_s, cut_off.travel_s)
    assert {*times, cut_off.p_target, cut_off.distance_m} == {None}


@pytest.mark.parametrize(
    ("reason", "english"),
    [
        ("terpisah laut", "the sea lies between"),
        ("laut ditutup: ombak 2,5 m", "the sea is closed"),
        ("Feri Kartini ditutup: ombak", "no road leads there"),
    ],
)
def test_why_no_way_leads_there_is_said_in_both_languages(reason, english):
    told = rank([unit("AMB-1", None, leg=NoRoute(reason))], task()).no_route[0]
    assert told.why == f"Ambulans Dinkes, {reason}"
    assert told.why_en == f"Ambulans Dinkes, {english}"


def test_boats_stand_apart():
    boat = unit("SAR-1", 900, skills=SEA, kind="perahu", by_sea=True, leg=Leg(800, 9000, "laut"))
    car = unit("BPB-1", None, skills=SEA)
    ranking = rank([car, boat], task(BOAT))
    assert (signs(ranking.units), signs(ranking.by_sea)) == ([], ["SAR-1"])
    assert signs(ranking.no_route) == ["BPB-1"]
    assert "lewat laut" in ranking.by_sea[0].why


def test_a_boat_that_helps_nothing_is_left_out_where_roads_lead():
    boat = unit("SAR-1", 60, skills=SEA, kind="perahu", by_sea=True)
    assert rank([boat, unit("AMB-1", 300)], task()).by_sea == []


def test_a_boat_is_offered_for_everything_where_no_road_leads():
    boat = unit("SAR-1", 1800, skills=SEA, kind="perahu", by_sea=True)
    ranking = rank([boat, unit("AMB-1", None)], task())
    assert signs(ranking.by_sea) == ["SAR-1"]
    stuck = rank([unit("SAR-1", None, skills=SEA, by_sea=True)], task())
    assert signs(stuck.no_route) == ["SAR-1"]


def test_a_unit_under_way_to_something_less_urgent_is_proposed_where_it_is_clearly_sooner():
    free, under_way = unit("AMB-1", 900), unit("AMB-2", 300, busy=busy())
    ranking = rank([free, under_way], task())
    assert (signs(ranking.units), signs(ranking.divert)) == (["AMB-1"], ["AMB-2"])
    assert "sedang ke Orang hilang (prioritas 3), 10 menit lebih cepat daripada AMB-1" in (
        ranking.divert[0].why
    )


@pytest.mark.parametrize(
    "under_way",
    [
        unit("AMB-2", 800, busy=busy()),  # hardly sooner
        unit("AMB-2", 300, busy=busy(priority=1)),  # to something as urgent
        unit("AMB-2", None, busy=busy()),  # cannot get there
        unit("POL-2", 300, skills=POLICE, busy=busy()),  # fills nothing
    ],
)
def test_else_it_is_left_alone(under_way):
    assert rank([unit("AMB-1", 900), under_way], task()).divert == []


def test_where_nobody_is_free_who_is_under_way_is_proposed_however_late():
    ranking = rank([unit("AMB-2", 5000, busy=busy())], task())
    assert signs(ranking.divert) == ["AMB-2"]
    assert "tidak ada unit siap yang bisa ke sana" in ranking.divert[0].why


def test_nobody_is_diverted_for_a_plan_that_is_complete():
    under_way = unit("AMB-2", 300, busy=busy())
    assert rank([unit("AMB-1", 900), under_way], task(met=["ambulans"])).divert == []


def test_of_nobody_nobody_is_suggested():
    ranking = rank([], task())
    assert (ranking.units, ranking.by_sea, ranking.no_route, ranking.divert) == ([], [], [], [])


def fleet_of(drawn):
    return [
        unit(
            f"U-{n:02d}",
            expected,
            skills=skills,
            responsible=responsible,
            crew=crew,
            shift_ends_at=NOW if tired else None,
            by_sea=by_sea,
            busy=busy() if out else None,
        )
        for n, (expected, skills, crew, (responsible, tired, by_sea, out)) in enumerate(drawn)
    ]


def fleets():
    some = st.tuples(
        st.none() | st.integers(1, 20_000),
        st.sampled_from([MEDIC, POLICE, frozenset(), MEDIC | POLICE]),
        st.sampled_from([None, 0, 1, 4]),
        st.sampled_from(list(product((False, True), repeat=4))),
    )
    return st.lists(some, max_size=10).map(fleet_of)


@settings(deadline=None)
@given(fleets(), st.integers(1, 4))
def test_unreachable_is_never_above_reachable(fleet, priority):
    ranking = rank(fleet, task(AMBULANCE, PATROL, priority=priority))
    assert all(s.expected_s is not None for s in [*ranking.units, *ranking.by_sea, *ranking.divert])
    assert all(s.expected_s is None for s in ranking.no_route)


@settings(deadline=None)
@given(fleets())
def test_top_priority_gets_the_one_that_is_there_first(fleet):
    ranking = rank(fleet, task())
    able = [
        u.arrival.expected_s
        for u in fleet
        if u.arrival and u.skills >= MEDIC and u.crew != 0 and not u.by_sea and not u.busy
    ]
    if able:
        assert ranking.units[0].expected_s == pytest.approx(min(able), abs=0.51)


@settings(deadline=None)
@given(fleets(), st.integers(1, 4), st.data())
def test_one_unit_less_never_changes_the_order_of_the_others(fleet, priority, data):
    if not fleet:
        return
    wanted = task(AMBULANCE, PATROL, priority=priority)
    gone = data.draw(st.sampled_from(fleet))
    with_it = signs(rank(fleet, wanted).units)
    without = signs(rank([u for u in fleet if u is not gone], wanted).units)
    assert without == [sign for sign in with_it if sign != gone.call_sign]


@settings(deadline=None)
@given(fleets(), st.integers(1, 4))
def test_nobody_stands_in_two_lists(fleet, priority):
    ranking = rank(fleet, task(AMBULANCE, PATROL, priority=priority))
    everybody = signs([*ranking.units, *ranking.by_sea, *ranking.no_route, *ranking.divert])
    assert len(everybody) == len(set(everybody))


def test_how_a_time_was_found_is_told_in_english():
    assert in_english("garis lurus × 1,4") == "straight line × 1.4"
    assert in_english("jalan + feri") == "road + ferry"
