import json

import pytest
from geopy.exc import GeocoderQueryError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders.base import Geocoder
from geopy.point import Point as GeopyPoint

from geo.finding import Candidate, Found, VillageChance
from geo.geopy_geocoder import Tanggap
from geo.locator import Locator
from geo.point import Point
from geo.uncertainty.location import at

WEST = (110.0, -6.01, 110.01, -6.0)


def candidate(label: str, lon: float, p: float) -> Candidate:
    point = Point(lon=lon, lat=-6.005)
    return Candidate(
        key=label, label=label, kind="pasar", context="Alpha, Kotak", point=point, radius_m=60.0,
        location=at(point), p=p, villages=(VillageChance("a", "Alpha", "Kotak", p),),
        why="cocok dengan nama", source="uji",
    )  # fmt: skip


class TwoMarkets:
    """Knows two markets; keeps what it was asked."""

    def __init__(self, locator: Locator) -> None:
        self.locator = locator
        self.asked: list[tuple[str, int, str]] = []

    def locate(self, text: str, limit: int = 8, language: str = "id") -> Found:
        self.asked.append((text, limit, language))
        if text == "kudus":
            return Found((), outside="Kabupaten Kudus")
        both = (candidate("Pasar Lor", 110.002, 0.7), candidate("Pasar Kidul", 110.008, 0.3))
        return Found(both[:limit])


@pytest.fixture
def finder(session, squares) -> TwoMarkets:
    squares(a=WEST)
    return TwoMarkets(Locator.read(session))


@pytest.fixture
def geocoder(finder) -> Tanggap:
    return Tanggap(finder)


def test_it_is_a_geocoder_of_geopy(geocoder):
    assert isinstance(geocoder, Geocoder)


def test_the_best_candidate_is_the_location(geocoder):
    found = geocoder.geocode("pasar")
    assert found.address == "Pasar Lor, Alpha, Kotak"
    assert (found.latitude, found.longitude) == (-6.005, 110.002)


def test_raw_is_the_candidate_and_goes_through_json(geocoder):
    raw = json.loads(json.dumps(geocoder.geocode("pasar").raw))
    assert raw["villages"] == [{"code": "a", "name": "Alpha", "district": "Kotak", "p": 0.7}]
    assert (raw["kind"], raw["radius_m"], raw["p"]) == ("pasar", 60.0, 0.7)
    assert raw["why"] == "cocok dengan nama"


def test_all_candidates_come_best_first(geocoder):
    found = geocoder.geocode("pasar", exactly_one=False)
    assert [place.raw["label"] for place in found] == ["Pasar Lor", "Pasar Kidul"]
    assert len(geocoder.geocode("pasar", exactly_one=False, limit=1)) == 1


def test_the_language_of_the_reasons_is_handed_on(geocoder, finder):
    geocoder.geocode("pasar", exactly_one=False, limit=3, language="en")
    assert finder.asked == [("pasar", 3, "en")]


def test_another_regency_is_no_location(geocoder):
    assert geocoder.geocode("kudus") is None
    assert geocoder.geocode("kudus", exactly_one=False) is None


@pytest.mark.parametrize("query", [None, 7, ["pasar"]])
def test_what_is_no_text_is_refused(geocoder, query):
    with pytest.raises(GeocoderQueryError):
        geocoder.geocode(query)


def test_a_limit_below_one_is_refused(geocoder):
    with pytest.raises(GeocoderQueryError, match="limit"):
        geocoder.geocode("pasar", exactly_one=False, limit=0)


@pytest.mark.parametrize(
    "query", ["-6.005, 110.005", (-6.005, 110.005), GeopyPoint(-6.005, 110.005)]
)
def test_reverse_gives_the_village_of_the_point(geocoder, query):
    found = geocoder.reverse(query)
    assert found.address == "A, Kotak"
    assert found.raw["village"]["code"] == "a"
    assert found.raw["border_m"] > 0
    assert [one.raw for one in geocoder.reverse(query, exactly_one=False)] == [found.raw]


def test_reverse_off_every_village_is_nothing_and_not_the_nearest(geocoder):
    assert geocoder.reverse((-6.02, 110.005)) is None


@pytest.mark.parametrize(
    "query",
    ["sini", (-6.0, float("nan")), (-96.0, 110.0), (-6.0, 200.0), None, object(), (1,), "-96, 110"],
)
def test_reverse_refuses_what_is_no_point(geocoder, query):
    with pytest.raises(GeocoderQueryError, match="latitude, longitude"):
        geocoder.reverse(query)


def test_geopys_rate_limiter_takes_it(geocoder):
    assert RateLimiter(geocoder.geocode)("pasar").raw["label"] == "Pasar Lor"
