"""Cases per head, per kilometre of road, per square kilometre: with small places held back.

A village of 200 people with two cases has a high rate by chance. The rate is drawn towards the
mean of all by as much as chance could have moved it (empirical Bayes, Marshall 1991).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, quiet
from geo.hotspots.local import FEWEST, Local, gi_star
from geo.hotspots.weights import Neighbours

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
By = Literal["smoothed", "standardised", "raw"]


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of places, (n,); NaN where the exposure is not known or nothing.

    raw            cases / exposure
    smoothed       drawn towards the mean, after Marshall
    standardised   from the mean in standard deviations of its own (Assunção & Reis 1999)
    mean           of all cases to all exposure
    between        the variance of the true rates among places; 0: chance explains all of it
    unknown        (n,) places without exposure, left out of the mean
    """

    raw: Floats
    smoothed: Floats
    standardised: Floats
    mean: float
    between: float
    unknown: Flags


def rates(cases: Floats, exposure: Floats) -> Rates:
    """Rates by place.

    cases      (n,) not negative, may be shares of incidents
    exposure   (n,) people, km2 or km; NaN or 0: not known or nobody, the place is left out
    Raises TooFew with fewer than three places of known exposure, NothingToAnalyse without cases.
    """
    cases, exposure = np.asarray(cases, np.float64), np.asarray(exposure, np.float64)
    _check(cases, exposure)
    with np.errstate(invalid="ignore"):
        known = (exposure > 0) & ~np.isnan(cases)
    if known.sum() < FEWEST:
        raise TooFew(FEWEST, int(known.sum()), "places with known exposure")
    count, people = cases[known], exposure[known]
    mean = count.sum() / people.sum()
    if mean == 0:
        raise NothingToAnalyse
    raw = count / people
    variance = (people * (raw - mean) ** 2).sum() / people.sum()
    surplus = variance - mean / people.mean()
    between = max(surplus, 0.0)
    kept = between / (between + mean / people)
    own = surplus + mean / people
    # After Assunção and Reis: where the estimate falls below nothing, chance alone.
    own = np.where(own > 0, own, mean / people)
    return Rates(
        _whole(raw, known),
        _whole(kept * raw + (1 - kept) * mean, known),
        _whole((raw - mean) / np.sqrt(own), known),
        float(mean),
        float(between),
        ~known,
    )


def gi_star_rates(
    cases: Floats,
    exposure: Floats,
    weights: Neighbours,
    *,
    by: By = "smoothed",
    permutations: int = 0,
    seed: int = 1,
    refine: int = 0,
    heard: Heard = quiet,
) -> Local:
    """Gi* of rates; places without exposure are left out and said so (`left_out`).

    by   "smoothed" rates after Marshall; "standardised" where exposure differs by hundreds
         between places, so that they can be dealt out fairly; "raw" as they are
    permutations, refine, heard   as gi_star
    Raises as `rates`, and NothingToAnalyse where chance explains all differences of smoothed
    rates.
    """
    found = rates(cases, exposure)
    if by == "smoothed" and found.between == 0:
        said = "the rates differ no more than chance alone would have it"
        raise NothingToAnalyse(said, why="alike")
    values = {"smoothed": found.smoothed, "standardised": found.standardised, "raw": found.raw}
    if by not in values:
        raise BadSetting("by", f"{by}; give smoothed, standardised or raw")
    draws = {"permutations": permutations, "seed": seed, "refine": refine}
    return gi_star(values[by], weights, **draws, heard=heard)


def _check(cases: Floats, exposure: Floats) -> None:
    if cases.ndim != 1 or cases.shape != exposure.shape:
        raise BadSetting("exposure", f"{exposure.shape}; give as many as cases, {cases.shape}")
    if np.isinf(cases).any() or (cases < 0).any():
        raise BadSetting("cases", "give finite numbers that are not negative")
    if np.isinf(exposure).any() or (exposure < 0).any():
        raise BadSetting("exposure", "give finite numbers that are not negative")


def _whole(known_values: Floats, known: Flags) -> Floats:
    whole = np.full(len(known), np.nan)
    whole[known] = known_values
    return whole
