"""What own journeys teach of travel times: factors by class of road and hours, shrunk towards 1.

In logarithms a journey's time is the sum of what was reckoned and of the effects of all roads,
of its hours, of its classes of road, and of the two together. Few journeys move an effect
little (a ridge, each effect with the spread that is thought likely); wrong taps move it hardly
at all (Huber's weights; what is out of all proportion is left out). After Gelman & Hill 2007,
chapter 12, and Huber 1964.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.routing.rules import ALL, FERRY, FOOTPATH, LINE, SEA

Floats = NDArray[np.float64]
_ROUNDS = 40
_SETTLED = 1e-7
_HELD = 0.8  # of the journeys lie in the interval that is promised:
_TO_SDS = 1.2816  # so many standard deviations to either side of a normal spread
_HUBER = 1.5  # deviations beyond which a journey counts less


@dataclass(frozen=True, slots=True)
class Journey:
    """One way that was driven.

    share_s     seconds by class of road at the speeds of the configuration, nothing learned
    promised_s  as it was told when the unit was sent
    """

    share_s: Mapping[str, float]
    band: str
    observed_s: float
    promised_s: float

    @property
    def plain_s(self) -> float:
        """By the configuration alone."""
        return sum(self.share_s.values())


@dataclass(frozen=True, slots=True)
class Prior:
    """What is thought likely before any journey: standard deviations of logarithms."""

    all_roads: float = 0.5
    hours: float = 0.2
    kind: float = 0.2
    kind_in_hours: float = 0.1
    spread: float = 0.35  # of one journey
    spread_worth: float = 20.0  # journeys that this is worth
    most_off: float = 4.0  # times longer or shorter than reckoned: a wrong tap
    least_s: float = 30.0  # shorter ones: both taps at once


@dataclass(frozen=True, slots=True)
class Learned:
    """A row of speed_factor. `factor` on the mean travel time, `sd` of what is left."""

    kind: str
    band: str
    factor: float
    sd: float
    journeys: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that was learned, and how far the promises were off.

    The biases are shares of the time driven: 0.2 for help that came 20 % later than promised.
    """

    factors: tuple[Learned, ...] = ()
    used: int = 0
    left_out: int = 0
    bias_promised: float = math.nan  # as the house told it
    bias_plain: float = math.nan  # by the configuration alone
    bias_after: float = math.nan  # had these factors been known
    sd_plain: float = math.nan  # of the logarithm
    sd_after: float = math.nan


@dataclass(frozen=True, slots=True)
class _Effects:
    """Numbers of the columns: 0 all roads, then hours, classes, both."""

    bands: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def count(self) -> int:
        return 1 + len(self.bands) + len(self.kinds) * (1 + len(self.bands))

    def columns(self, kind: int, band: int) -> list[int]:
        """Of one class in one band."""
        bands, kinds = len(self.bands), len(self.kinds)
        return [0, 1 + band, 1 + bands + kind, 1 + bands + kinds + kind * bands + band]

    def penalties(self, prior: Prior) -> Floats:
        """1 / variance of each effect."""
        bands, kinds = len(self.bands), len(self.kinds)
        sizes = [(prior.all_roads, 1), (prior.hours, bands), (prior.kind, kinds)]
        sizes.append((prior.kind_in_hours, kinds * bands))
        return np.concatenate([np.full(n, 1 / sd**2) for sd, n in sizes])


@dataclass(slots=True)
class _World:
    """The journeys of one kind of way as arrays."""

    effects: _Effects
    share_s: Floats  # (n, kinds)
    band: NDArray[np.intp]  # (n,)
    observed_s: Floats  # (n,)
    fitted: Floats = field(default_factory=lambda: np.empty(0))  # effects, logarithms
    sd: Mapping[str, float] = field(default_factory=dict)  # by band, and ALL

    def logs(self, effects: Floats) -> Floats:
        """(bands, kinds) logarithms of the factors."""
        made = self.effects
        table = np.empty((len(made.bands), len(made.kinds)))
        for band in range(len(made.bands)):
            for kind, name in enumerate(made.kinds):
                # Nobody's ends off the road take a factor: they must not lend theirs to the roads.
                own = 0.0 if name == FOOTPATH else effects[made.columns(kind, band)].sum()
                table[band, kind] = own
        return table

    def reckoned_s(self, effects: Floats) -> Floats:
        """(n,) medians of the times, each class with its factor."""
        times: Floats = (self.share_s * np.exp(self.logs(effects))[self.band]).sum(axis=1)
        return times


def learn(journeys: Iterable[Journey], prior: Prior | None = None) -> Lesson:
    """Factors by class and band for roads, and apart from them for straight lines and the sea.

    A journey with a ferry teaches nothing of speeds, and one with a time out of all proportion
    was tapped wrongly: both are left out and counted.
    """
    prior = prior or Prior()
    everything = list(journeys)
    usable = [one for one in everything if _is_usable(one, prior)]
    worlds: dict[str, list[Journey]] = {}
    for one in usable:
        worlds.setdefault(_world_of(one), []).append(one)
    rows, after_s, centre = [], [], []
    for name, some in sorted(worlds.items()):
        world = _fitted(some, prior)
        rows += _rows(name, world, some)
        own = np.array([world.sd[one.band] for one in some])
        median_s = world.reckoned_s(world.fitted)
        after_s.append(median_s * np.exp(own**2 / 2))
        centre.append(np.log(world.observed_s / median_s))
    if not usable:
        return Lesson(left_out=len(everything))
    ordered = [one for _, some in sorted(worlds.items()) for one in some]
    return _told(ordered, rows, np.concatenate(after_s), np.concatenate(centre), len(everything))


def _is_usable(one: Journey, prior: Prior) -> bool:
    plain_s = one.plain_s
    if FERRY in one.share_s or not plain_s > 0 or not math.isfinite(one.observed_s):
        return False
    if min(one.observed_s, plain_s) < prior.least_s:
        return False
    return abs(math.log(one.observed_s / plain_s)) <= math.log(prior.most_off)


def _world_of(one: Journey) -> str:
    """Straight lines and the sea have nothing to teach of roads."""
    return next((kind for kind in (LINE, SEA) if kind in one.share_s), ALL)


def _fitted(journeys: Sequence[Journey], prior: Prior) -> _World:
    kinds = tuple(sorted({kind for one in journeys for kind in one.share_s}))
    bands = tuple(sorted({one.band for one in journeys}))
    world = _World(
        _Effects(bands, kinds),
        np.array([[one.share_s.get(kind, 0.0) for kind in kinds] for one in journeys]),
        np.array([bands.index(one.band) for one in journeys], dtype=np.intp),
        np.array([one.observed_s for one in journeys]),
    )
    penalties = world.effects.penalties(prior)
    effects, sd = np.zeros(world.effects.count), prior.spread
    for _ in range(_ROUNDS):
        step, sd = _improved(world, effects, sd, penalties, prior)
        done = float(np.abs(step - effects).max()) < _SETTLED
        effects = step
        if done:
            break
    world.fitted = effects
    world.sd = _spreads(world, effects, prior)
    return world


def _improved(
    world: _World, effects: Floats, sd: float, penalties: Floats, prior: Prior
) -> tuple[Floats, float]:
    """One step of Gauss and Newton, each journey weighted by how far off it is."""
    made = world.effects
    parts = world.share_s * np.exp(world.logs(effects))[world.band]
    total = parts.sum(axis=1)
    left = np.log(world.observed_s / total)
    slope = np.zeros((len(total), made.count))
    nth = np.arange(len(total))
    for kind, name in enumerate(made.kinds):
        if name == FOOTPATH:
            continue
        columns = np.array([made.columns(kind, band) for band in range(len(made.bands))])
        for column in columns[world.band].T:
            np.add.at(slope, (nth, column), parts[:, kind] / total)
    sd = _spread(left, prior)
    weight = np.minimum(1.0, _HUBER * sd / np.maximum(np.abs(left), 1e-12))
    weighted = slope * weight[:, np.newaxis]
    normal = weighted.T @ slope / sd**2 + np.diag(penalties)
    pull = weighted.T @ left / sd**2 - penalties * effects
    return effects + np.linalg.solve(normal, pull), sd


def _spread(left: Floats, prior: Prior) -> float:
    """The spread of what is left, with few journeys near what was thought.

    Taken where the promised interval ends: the tails of real journeys are longer than the
    middle of them lets expect. A fifth of them may be tapped wrongly.
    """
    seen = float(np.quantile(np.abs(left), _HELD)) / _TO_SDS
    worth = prior.spread_worth
    return math.sqrt((len(left) * seen**2 + worth * prior.spread**2) / (len(left) + worth))


def _spreads(world: _World, effects: Floats, prior: Prior) -> dict[str, float]:
    """By band, each near that of all."""
    left = np.log(world.observed_s / world.reckoned_s(effects))
    overall = _spread(left, prior)
    near = Prior(spread=overall, spread_worth=prior.spread_worth)
    own = {
        band: _spread(left[world.band == number], near)
        for number, band in enumerate(world.effects.bands)
    }
    return {ALL: overall} | own


def _rows(name: str, world: _World, journeys: Sequence[Journey]) -> list[Learned]:
    """For all, by band, by class, by both; the mean of a log-normal lies above its median."""
    made, effects, sd = world.effects, world.fitted, world.sd
    pairs = Counter((kind, one.band) for one in journeys for kind in one.share_s)
    by_kind = Counter(kind for one in journeys for kind in one.share_s)
    by_band = Counter(one.band for one in journeys)

    def row(kind: str, band: str, columns: Sequence[int], count: int) -> Learned:
        spread = sd.get(band, sd[ALL])
        factor = math.exp(float(effects[list(columns)].sum()) + spread**2 / 2)
        return Learned(kind, band, factor, spread, count)

    rows = [row(name, ALL, [0], len(journeys))] if name == ALL else []
    for number, band in enumerate(made.bands):
        if name == ALL and band != ALL:
            rows.append(row(ALL, band, [0, 1 + number], by_band[band]))
    for kind_number, kind in enumerate(made.kinds):
        if kind == FOOTPATH:
            continue
        first = made.columns(kind_number, 0)
        if ALL not in made.bands:
            rows.append(row(kind, ALL, [first[0], first[2]], by_kind[kind]))
        rows += [
            row(kind, band, made.columns(kind_number, number), pairs[kind, band])
            for number, band in enumerate(made.bands)
            if pairs[kind, band]
        ]
    return rows


def _told(
    journeys: Sequence[Journey],
    rows: Sequence[Learned],
    after_s: Floats,
    left: Floats,
    count: int,
) -> Lesson:
    observed = np.array([one.observed_s for one in journeys])
    promised = np.array([one.promised_s for one in journeys])
    plain = np.array([one.plain_s for one in journeys])
    return Lesson(
        factors=tuple(rows),
        used=len(journeys),
        left_out=count - len(journeys),
        bias_promised=float(observed.sum() / promised.sum() - 1),
        bias_plain=float(observed.sum() / plain.sum() - 1),
        bias_after=float(observed.sum() / after_s.sum() - 1),
        sd_plain=float(np.std(np.log(observed / plain))),
        sd_after=float(np.std(left)),
    )
