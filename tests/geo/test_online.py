import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.location import Location

from geo.online import (
    LARGEST_ANSWER,
    LONGEST_TEXT,
    OSM,
    BadAddress,
    Breaker,
    OnlineSource,
    Told,
    from_settings,
)
from geo.point import Box

REGENCY = Box(west=110.4, south=-6.9, east=111.0, north=-6.3)
MARKET = {
    "osm_type": "node",
    "osm_id": 112,
    "lat": "-6.59",
    "lon": "110.67",
    "display_name": "Pasar Ratu, Panggang, Jepara, Jawa Tengah, Indonesia",
    "type": "marketplace",
    "boundingbox": ["-6.591", "-6.589", "110.669", "110.671"],
}
FAR = MARKET | {"lat": "-7.8", "lon": "110.36", "display_name": "Pasar Ratu, Yogyakarta"}


class Server(ThreadingHTTPServer):
    """Speaks as Nominatim does, or as badly as it is told to."""

    daemon_threads = True
    status, body, pause_s, drip = 200, b"[]", 0.0, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, list[str]]] = []
        self.agents: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answers(self, *places: object) -> None:
        self.body = json.dumps(places).encode()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(parse_qs(urlsplit(self.path).query))
        self.server.agents.append(self.headers["User-Agent"])
        time.sleep(self.server.pause_s)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        try:
            for piece in [self.server.body] if not self.server.drip else self._drops():
                self.wfile.write(piece)
        except OSError:  # the other side has gone
            self.close_connection = True

    def _drops(self) -> Iterator[bytes]:
        for letter in self.server.body:
            time.sleep(0.1)
            yield bytes([letter])

    def log_message(self, format: str, *args: object) -> None:
        pass


class Clock:
    """Seconds that pass when they are told to."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(server, clock) -> OnlineSource:
    """Nominatim with a clock that stands still unless moved, and no pause between calls."""
    made = from_settings(server.url, "tanggap tests")
    made._now = made.breaker._now = clock
    made._pause_s = 0.0
    return made


def test_answers_within_the_box_come_as_candidates(server, source):
    server.answers(MARKET, FAR)
    outcome = source.ask("pasar ratu", REGENCY)
    assert outcome.told is Told.ANSWERED
    (market,) = outcome.candidates
    assert (market.label, market.kind) == ("Pasar Ratu", "marketplace")
    assert market.context == "Panggang, Jepara, Jawa Tengah, Indonesia"
    assert (market.point.lon, market.point.lat) == (110.67, -6.59)
    assert market.radius_m == pytest.approx(157, abs=2)
    assert market.key == "Nominatim:node112"
    assert market.villages == ()


def test_whom_to_credit_goes_with_every_answer(server, source):
    server.answers(MARKET)
    outcome = source.ask("pasar ratu", REGENCY)
    assert outcome.attribution == OSM
    assert OSM in outcome.candidates[0].source


def test_the_service_is_asked_for_the_box_and_told_who_asks(server, source):
    source.ask("pasar  ratu\x00\n", REGENCY)
    (asked,) = server.asked
    assert asked["q"] == ["pasar ratu"]
    assert asked["bounded"] == ["1"]
    assert sorted(map(float, asked["viewbox"][0].split(","))) == [-6.9, -6.3, 110.4, 111.0]
    assert server.agents == ["tanggap tests"]


def test_nothing_found_is_an_answer(server, source):
    outcome = source.ask("entah", REGENCY)
    assert (outcome.told, outcome.candidates) == (Told.ANSWERED, ())
    assert source.breaker.failed == 0


@pytest.mark.parametrize("text", ["", " \n", "\x00\x01", "\ud800"])
def test_without_words_nobody_is_asked(server, source, text):
    assert source.ask(text).told is Told.NOT_ASKED
    assert server.asked == []


def test_only_the_first_letters_of_a_long_text_are_sent(server, source):
    source.ask("pasar " * 2000)
    assert len(server.asked[0]["q"][0]) <= LONGEST_TEXT


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[1, 2]", b'{"error": "no"}', b"[[", b'[{"lat": "x", "lon": "y"}]', b"\xff"],
)
def test_garbage_is_a_failure_and_no_exception(server, source, body):
    server.body = body
    assert source.ask("pasar").told is Told.FAILED
    assert source.breaker.failed == 1


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_refusal_is_a_failure(server, source, status):
    server.status = status
    assert source.ask("pasar").told is Told.FAILED


def test_an_answer_larger_than_a_megabyte_is_not_read(server, source):
    server.body = b'["' + b"x" * (2 * LARGEST_ANSWER) + b'"]'
    assert source.ask("pasar").told is Told.FAILED


def test_a_place_without_sense_is_left_out_of_the_others(server, source):
    server.answers(MARKET | {"boundingbox": ["?"]}, MARKET | {"boundingbox": None})
    first, second = source.ask("pasar", REGENCY).candidates
    assert first.radius_m == second.radius_m == 200


@pytest.mark.parametrize("drip", [False, True])
def test_a_slow_answer_is_not_waited_for(server, source, drip):
    server.answers(MARKET)
    server.pause_s, server.drip = (0.0, True) if drip else (0.6, False)
    source._timeout_s = 0.2
    outcome = source.ask("pasar", REGENCY)
    assert outcome.told is Told.FAILED
    assert "no answer within" in outcome.why or "TimedOut" in outcome.why
    assert source.breaker.failed == 1


def test_while_a_call_has_not_come_back_no_other_goes_out(clock):
    go, stuck = threading.Event(), threading.Event()

    class Stuck:
        def geocode(self, text, **options):
            stuck.set()
            go.wait(10)
            return []

    source = OnlineSource(Stuck(), "Stuck", "nobody", 0.05, pause_s=0.0, now=clock)
    assert source.ask("pasar").told is Told.FAILED
    assert stuck.is_set()
    assert source.ask("pasar").told is Told.NOT_ASKED
    assert source.breaker.asked == 1
    go.set()
    while source.ask("pasar").told is not Told.ANSWERED:  # the thread gives its turn back
        time.sleep(0.01)


def test_a_dead_server_is_a_failure(source, server):
    source._geocoder.api = "http://127.0.0.1:9/search"
    assert source.ask("pasar").told is Told.FAILED


def test_at_most_one_call_a_second(server, clock):
    source = from_settings(server.url, "tanggap tests")
    source._now = clock
    assert source.ask("pasar").told is Told.ANSWERED
    clock.seconds += 0.9
    assert source.ask("pasar").told is Told.NOT_ASKED
    clock.seconds += 0.2
    assert source.ask("pasar").told is Told.ANSWERED
    assert len(server.asked) == 2


def test_after_three_failures_it_is_left_alone_for_a_minute(server, source, clock):
    server.status = 500
    assert [source.ask("pasar").told for _ in range(5)] == [Told.FAILED] * 3 + [Told.OPEN] * 2
    assert len(server.asked) == 3
    clock.seconds += 61
    assert source.ask("pasar").told is Told.FAILED  # the one that tries
    assert source.ask("pasar").told is Told.OPEN
    server.status = 200
    clock.seconds += 61
    assert [source.ask("pasar").told for _ in range(4)] == [Told.ANSWERED] * 4
    breaker = source.breaker
    assert (breaker.asked, breaker.failed, breaker.refused) == (8, 4, 3)


def test_failures_must_follow_each_other_to_open_the_breaker():
    breaker = Breaker(lambda: 0.0)
    for _ in range(5):
        breaker.went_wrong()
        breaker.went_wrong()
        breaker.succeeded()
    assert breaker.allows()


def test_when_half_open_one_alone_may_try():
    seconds = [0.0]
    breaker = Breaker(lambda: seconds[0])
    for _ in range(3):
        breaker.went_wrong()
    seconds[0] = 60.5
    assert [breaker.allows() for _ in range(4)] == [True, False, False, False]


def test_any_geocoder_of_geopy_will_do():
    class Fixed:
        def geocode(self, text, exactly_one, timeout):
            return [Location("Alun-alun, Kota", (-6.59, 110.67, 0.0), {})]

    source = OnlineSource(Fixed(), "Peta", "© Peta")
    (place,) = source.ask("alun-alun").candidates
    assert (place.label, place.source) == ("Alun-alun", "Peta, © Peta")


def test_the_words_that_were_asked_are_not_in_the_reason(server, source):
    server.body = b"rahasia"
    assert "rahasia" not in source.ask("rahasia").why


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nominatim.example",
        "ftp://x",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://x:99999",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(BadAddress):
        from_settings(url, "tanggap tests")
