"""Cases of some days as the scan takes them: each on one day, at one place or shared among some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.hotspots.errors import BadSetting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-6  # of chances that were kept as short numbers
SURE = 0.95  # chance from which on a place counts as known


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """n cases among p places.

    day     (n,) from 0 to before `days`
    shares  (n, p) a row for each case: the chances of its places; what they lack of 1 is elsewhere
    """

    days: int
    day: Ints
    shares: csr_array

    @classmethod
    def of(cls, counts: Ints) -> Cases:
        """From a table of days by places of whole numbers: nobody doubts where they were."""
        days, places = counts.shape
        at = np.repeat(np.arange(counts.size), counts.T.ravel())
        rows = np.arange(len(at) + 1)
        shares = csr_array((np.ones(len(at)), at // days, rows), shape=(len(at), places))
        return cls(days, at % days, shares)

    def __len__(self) -> int:
        return len(self.day)

    @property
    def places(self) -> int:
        """How many places there are."""
        return int(self.shares.shape[1])

    @property
    def settled(self) -> bool:
        """Whether each lies at one place as a whole."""
        one_each = self.shares.nnz == len(self)
        return bool(one_each and (self.shares.data == 1).all() and self.by_case().all())

    def by_case(self) -> Floats:
        """(n,) how much of each lies at the places."""
        return np.asarray(self.shares.sum(axis=1), dtype=np.float64).ravel()

    def by_place(self) -> Floats:
        """(p,) how much lies at each place."""
        return np.asarray(self.shares.sum(axis=0), dtype=np.float64).ravel()

    def by_day(self) -> Ints:
        """(days,) how many cases each day has, elsewhere included."""
        return np.bincount(self.day, minlength=self.days)

    def doubtful(self) -> Flags:
        """(n,) which have no place of at least SURE."""
        greatest = np.zeros(len(self))
        owner = np.repeat(np.arange(len(self)), np.diff(self.shares.indptr))
        np.maximum.at(greatest, owner, self.shares.data)
        return np.asarray(greatest < SURE)

    def only(self, some: Flags) -> Cases:
        """Those that are meant."""
        return Cases(self.days, self.day[some], csr_array(self.shares[np.flatnonzero(some)]))

    def table(self, last: int) -> Floats:
        """(last, p) how much lies at each place on the last so many days, the last day first."""
        back = np.repeat(self.days - 1 - self.day, np.diff(self.shares.indptr))
        kept = back < last
        at = back[kept] * self.places + self.shares.indices[kept]
        sums = np.bincount(at, self.shares.data[kept], minlength=last * self.places)
        return np.asarray(sums, dtype=np.float64).reshape(last, self.places)

    def check(self) -> None:
        """Raises BadSetting, naming what cannot be meant."""
        if self.shares.shape[0] != len(self) or self.shares.ndim != 2:
            raise BadSetting("shares", "a row of chances for each case")
        if len(self) and not (self.day.min() >= 0 and self.day.max() < self.days):
            raise BadSetting("day", f"from 0 to {self.days - 1}, below the number of days")
        if not (np.isfinite(self.shares.data).all() and (self.shares.data >= 0).all()):
            raise BadSetting("shares", "chances from 0 to 1")
        if len(self) and self.by_case().max() > 1 + ROUNDING:
            raise BadSetting("shares", "chances of one case that come to 1 or less")
