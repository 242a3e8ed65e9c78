"""PySAL's answers on our weights, with the warnings of its own house kept out of ours."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from geo.hotspots.weights import Weights


@contextmanager
def quiet() -> Iterator[None]:
    """PySAL announces changes of its next release at each call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def esda() -> Any:
    """The library, or the test is skipped: the figures kept in the tests stay."""
    with quiet():
        return pytest.importorskip("esda")


def as_pysal(weights: Weights) -> Any:
    with quiet():
        weights_of = pytest.importorskip("libpysal").weights
        return weights_of.WSP(weights.matrix.copy()).to_W(silence_warnings=True)
