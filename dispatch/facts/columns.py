"""What is kept of each incident: numbers alone, a column each; no words, no names, no numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.log import Cursor

ELSEWHERE = -1  # in the place of a village: outside the regency, at sea, or not known at all

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """n incidents, none of them sensitive or merged away, in the order of their ids.

    An incident whose place is in doubt is shared among villages: its rows of `village` and `share`
    stand from start[i] to start[i + 1], and its shares come to 1, ELSEWHERE included.
    """

    cursor: Cursor  # of the log: all up to here is in it
    as_of: datetime
    ids: Whole
    opened_s: Whole  # seconds since 1970, UTC
    category: NDArray[np.int16]  # index into categories
    priority: NDArray[np.int8]  # 1 gawat to 4 rendah
    channel: NDArray[np.int8]  # index into channels
    hour: NDArray[np.int8]  # 0 to 23, local
    day: NDArray[np.int32]  # local days since 1970-01-01
    xy: Floats  # (n, 2) metres in the regency's zone; NaN: nobody knows
    spread_m: NDArray[np.float32]  # radius about it that holds the truth with 68 %; 0: set by hand
    counted: NDArray[np.int16]  # index of the village that the house counts it to; ELSEWHERE
    start: Whole  # (n + 1)
    village: NDArray[np.int16]  # (m) index into villages; ELSEWHERE
    share: NDArray[np.float32]  # (m)
    categories: tuple[str, ...]
    channels: tuple[str, ...]
    villages: tuple[str, ...]  # codes of the edition in force
    zone: int  # EPSG code of the zone of xy

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def nbytes(self) -> int:
        """Memory of all columns."""
        values = (getattr(self, field.name) for field in fields(self))
        return sum(v.nbytes for v in values if isinstance(v, np.ndarray))

    def owner(self) -> Whole:
        """(m) to which incident each share belongs."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))

    def mask(
        self,
        since: date | None = None,
        until: date | None = None,
        categories: tuple[str, ...] = (),
        hours: tuple[int, int] | None = None,
        channel: str | None = None,
    ) -> NDArray[np.bool_]:
        """(n) Which incidents are meant.

        since, until   local days, until not included
        categories     codes; (): all
        hours          from the first to before the second, over midnight where it is less
        """
        meant = np.ones(len(self), dtype=np.bool_)
        if since is not None:
            meant &= self.day >= (since - _EPOCH).days
        if until is not None:
            meant &= self.day < (until - _EPOCH).days
        if categories:
            # The last place is for a kind that the catalogue did not know when it was read.
            wanted = np.array([*(code in categories for code in self.categories), False])
            meant &= wanted[self.category]
        if hours is not None:
            meant &= _between(self.hour, *hours)
        if channel is not None:
            meant &= self.channel == _place(self.channels, channel)
        return meant

    def select(self, keep: NDArray[Any]) -> "Facts":
        """Those that the mask (n) keeps, or the places in rising order."""
        places = np.flatnonzero(keep) if keep.dtype == np.bool_ else keep
        many = np.diff(self.start)[places]
        start = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
        rows = np.repeat(self.start[places] - start[:-1], many) + np.arange(start[-1])
        columns: dict[str, Any] = {name: getattr(self, name)[places] for name in OF_INCIDENT}
        columns |= {name: getattr(self, name)[rows] for name in OF_SHARE}
        return replace(self, start=start, **columns)


KINDS: Mapping[str, type[np.generic]] = {
    "ids": np.int64,
    "opened_s": np.int64,
    "category": np.int16,
    "priority": np.int8,
    "channel": np.int8,
    "hour": np.int8,
    "day": np.int32,
    "xy": np.float64,
    "spread_m": np.float32,
    "counted": np.int16,
    "village": np.int16,
    "share": np.float32,
}
OF_SHARE = ("village", "share")
OF_INCIDENT = tuple(name for name in KINDS if name not in OF_SHARE)


def _between(hour: NDArray[np.int8], first: int, end: int) -> NDArray[np.bool_]:
    if first < end:
        return (hour >= first) & (hour < end)
    return (hour >= first) | (hour < end)


def _place(known: tuple[str, ...], code: str) -> int:
    return known.index(code) if code in known else -1
