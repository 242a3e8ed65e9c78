"""/api/places/online: an outside geocoder, asked by hand, with no session open, never needed."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from geo.online import from_settings
from tests.geo.test_online import MARKET, Server, server  # noqa: F401 - a fixture
from tests.world import World


@pytest.fixture
def asking(world: World, server: Server) -> FlaskClient:  # noqa: F811
    """An operator where an outside geocoder is set."""
    world.parts.online = from_settings(server.url, "Tanggap (uji)")
    world.parts.online._pause_s = 0  # the server of a test has no policy
    return world.client("operator1")


def test_its_places_come_with_our_villages_and_its_name(
    asking: FlaskClient,
    server: Server,  # noqa: F811
) -> None:
    server.answers(MARKET)
    answer = asking.get("/api/places/online?q=pasar+ratu").get_json()
    assert answer["told"] == "terjawab"
    assert "OpenStreetMap" in answer["attribution"]
    (candidate,) = answer["candidates"]
    assert candidate["villages"][0]["name"] in ("Panggang", "Pengkol", "Jobokuto")


def test_a_service_that_fails_costs_its_answer_only(
    asking: FlaskClient,
    server: Server,  # noqa: F811
) -> None:
    server.status = 500
    answer = asking.get("/api/places/online?q=pasar").get_json()
    assert (answer["told"], answer["candidates"]) == ("gagal", [])
    assert asking.get("/api/places?q=desa+ngabul").get_json()["candidates"]


def test_no_database_session_is_held_while_it_is_asked(
    asking: FlaskClient,
    world: World,
    server: Server,  # noqa: F811
) -> None:
    held: list[int] = []
    asked = world.parts.online
    assert asked is not None
    ask = asked.ask

    class Watching:
        name = asked.name

        def ask(self, *given: object) -> object:
            held.append(world.parts.engine.pool.checkedout())  # type: ignore[attr-defined]
            return ask(*given)  # type: ignore[arg-type]

    world.parts.online = Watching()  # type: ignore[assignment]
    server.answers(MARKET)
    assert asking.get("/api/places/online?q=pasar").status_code == 200
    assert held == [0]


def test_without_the_setting_nothing_outside_is_asked(world: World) -> None:
    client = world.client("operator1")
    answer = client.get("/api/places/online?q=pasar").get_json()
    assert (answer["told"], answer["candidates"]) == ("tidak_ditanya", [])
    assert client.get("/api/catalogue").get_json()["online"] is None


def test_the_setting_names_the_server(world: World) -> None:
    from app.parts import build

    settings = replace(world.settings, nominatim_url="https://nominatim.example")
    built = build(settings)
    assert built.online is not None
    assert built.online.name == "Nominatim"
    built.engine.dispose()
