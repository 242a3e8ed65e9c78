"""Which places became hot, stay hot or cool down: emerging hotspots.

Rules after "How Emerging Hot Spot Analysis works" (Esri, ArcGIS Pro, tool reference, Space Time
Pattern Mining): Gi* of each place and step, false discoveries controlled over all of them, then a
Mann-Kendall test of each place. Where those words leave a place to two classes, or to none, the
order below decides: new, consecutive; then 90 % of the steps (historical where the last is not hot,
else by the trend); then oscillating, sporadic.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.errors import BadSetting, TooFew
from geo.hotspots.heard import Heard, quiet
from geo.hotspots.trend import Trend, mann_kendall

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]

_MOST = 0.9  # share of the steps from which on a place is hot "nearly always"


class Kind(IntEnum):
    """What became of a place."""

    NONE = 0
    NEW = 1  # hot at the last step, never before
    CONSECUTIVE = 2  # hot since two steps or more, never before that
    INTENSIFYING = 3  # hot nearly always and at last, and ever more so
    PERSISTENT = 4  # hot nearly always and at last, without a trend
    DIMINISHING = 5  # hot nearly always and at last, but ever less so
    HISTORICAL = 6  # hot nearly always, not at last
    OSCILLATING = 7  # hot at last, cold at some time before
    SPORADIC = 8  # hot at last, on and off before


WORDS = ("", "baru", "baru", "tumbuh", "tetap", "memudar", "memudar", "sporadis", "sporadis")


@dataclass(frozen=True, slots=True)
class Emerging:
    """What became of each place.

    kind  (places,) a Kind each; of cold places the same with "cold" for "hot"
    side  (places,) 1 hot, -1 cold, 0 where kind is NONE
    hot   (steps, places) sure to be above chance; cold: below
    """

    kind: Codes
    side: Codes
    hot: Flags
    cold: Flags
    trend: Trend
    threshold: float  # p up to which a place and step was held for sure

    def words(self) -> list[str]:
        """Each place in one of five Indonesian words, or an empty one for no pattern."""
        return [WORDS[kind] for kind in self.kind]


def emerging(
    z: Floats,
    p: Floats,
    *,
    alone: Floats | None = None,
    alpha: float = 0.05,
    trend_alpha: float = 0.05,
    heard: Heard = quiet,
) -> Emerging:
    """The kind of each place.

    z, p         (steps, places) Gi* and its two-sided chance, as of gi_series
    alone        (steps, places) z of each step by itself, of which the trend is taken; without it
                 that of z, which rises or falls by chance thrice as often as trend_alpha says
                 where the neighbours of a step are in the step before, too
    alpha        share of false discoveries among places and steps (Benjamini, Hochberg 1995)
    trend_alpha  of the Mann-Kendall test of a place
    heard        told how far the trends are; may raise to stop
    Raises TooFew below 2 steps.
    """
    z, p = _checked(z, p, alpha, trend_alpha)
    sure, threshold = _discoveries(p, alpha)
    hot, cold = sure & (z > 0), sure & (z < 0)
    trend = mann_kendall(z if alone is None else alone, heard=heard)
    turn = np.where(trend.p < trend_alpha, np.sign(trend.s), 0.0)
    hot_kind, cold_kind = _kinds(hot, cold, turn), _kinds(cold, hot, -turn)
    side = np.where(hot_kind > 0, 1, np.where(cold_kind > 0, -1, 0)).astype(np.int8)
    # A place that once was nearly always cold can be newly hot: the present counts.
    both = (hot_kind > 0) & (cold_kind > 0)
    side[both & cold[-1]] = -1
    kind = np.where(side > 0, hot_kind, cold_kind).astype(np.int8)
    return Emerging(kind, side, hot, cold, trend, threshold)


def _checked(z: Floats, p: Floats, alpha: float, trend_alpha: float) -> tuple[Floats, Floats]:
    z, p = np.asarray(z, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if z.shape != p.shape or z.ndim != 2:
        raise BadSetting("z, p", "tables of one shape, steps by places")
    if len(z) < 2:
        raise TooFew(2, len(z), "steps")
    for name, value in (("alpha", alpha), ("trend_alpha", trend_alpha)):
        if not 0 < value < 1:
            raise BadSetting(name, "between 0 and 1")
    if not ((p >= 0) & (p <= 1)).all():
        raise BadSetting("p", "between 0 and 1 at every place and step")
    return z, p


def _discoveries(p: Floats, alpha: float) -> tuple[Flags, float]:
    """Which are sure, and up to which p."""
    # Only these can pass; sorting the few is quicker than sorting all.
    few = np.sort(p[p <= alpha])
    passed = np.flatnonzero(few <= alpha * np.arange(1, len(few) + 1) / p.size)
    threshold = float(few[passed[-1]]) if len(passed) else 0.0
    if not len(passed):
        return np.zeros(p.shape, np.bool_), threshold
    return p <= threshold, threshold


def _kinds(hot: Flags, cold: Flags, turn: Floats) -> Codes:
    """The hot kinds; with hot and cold, and the sign of the trend, exchanged the cold ones."""
    steps = len(hot)
    total = hot.sum(axis=0)
    # Steps of the run that ends at the last step: where it stops, looking back, or all.
    run = np.where(hot.all(axis=0), steps, np.argmin(hot[::-1], axis=0))
    last, mostly = hot[-1], total >= _MOST * steps
    young = last & (total == run)
    rules = (
        (young & (run == 1), Kind.NEW),
        (young & ~mostly, Kind.CONSECUTIVE),
        (mostly & ~last, Kind.HISTORICAL),
        (mostly & (turn > 0), Kind.INTENSIFYING),
        (mostly & (turn < 0), Kind.DIMINISHING),
        (mostly, Kind.PERSISTENT),
        (last & cold[:-1].any(axis=0), Kind.OSCILLATING),
        (last, Kind.SPORADIC),
    )
    return np.select(
        [where for where, _ in rules], [np.int8(kind) for _, kind in rules], np.int8(0)
    ).astype(np.int8)
