"""Fixtures for all tests: a cluster, an empty database rolled back, a filled world, a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from dispatch.scope import SYSTEM, enter
from tests.cluster import admin_url, as_role, database
from tests.shared import shared
from tests.world import Server, World, make_world, serve

BOUNDARIES = "data/village_boundaries/jepara.geojson"  # the villages that the stories play in

# A busy machine is no fault of the code: what Hypothesis plays may take as long as it takes.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def admin() -> Iterator[str]:
    """Address of the throw-away cluster, as the superuser."""
    with admin_url() as url:
        yield url


@pytest.fixture(scope="session")
def engine(admin: str) -> Iterator[Engine]:
    """The owner's engine on a database with tables and nothing in them."""
    with database(admin, "empty") as name:
        engine = create_engine(as_role(admin, "tanggap_owner", name))
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session with the house's rights; all that it did is undone after the test."""
    with engine.connect() as connection, connection.begin() as outer:
        session = Session(connection, join_transaction_mode="create_savepoint")
        enter(session, SYSTEM)
        yield session
        session.close()
        outer.rollback()


@pytest.fixture
def world(admin: str, tmp_path: Path) -> Iterator[World]:
    """An installation of its own, as `tanggap up` leaves it, without the invented day."""
    shared(BOUNDARIES)
    with database(admin, "filled") as name:
        made = make_world(admin, name, tmp_path)
        yield made
        made.close()


@pytest.fixture(scope="module")
def shared_world(admin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for a whole file: for tests that do not mind each other's rows."""
    shared(BOUNDARIES)
    with database(admin, "filled") as name:
        made = make_world(admin, name, tmp_path_factory.mktemp("world"))
        yield made
        made.close()


@pytest.fixture
def operator(world: World) -> FlaskClient:
    """A browser in which an operator is logged in."""
    return world.client("operator1")


@pytest.fixture
def live_server(world: World) -> Iterator[Server]:
    """A real server over a world of its own."""
    with serve(world, workers=2) as server:
        yield server
