"""How one incident whose place is in doubt is shared among villages."""

import numpy as np
from numpy.typing import NDArray

from dispatch.facts.columns import ELSEWHERE, Floats, Whole

_NOUGHT = 1e-6  # below it a chance is rounding
_LEAST = 1e-3  # of a rest that is worth a row: chances are kept with four digits


def share_out(
    counted: NDArray[np.int16], owner: Whole, village: NDArray[np.int16], share: Floats
) -> tuple[Whole, NDArray[np.int16], NDArray[np.float32]]:
    """Give start (n + 1), village (m) and share (m) of n incidents, as Facts keeps them.

    counted               (n) village of those that nobody doubts: they go there as a whole
    owner, village, share (k) chances of the doubtful: position of the incident, village, chance;
                          what they lack of 1 is ELSEWHERE, what they have too much is scaled down.
                          Without any chance above 0 the incident goes where it is counted
    """
    n = len(counted)
    worth = share > _NOUGHT
    owner, village, share = owner[worth], village[worth], share[worth]
    total = np.bincount(owner, weights=share, minlength=n)
    doubtful = total > _LEAST
    rest = np.where(doubtful, 1 - total, 0)
    known, lacking = np.flatnonzero(~doubtful), np.flatnonzero(rest > _LEAST)
    used = doubtful[owner]
    owner, village, share = owner[used], village[used], share[used]
    scaled = share / np.where(rest[owner] > _LEAST, 1, total[owner])
    at = np.concatenate((known, owner, lacking))
    order = np.argsort(at, kind="stable")
    villages = np.concatenate((counted[known], village, np.full(len(lacking), ELSEWHERE)))
    shares = np.concatenate((np.ones(len(known)), scaled, rest[lacking]))
    start = np.concatenate(([0], np.cumsum(np.bincount(at, minlength=n))))
    return (
        start.astype(np.int64),
        villages[order].astype(np.int16),
        shares[order].astype(np.float32),
    )
