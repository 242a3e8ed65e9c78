"""All actors at once on the life of orders: no rule is ever broken; the first 500 plays."""

from collections.abc import Iterator

import pytest

from tests.faults.orders_house import House, open_house
from tests.faults.orders_machine import play


@pytest.fixture(scope="module")
def house(admin: str) -> Iterator[House]:
    """One house for all plays of a process."""
    with open_house(admin) as opened:
        yield opened


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", [0, 1])
def test_no_play_of_all_actors_breaks_a_rule(house: House, part: int):
    play(house, part)
