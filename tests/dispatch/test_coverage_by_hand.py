"""The document of coverage on three villages and two units, equal to what a pencil says."""

from datetime import UTC, datetime

import numpy as np
import pytest

from dispatch.cover.standing import Standing
from dispatch.reports.coverage import Seen, document
from dispatch.reports.coverage_ask import CoverageAsk
from dispatch.reports.coverage_given import Given
from dispatch.reports.regimes import Regime
from geo.coverage import Demand
from geo.placement import VillageRef
from geo.point import Point

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
NAN = float("nan")
PEOPLE = [600, 300, 100]
# On the equator a hundredth of a degree is 1.11 km; two points stand for each village.
SPOTS = np.array([[lon, 0.0] for lon in (0.01, 0.05, 0.10, 0.15, 0.22, 0.40)])
DEMAND = Demand(SPOTS, np.array([0.3, 0.3, 0.15, 0.15, 0.05, 0.05]), np.array([0, 2, 4]))
MINUTES = np.array([[4, 9, 14, 20, NAN, NAN], [NAN, NAN, 12, 14, 30, NAN]])
VILLAGES = [
    VillageRef(n, f"99.0{n}", name, "desa", code, district)
    for n, (name, code, district) in enumerate(
        [("Asri", "99.1", "Barat"), ("Baru", "99.1", "Barat"), ("Cemara", "99.2", "Timur")]
    )
]


def unit(number, call_sign, lon):
    post = Point(lon=lon, lat=0.0)
    return Standing(
        number, call_sign, "pompa", frozenset({"api"}), False, True, post, number, "Pos", post
    )


@pytest.fixture(scope="module")
def told():
    units = [unit(1, "POMPA-01", 0.0), unit(2, "POMPA-02", 0.2)]
    regimes = [
        Regime("daratan", "Daratan", False, np.array([0, 1])),
        Regime("pulau-99.02", "Pulau: Cemara", True, np.array([2])),
    ]
    ask = CoverageAsk(skill="api", minutes=15, radius_km=7.5)
    given = Given(units, PEOPLE, [], ("Batas", "resmi"))
    seen = Seen(ask, given, DEMAND, MINUTES * 60, 2, VILLAGES, regimes, "jalan")
    return document(seen, NOW)


def test_shares_of_people_within_five_ten_and_fifteen_minutes(told):
    assert told["limits"] == [5, 10, 15]
    assert [v["shares"] for v in told["villages"]] == [[0.5, 1, 1], [0, 0, 1], [0, 0, 0]]
    assert told["total"]["shares"] == [0.3, 0.6, 0.9]
    assert told["total"]["population"] == 1000
    assert told["total"]["reached"] == 2
    assert told["missed"] == ["99.02"]
    assert "90 % penduduk" in told["words"]
    assert "1 dari 3 desa tidak: Cemara" in told["words"]


def test_who_is_there_first_and_when_half_a_village_is_reached(told):
    first = [(v["best_s"], v["by"]) for v in told["villages"]]
    assert first == [(240, "POMPA-01"), (720, "POMPA-02"), (1800, "POMPA-02")]


def test_an_island_is_judged_for_itself_and_so_is_each_district(told):
    main, island = told["regimes"]
    assert (main["reached"], main["villages"]) == (2, 2)
    assert main["shares"] == [round(0.3 / 0.9, 4), round(0.6 / 0.9, 4), 1]
    assert (island["name"], island["shares"], island["reached"]) == ("Pulau: Cemara", [0, 0, 0], 0)
    east, west = told["districts"]  # the worst first
    assert (east["name"], east["shares"][2]) == ("Timur", 0)
    assert (west["name"], west["population"]) == ("Barat", 900)


def test_the_law_and_what_its_circle_promises_that_the_road_does_not_keep(told):
    assert told["yardstick"]["minutes"] == 15
    assert told["yardstick"]["radius_km"] == 7.5
    # Within 7.5 km of a post: all but the third point (11 km) and the last (22 km).
    paper = told["paper"]
    assert (paper["circle"], paper["road"]) == (0.8, 0.9)
    assert (paper["only_circle"], paper["only_road"]) == (0.05, 0.15)
    assert paper["villages"] == ["99.02"]
    assert told["villages"][2]["paper"]["only_circle"] == 0.5


def test_a_busy_unit_takes_along_what_only_it_reaches(told):
    first, second = told["losses"]
    assert (first["call_sign"], first["weight"]) == ("POMPA-01", 0.6)
    assert (first["lost"], first["touched"]) == (1, 1)
    assert first["villages"][0] | {"id": ""} == {
        "id": "", "name": "Asri", "share": 1, "lost": True,
    }  # fmt: skip
    # Half of Baru is left to the other unit: it still counts as reached.
    assert (second["weight"], second["lost"], second["touched"]) == (0.15, 0, 1)
