"""Rides on ferries: which ones take a unit where it cannot drive, by the timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.routing.ferries import FerryLine

Floats = NDArray[np.float64]
MOST_RIDES = 3  # one after the other
_TIE_S = 1e-3  # nobody goes there and back on another ferry for a rounding error


@dataclass(frozen=True, slots=True)
class Landing:
    """The earliest that a unit can be on the far quay of a line."""

    after_s: float  # since it set out
    wait_s: float  # of these: on all quays
    lines: tuple[int, ...]  # that it rode, in order


@dataclass(frozen=True, slots=True)
class Rides:
    """The lines that take vehicles and run; the others are known for the reason only."""

    lines: tuple[FerryLine, ...]
    shut: tuple[tuple[FerryLine, str], ...]  # and why: "ditutup: ombak 2,5 m"
    zone: ZoneInfo

    @classmethod
    def of(cls, lines: Sequence[FerryLine], closed: Mapping[str, str], zone: ZoneInfo) -> Rides:
        """`closed`: codes that do not run, with what was noted."""
        shut = [(line, why) for line in lines if (why := _shut(line, closed)) is not None]
        out = {id(line) for line, _ in shut}
        return cls(tuple(line for line in lines if id(line) not in out), tuple(shut), zone)

    def landings(
        self, to_quay_s: Floats, hop_s: Floats, when: datetime | None
    ) -> list[Landing | None]:
        """Of each line the earliest landing, with at most MOST_RIDES rides; None: never.

        to_quay_s  (lines,) from the start to where each leaves; NaN where one cannot get there
        hop_s      (lines, lines) from where one lands to where another leaves
        when       of setting out; None: at any time, with the usual wait
        """
        best = [self._ride(0.0, 0.0, (), n, to_quay_s[n], when) for n in range(len(self.lines))]
        latest = best
        for _ in range(MOST_RIDES - 1):
            latest = [self._change(latest, hop_s, n, when) for n in range(len(self.lines))]
            best = [_earlier(one, other) for one, other in zip(best, latest, strict=True)]
        return best

    def _change(
        self, before: Sequence[Landing | None], hop_s: Floats, line: int, when: datetime | None
    ) -> Landing | None:
        best: Landing | None = None
        for n, landing in enumerate(before):
            if landing is not None and line not in landing.lines:
                ride = self._ride(
                    landing.after_s, landing.wait_s, landing.lines, line, hop_s[n, line], when
                )
                best = _earlier(best, ride)
        return best

    def _ride(
        self,
        after_s: float,
        wait_s: float,
        rode: tuple[int, ...],
        line: int,
        to_quay_s: float,
        when: datetime | None,
    ) -> Landing | None:
        if np.isnan(to_quay_s):
            return None
        ferry, at_quay_s = self.lines[line], after_s + float(to_quay_s)
        waits_s = self._wait_s(ferry, at_quay_s, when)
        if waits_s is None:
            return None
        landed_s = at_quay_s + waits_s + ferry.crossing_s
        return Landing(landed_s, wait_s + waits_s, (*rode, line))

    def _wait_s(self, ferry: FerryLine, at_quay_s: float, when: datetime | None) -> float | None:
        if when is None:
            return ferry.usual_wait_s()
        local = (when + timedelta(seconds=at_quay_s)).astimezone(self.zone)
        departs = ferry.departs_after(local)
        # Both are of the same zone: the difference is that of the clocks on the wall.
        return None if departs is None else (departs - local).total_seconds()


def _shut(line: FerryLine, closed: Mapping[str, str]) -> str | None:
    if line.code in closed:
        note = closed[line.code]
        return f"ditutup: {note}" if note else "ditutup"
    return None if line.vehicles else "tidak mengangkut kendaraan"


def _earlier(one: Landing | None, other: Landing | None) -> Landing | None:
    if one is None or other is None:
        return other if one is None else one
    return other if other.after_s < one.after_s - _TIE_S else one
