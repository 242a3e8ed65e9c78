"""Of many findings, some are chance: which to keep so that few of those kept are.

Benjamini & Hochberg 1995; where the tests lean on each other in ways unknown, Benjamini &
Yekutieli 2001, which is valid always and finds less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.errors import BadSetting

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Discoveries:
    """What stands out, in the shape of what was asked.

    found       which; False where nothing was tested (NaN)
    threshold   the greatest p that was kept, 0.0 where none was
    adjusted    the least share of false ones at which each would be kept; NaN stays
    tests       how many there were, NaN left out
    rule        "benjamini-hochberg" or "benjamini-yekutieli"
    """

    found: Flags
    threshold: float
    adjusted: Floats
    tests: int
    rule: str


def false_discovery(p: Floats, alpha: float = 0.05, dependent: bool = False) -> Discoveries:
    """So many that of those found, on average, a share of at most alpha is chance.

    p           two-sided, any shape; NaN is no test
    dependent   valid however the tests hang together (Benjamini & Yekutieli)
    Raises BadSetting where alpha or a p is not a chance.
    """
    if not 0 < alpha < 1:
        raise BadSetting("alpha", f"{alpha}; give a number between 0 and 1, such as 0.05")
    tested = ~np.isnan(p)
    known = np.asarray(p[tested], dtype=np.float64)
    if ((known < 0) | (known > 1)).any():
        raise BadSetting("p", "give chances from 0 to 1")
    adjusted = np.full(p.shape, np.nan)
    adjusted[tested] = _adjusted(known, dependent)
    with np.errstate(invalid="ignore"):
        found: Flags = adjusted <= alpha
    threshold = float(p[found].max()) if found.any() else 0.0
    rule = "benjamini-yekutieli" if dependent else "benjamini-hochberg"
    return Discoveries(found, threshold, adjusted, len(known), rule)


def _adjusted(p: Floats, dependent: bool) -> Floats:
    """Step-up: of p times tests by rank, the least from each rank on."""
    tests = len(p)
    if not tests:
        return p
    harmonic = math.fsum(1 / rank for rank in range(1, tests + 1)) if dependent else 1.0
    order = np.argsort(p)[::-1]
    ranks = np.arange(tests, 0, -1)
    stepped = np.minimum.accumulate(p[order] * (tests * harmonic) / ranks)
    adjusted = np.empty(tests)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
