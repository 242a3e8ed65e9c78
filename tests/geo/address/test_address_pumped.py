"""No text may take long: the work grows as the text does, counted in lines of code run."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from geo.address import read
from geo.address.reading import take_apart
from tests.benches.pumped import PUMPED

OURS = ("/geo/address/", "/geo/coordinates.py", "/geo/plus_code.py")


def lines_run(work: Callable[[], object]) -> int:
    """Lines of our own code, the same on every machine."""
    count = 0

    def within(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return within

    def entering(frame: FrameType, _event: str, _arg: Any) -> Any:
        return within if any(part in frame.f_code.co_filename for part in OURS) else None

    before = sys.gettrace()
    sys.settrace(entering)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", PUMPED)
def test_twice_the_text_is_at_most_twice_the_work(piece):
    """Beyond the cut, where anything that grows faster would show."""
    short, long = piece * (800 // len(piece)), piece * (1600 // len(piece))
    assert lines_run(lambda: take_apart(long)) <= 2.2 * lines_run(lambda: take_apart(short)) + 200


@pytest.mark.parametrize("piece", PUMPED)
def test_no_text_costs_more_than_so_many_lines(piece):
    assert lines_run(lambda: read(piece * 10_000)) < 100_000


def test_the_cut_comes_first():
    assert lines_run(lambda: read("a" * 1_000)) == lines_run(lambda: read("a" * 1_000_000))
