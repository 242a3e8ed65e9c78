"""geo.boundaries.second: another edition as a second opinion, and never more than one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geo import villages
from geo.boundaries import publish
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.second import believe, load_second, second_edition
from geo.boundaries.sources import read_manifest
from tests.geo.boundaries.conftest import KEDUNG, feature, square
from tests.geo.boundaries.test_boundary_publish import about
from tests.shared import shared

CHECKOUT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture
def three(session: Session) -> Session:
    """Editions a (in force), b and c."""
    for key in "abc":
        edition = publish.load(session, (feature(square()),), about(key), NOW)
        if key == "a":
            publish.switch(session, edition.id, NOW)
    return session


def test_only_one_is_believed_beside_the_one_in_force(three: Session) -> None:
    believe(three, "b", 0.3)
    believe(three, "c", 0.4)
    second = second_edition(three)
    assert second is not None
    assert (second.key, second.second_weight) == ("c", 0.4)


def test_none_takes_it_away(three: Session) -> None:
    believe(three, "b")
    believe(three, None)
    assert second_edition(three) is None


def test_the_edition_in_force_is_no_second_opinion(three: Session) -> None:
    with pytest.raises(Unusable) as refused:
        believe(three, "a")
    assert refused.value.fault is Fault.IN_FORCE


def test_a_second_opinion_that_comes_into_force_is_no_second_any_more(three: Session) -> None:
    edition = believe(three, "b")
    assert edition is not None
    publish.switch(three, edition.id, NOW)
    assert second_edition(three) is None


def test_the_manifests_second_set_is_loaded_once(session: Session) -> None:
    shared("data/village_boundaries/jepara_bps2019.geojson")
    manifest = read_manifest(CHECKOUT / "data/village_boundaries")
    first = load_second(session, manifest, CHECKOUT, CHECKOUT / "var", NOW)
    again = load_second(session, manifest, CHECKOUT, CHECKOUT / "var", NOW)
    assert first is not None
    assert again is not None
    assert first.id == again.id
    assert (first.key, first.second_weight, first.in_force) == ("bps-2019", 0.3, False)
    codes = {village.code for village in villages.villages_of(session, first.id)}
    assert len(codes) == 195
    assert KEDUNG in codes


@pytest.mark.parametrize("weight", [0.0, 1.0, -1.0, 2.0])
def test_a_weight_is_between_nothing_and_all(three: Session, weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        believe(three, "b", weight)
