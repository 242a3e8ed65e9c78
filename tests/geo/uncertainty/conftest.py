"""The villages of Jepara as two publishers draw them, without a database."""

import pytest

from geo.territory import Territory
from geo.uncertainty.drawing import Drawing
from tests.geo.uncertainty.simulated import BPS, KEMENDAGRI, drawing_of


@pytest.fixture(scope="session")
def kemendagri() -> Drawing:
    return drawing_of(KEMENDAGRI)


@pytest.fixture(scope="session")
def bps() -> Drawing:
    return drawing_of(BPS)


@pytest.fixture(scope="session")
def territory(kemendagri: Drawing) -> Territory:
    return Territory(((kemendagri, 1.0),))
