"""One world with two years of emergencies for all tests of what-if and response that need one."""

from collections.abc import Iterator

import pytest

from tests.app.conftest import Office
from tests.cluster import database
from tests.conftest import BOUNDARIES
from tests.shared import shared
from tests.whatif.emergencies import fill_emergencies
from tests.world import make_world


@pytest.fixture(scope="session")
def office(admin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Filled, with everybody at their desk; the tests only read, and ask for jobs."""
    shared(BOUNDARIES)
    with database(admin, "filled") as name:
        made = make_world(admin, name, tmp_path_factory.mktemp("emergencies"))
        fill_emergencies(made, 3000)
        yield Office(**vars(made))
        made.close()
