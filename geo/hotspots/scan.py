"""Where, in the last days, more happens than at this place and on these days is usual.

The prospective space-time scan: cylinders of a centre and its nearest places over the last 1, 2,
3 ... days. Without a baseline the permutation scan (Kulldorff, Heffernan, Hartman, Assunção,
Mostashari 2005, PLoS Medicine 2:e59), which needs only cases: what is always so at a place, or on
a day everywhere, is no alarm. With one the Poisson scan (Kulldorff 2001). The chance is counted
among simulations: p <= alpha happens by chance in at most alpha of the runs, whatever the counts.

A case whose place is in doubt counts at each of its places with the chance of it, and keeps these
chances when days are dealt out anew: so cases stay exchangeable, and p as exact as among sure ones.
Days are dealt among the sure and among the doubtful by themselves: where a storm, or a new network,
puts more places in doubt than usual, what the doubt spreads to the neighbours is no outbreak there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.hotspots.cases import ROUNDING, Cases
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, in_turns, quiet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_Tables = tuple[Ints, Ints, Floats, Floats, Floats, Floats]  # what all the loops share
_LEAST = 3 - ROUNDING  # cases that make a cluster; two may always meet
_TURNS = 99_999
_ROOM = 5_000_000  # cylinders, beyond which a thousand simulations take minutes
_PLACES = 20_000  # beyond which tables of days by places fill the memory
_AT_ONCE = 20_000_000  # steps of the loops between two words: some tenths of a second
_THROW = 20  # steps of the loops that throwing one case is worth
_ALL_PAIRS = 2_000  # places, up to which all distances are kept at once


@dataclass(frozen=True, slots=True)
class Cylinder:
    """Some places over the last days."""

    centre: int  # number of the place in the middle
    places: Ints  # the nearest first, the centre included
    days: int  # the last so many
    cases: float  # whole, unless some are shared among places
    expected: float
    ratio: float  # cases over expected
    llr: float
    p: float

    @property
    def once_in_days(self) -> float:
        """Asked once a day, how often chance alone brings the like: once in so many days."""
        return 1 / self.p


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands out.

    clusters      the likeliest first; none shares a place with one before it
    greatest      (permutations,) the greatest ratio of each simulation
    """

    clusters: tuple[Cylinder, ...]
    alpha: float
    permutations: int
    cylinders: int  # how many were compared
    widest: int  # places that a cylinder spans at most
    greatest: Floats

    def sure(self) -> tuple[Cylinder, ...]:
        """Those that chance brings in no more than alpha of the runs."""
        return tuple(found for found in self.clusters if found.p <= self.alpha)


@dataclass(frozen=True, slots=True)
class _Zones:
    """Every centre with its nearest places, up to the bound."""

    order: Ints  # (zones,) places
    starts: Ints  # (places + 1,)

    def of(self, zone: int) -> tuple[int, Ints]:
        """The centre and the places of a zone."""
        centre = int(np.searchsorted(self.starts, zone, side="right")) - 1
        return centre, self.order[self.starts[centre] : zone + 1]


def scan(
    counts: Ints | Cases,
    xy: Floats,
    *,
    baseline: Floats | None = None,
    last_days: int = 14,
    share: float = 0.5,
    permutations: int = 999,
    alpha: float = 0.05,
    most: int = 10,
    seed: int = 1,
    heard: Heard = quiet,
) -> Scan:
    """Clusters that are there on the last day.

    counts     (days, places) whole numbers; or Cases, each shared among places by its chances
    xy         (places, 2) metres
    baseline   (places,) or (days, places) what is usual, to a factor; None: as the cases say.
               Not where cases are shared: where chance alone puts a case says nothing of its doubt
    last_days  longest cylinder; at most half of the days
    share      of all cases (or of the baseline) that a cylinder may span in space; of more than
               600 places it spans the fewer the more there are, as Scan.widest says
    most       clusters told at most
    heard      told now and then how far it is; may raise to stop
    Raises NothingToAnalyse without cases, TooFew (2 places, 2 days), BadSetting (also for more
    than 20,000 places).
    """
    cases = counts if isinstance(counts, Cases) else Cases.of(_whole(counts))
    _check(cases, xy, last_days, share, permutations, alpha)
    usual = _usual(cases, baseline)
    windows = min(last_days, cases.days // 2)
    widest = max(1, _ROOM // (windows * cases.places))
    zones = _zones(np.asarray(xy, float), usual.sum(axis=0), share, widest)
    work = _Work.of(cases, usual, windows, zones)
    observed, greatest = work.observed(), np.empty(permutations)
    chance = np.random.default_rng(seed)
    if baseline is None:
        work.shuffle(chance, greatest, heard)
    else:
        work.throw(chance, greatest, heard)
    clusters = _apart(work, observed, np.sort(greatest), most)
    most_places = int(np.diff(zones.starts).max())
    return Scan(clusters, alpha, permutations, observed.size, most_places, greatest)


def _whole(counts: Ints) -> Ints:
    given = np.asarray(counts)
    if given.ndim != 2:
        raise BadSetting("counts", "a table of days by places, as many as xy has")
    if not (np.isfinite(given).all() and (given >= 0).all() and (given % 1 == 0).all()):
        raise BadSetting("counts", "whole numbers from 0; what is shared among places as Cases")
    return given.astype(np.int64)


def _check(
    cases: Cases, xy: Floats, last_days: int, share: float, permutations: int, alpha: float
) -> None:
    cases.check()
    if len(xy) != cases.places:
        raise BadSetting("counts", "a table of days by places, as many as xy has")
    if not np.isfinite(xy).all():
        raise BadSetting("xy", "a place in metres for each")
    if len(xy) > _PLACES:
        raise BadSetting("xy", f"at most {_PLACES} places: larger ones, or part of them")
    if last_days < 1:
        raise BadSetting("last_days", "1 or more")
    if not 1 <= permutations <= _TURNS:
        raise BadSetting("permutations", f"from 1 to {_TURNS}")
    if not (0 < share <= 1 and 0 < alpha < 1):
        raise BadSetting("share, alpha", "between 0 and 1")
    if not cases.shares.data.any():
        raise NothingToAnalyse
    for name, have in (("days", cases.days), ("places", cases.places)):
        if have < 2:
            raise TooFew(2, have, name)


def _usual(cases: Cases, baseline: Floats | None) -> Floats:
    """(days, places) cases to be expected, together as many as lie at the places."""
    if baseline is None:
        # The sure and the doubtful apart: many in doubt on a day are no news of a place.
        kinds = [cases.only(some) for some in _sorts(cases)]
        products: list[Floats] = [
            kind.by_day()[:, None] * (kind.by_place() / len(kind)) for kind in kinds
        ]
        return np.asarray(sum(products[1:], products[0]))
    given, shape = np.asarray(baseline, dtype=np.float64), (cases.days, cases.places)
    if given.shape not in (shape, shape[1:]):
        raise BadSetting("baseline", "one number per place, or per day and place")
    if not (np.isfinite(given).all() and (given >= 0).all() and given.any()):
        raise BadSetting("baseline", "known everywhere, none below zero, not all 0")
    if not cases.settled:
        raise BadSetting("baseline", "none where cases are shared among places")
    usual = np.broadcast_to(given, shape)
    if (usual[cases.day, cases.shares.indices] == 0).any():
        raise BadSetting("baseline", "above zero wherever there are cases")
    return np.asarray(usual * (len(cases) / usual.sum()), dtype=np.float64)


def _sorts(cases: Cases) -> list[NDArray[np.bool_]]:
    """(n,) each: the cases whose place is known, and the others; a sort that is there at all."""
    doubtful = cases.doubtful()
    return [some for some in (~doubtful, doubtful) if some.any()]


def _kinds(cases: Cases) -> tuple[Ints, Ints, Ints]:
    """The cases sort by sort, where each sort begins, and (days, sorts) how many each day has."""
    sorts = _sorts(cases)
    dealt = np.concatenate([np.flatnonzero(some) for some in sorts])
    firsts = np.concatenate([[0], np.cumsum([int(some.sum()) for some in sorts])])
    by_day = np.column_stack([cases.only(some).by_day() for some in sorts])
    return dealt, firsts, by_day


def _zones(xy: Floats, weight: Floats, share: float, widest: int) -> _Zones:
    nearest = _nearest(xy, min(widest, len(xy)))
    within = np.cumsum(weight[nearest], axis=1) <= share * weight.sum() * (1 + 1e-12)
    within[:, 0] = True
    counts = within.sum(axis=1)
    return _Zones(nearest[within], np.concatenate([[0], np.cumsum(counts)]))


def _nearest(xy: Floats, many: int) -> Ints:
    """(places, many) the nearest of each, itself first."""
    if len(xy) <= _ALL_PAIRS:
        apart = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
        return np.argsort(apart, axis=1, kind="stable")[:, :many]
    # The distances of 20,000 places to each other would fill 3 GB.
    found = cKDTree(xy).query(xy, k=many)[1].reshape(len(xy), many)
    return np.asarray(found, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Work:
    """Cases made ready for the compiled loops."""

    cases: Cases
    usual: Floats
    recent: Floats  # (windows, places)
    zones: _Zones
    inside: Floats  # (windows, zones) cases expected
    tables: _Tables

    @classmethod
    def of(cls, cases: Cases, usual: Floats, windows: int, zones: _Zones) -> _Work:
        from geo.hotspots.loops import cylinders as loops

        recent = np.cumsum(cases.table(windows), axis=0)
        expected = np.cumsum(usual[::-1][:windows], axis=0)
        made = loops.logs(expected, float(len(cases)), zones.order, zones.starts)
        return cls(cases, usual, recent, zones, made[0], (zones.order, zones.starts, *made))

    def observed(self) -> Floats:
        """(windows, zones) ratios of what was seen."""
        from geo.hotspots.loops import cylinders as loops

        out = np.zeros(self.inside.shape)
        loops.ratios(self.recent, float(len(self.cases)), _LEAST, *self.tables, out)
        return out

    def shuffle(self, chance: np.random.Generator, greatest: Floats, heard: Heard) -> None:
        from geo.hotspots.loops import cylinders as loops

        shares, (windows, places) = self.cases.shares, self.recent.shape
        rows, place = shares.indptr.astype(np.int64), shares.indices.astype(np.int64)
        dealt, firsts, by_day = _kinds(self.cases)
        per_window = by_day[::-1][:windows].cumsum(axis=0)
        each = _THROW * int(per_window[-1].sum()) + self.inside.size
        # The dealt cases go on from turn to turn, so the turns make no other numbers.
        for some in in_turns(len(greatest), _AT_ONCE // each, heard):
            loops.greatest_by_shuffling(
                chance, dealt, firsts, rows, place, shares.data, per_window, places, _LEAST,
                *self.tables, greatest[some],
            )  # fmt: skip

    def throw(self, chance: np.random.Generator, greatest: Floats, heard: Heard) -> None:
        from geo.hotspots.loops import cylinders as loops

        windows, places = self.recent.shape
        last = self.usual[::-1][:windows]
        rises = np.cumsum(last.ravel()) / self.usual.sum()
        each = _THROW * len(self.cases) + self.inside.size
        for some in in_turns(len(greatest), _AT_ONCE // each, heard):
            loops.greatest_by_baseline(
                chance, len(self.cases), rises, windows, places, _LEAST, *self.tables,
                greatest[some],
            )  # fmt: skip


def _apart(work: _Work, observed: Floats, ranked: Floats, most: int) -> tuple[Cylinder, ...]:
    """The likeliest cylinders of which no two share a place."""
    found: list[Cylinder] = []
    taken = np.zeros(work.cases.places, np.bool_)
    flat = observed.ravel()
    candidates = np.flatnonzero(flat > 0)
    # Equal ratios: the shorter and the earlier centre first, so that a run can be repeated.
    for at in candidates[np.argsort(-flat[candidates], kind="stable")]:
        window, zone = divmod(int(at), observed.shape[1])
        centre, places = work.zones.of(zone)
        if taken[places].any():
            continue
        taken[places] = True
        found.append(_cylinder(work, centre, places, window, zone, float(flat[at]), ranked))
        if len(found) == most:
            break
    return tuple(found)


def _cylinder(
    work: _Work, centre: int, places: Ints, window: int, zone: int, llr: float, ranked: Floats
) -> Cylinder:
    expected = float(work.inside[window, zone])
    cases = float(work.recent[window, places].sum())
    # A hair of slack, for the sums of a simulation run in another order.
    above = len(ranked) - int(np.searchsorted(ranked, llr * (1 - 1e-12) - 1e-12))
    p = (1 + above) / (1 + len(ranked))
    return Cylinder(centre, places, window + 1, cases, expected, cases / expected, llr, p)
