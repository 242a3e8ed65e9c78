"""The methods that compare areas: counts, Gi*, local Moran, emerging hotspots, the scan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.facts import Facts
from dispatch.reports.areas import Areas
from dispatch.reports.ask import Ask, BadAsk, Period, Step, Unit
from dispatch.reports.caveats import Caveat
from dispatch.reports.difference import FEWEST, bursts_of, more_than_share
from dispatch.reports.divisor import Divisor
from dispatch.reports.gathering import Gathered, lengths_of, step_of, steps_of
from dispatch.reports.words import UNITS
from dispatch.rules.doing import Doing
from geo.hotspots.discoveries import Discoveries, false_discovery
from geo.hotspots.errors import NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, part_of
from geo.hotspots.weights import Weights, band, queen

if TYPE_CHECKING:  # it loads the compiler, which a page does not need
    from geo.hotspots.emerging import Emerging
    from geo.hotspots.trend import Trend

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Json = dict[str, Any]
Progress = Callable[[float, str], None]

GAP_M = 60.0  # drawn borders leave slivers: villages this near touch
MOST_DRAWN = 20_000  # areas up to which permutations are drawn
MOST_DRAWS = 99_999
MOST_TABLE = 10_000_000  # steps times areas: some ten tables of 80 MB
TREND_ALPHA = 0.05  # of growing and fading, place by place
_QUADRANTS = ("wajar", "tinggi_tinggi", "rendah_tinggi", "rendah_rendah", "tinggi_rendah")


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What a method is given."""

    ask: Ask
    areas: Areas
    villages: Areas  # those of the same edition, whatever the areas are
    gathered: Gathered
    divisor: Divisor
    facts: Facts  # all, for what went before the period
    progress: Progress

    def heard(self, low: float, high: float, words: str) -> Heard:
        """For a piece of work: tells its share as one between low and high; may raise to stop."""
        return part_of(lambda share: self.progress(share, words), low, high)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a method gives: columns by area (a), and what only some methods have."""

    z: Floats
    p: Floats
    sure: Flags
    kind: list[str]
    figures: Json = field(default_factory=dict)
    caveats: tuple[Caveat, ...] = ()
    columns: dict[str, Sequence[Any]] = field(default_factory=dict)
    grid: Json | None = None
    clusters: list[Json] = field(default_factory=list)
    alarms: list[Json] = field(default_factory=list)
    classes: NDArray[np.int8] | None = None  # (steps, areas): 1 hot, -1 cold
    missing: tuple[Caveat, ...] = ()  # why the method could not be used


def expected_of(work: Work) -> Floats:
    """(a) what would happen where all areas were alike; NaN where that is not known."""
    weight, n = work.divisor.weight, work.gathered.n
    known = np.isfinite(weight)
    total = float(weight[known].sum())
    return weight * (float(n[known].sum()) / total) if total > 0 else np.full(len(n), np.nan)


def by_counts(work: Work) -> Found:
    """Each area against the mean of all: binomial given their sum."""
    weight, n = work.divisor.weight, work.gathered.n
    known = np.isfinite(weight)
    p = np.full(len(n), np.nan)
    total, wide = weight[known].sum() if known.any() else 0.0, _bursts(work)
    if total > 0 and n[known].sum() > 0:
        p[known] = more_than_share(n[known], weight[known] / total, wide or 1.0)
    expected = expected_of(work)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (n - expected) / np.sqrt(expected * (wide or 1.0))
    z[~np.isfinite(z)] = np.nan
    found = found_by(work, z, p, ("kurang", "lebih"))
    told = Caveat("beruntun_tak_terukur") if wide is None else Caveat("beruntun", wide)
    return replace(
        found,
        caveats=(*found.caveats, told),
        figures={**found.figures, "crowding": wide},
    )


def _bursts(work: Work) -> float | None:
    """By how much incidents that come in bursts widen chance; None where weeks are too few."""
    steps = steps_of(work.ask.period, Step.WEEK)
    whole = _whole_steps(work.ask.period, Step.WEEK)
    if whole[1] - whole[0] < FEWEST or len(steps) * len(work.areas) > MOST_TABLE:
        return None
    counts = work.gathered.by(step_of(work.gathered.facts.day, steps), len(steps))
    return bursts_of(counts[whole[0] : whole[1]])


def found_by(work: Work, z: Floats, p: Floats, names: tuple[str, str]) -> Found:
    """The areas that stand out, by the sign of z; where nothing is known, that is said."""
    told = false_discovery(p, work.ask.alpha)
    kinds = np.where(told.found, np.where(z > 0, names[1], names[0]), "wajar")
    kinds = np.where(np.isfinite(work.divisor.weight), kinds, "tak_diketahui")
    return Found(
        z, p, told.found, kinds.tolist(),
        {"threshold": told.threshold, "rule": told.rule, "tests": told.tests},
        (tested(work, told),),
    )  # fmt: skip


def tested(work: Work, told: Discoveries) -> Caveat:
    """How false discoveries are held down, in words."""
    rule = {
        "benjamini-hochberg": "Benjamini–Hochberg",
        "benjamini-yekutieli": "Benjamini–Yekutieli",
    }
    values = {"alpha": f"{100 * work.ask.alpha:g} %", "rule": rule[told.rule]}
    if told.found.any():
        least = 1e-4  # smaller ones say nothing more to anybody
        sign = "≤" if told.threshold >= least else "<"
        threshold = max(least, float(f"{told.threshold:.2g}"))
        return Caveat("uji", None, {**values, "sign": sign, "threshold": threshold})
    return Caveat("tidak_ada_temuan", None, values)


def by_gi(work: Work) -> Found:
    """Getis-Ord Gi*, of counts or of smoothed rates, by permutation where that is possible."""
    from geo.hotspots.local import gi_star
    from geo.hotspots.rates import gi_star_rates

    near, about = _neighbours(work)
    draws, heard = _draws(work), work.heard(0.35, 0.85, Doing.SHUFFLE_PLACES)
    if work.divisor.plain and work.areas.unit is not Unit.HEXAGON:
        local = gi_star(work.gathered.n, near, **draws, heard=heard)
    else:
        weight = work.divisor.weight
        local = gi_star_rates(work.gathered.n, weight, near, **draws, heard=heard)
    found = found_by(work, local.z, local.best_p, ("dingin", "panas"))
    return _with_draws(found, work, about, draws)


def by_moran(work: Work) -> Found:
    """Local Moran with its quadrants, of counts or of smoothed rates."""
    from geo.hotspots.moran import local_moran
    from geo.hotspots.rates import rates

    near, about = _neighbours(work)
    draws = _draws(work)
    plain = work.divisor.plain and work.areas.unit is not Unit.HEXAGON
    values = work.gathered.n if plain else rates(work.gathered.n, work.divisor.weight).smoothed
    heard = work.heard(0.35, 0.85, Doing.SHUFFLE_PLACES)
    local = local_moran(values, near, **draws, heard=heard)
    found = found_by(work, local.z, local.best_p, ("dingin", "panas"))
    quadrants = local.quadrant if local.quadrant is not None else np.zeros(len(found.z), np.int8)
    kinds = [
        _QUADRANTS[int(q)] if sure else ("wajar" if kind != "tak_diketahui" else kind)
        for q, sure, kind in zip(quadrants, found.sure, found.kind, strict=True)
    ]
    return _with_draws(replace(found, kind=kinds), work, about, draws)


def _neighbours(work: Work) -> tuple[Weights, Caveat]:
    near = near_of(work.areas)
    hexes = work.areas.unit is Unit.HEXAGON
    rule = "petak yang bersentuhan" if hexes else "batas yang bersentuhan"
    unit = UNITS[work.ask.unit][0]
    return near, Caveat("bobot", int(near.islands.sum()), {"rule": rule, "unit": unit})


@lru_cache(6)
def near_of(areas: Areas) -> Weights:
    """Who is whose neighbour; kept, for areas are."""
    if areas.unit is Unit.HEXAGON:
        centres = shapely.get_coordinates(shapely.centroid(areas.shapes))
        return band(centres, float(areas.cell_m or 1) * 1.1)
    return queen(areas.shapes.tolist(), GAP_M)


def _draws(work: Work) -> dict[str, Any]:
    """So many permutations that a single area could still be found among all."""
    if len(work.areas) > MOST_DRAWN:
        return {"permutations": 0, "seed": work.ask.seed}
    most = min(MOST_DRAWS, int(10 * len(work.areas) / work.ask.alpha))
    refine = most if most > work.ask.permutations else 0
    return {"permutations": work.ask.permutations, "seed": work.ask.seed, "refine": refine}


def _with_draws(found: Found, work: Work, about: Caveat, drawn: Mapping[str, Any]) -> Found:
    draws, most, seed = drawn["permutations"], drawn.get("refine", 0), str(work.ask.seed)
    if not draws:
        told = Caveat("tanpa_permutasi", len(work.areas))
    elif most:
        told = Caveat("permutasi_lanjut", draws, {"most": most, "seed": seed})
    else:
        told = Caveat("permutasi", draws, {"seed": seed})
    figures = {
        "permutations": draws, "refined": most, "seed": work.ask.seed, "islands": about.n,
    }  # fmt: skip
    caveats = (*found.caveats, about, told)
    return replace(found, caveats=caveats, figures={**found.figures, **figures})


def by_emerging(work: Work) -> Found:
    """What became of each area, step by step: new, growing, staying, fading, on and off."""
    from geo.hotspots.emerging import Kind, emerging
    from geo.hotspots.series import gi_series

    ask = work.ask
    steps = steps_of(ask.period, ask.step)
    whole = _whole_steps(ask.period, ask.step)
    if len(steps) * len(work.areas) > MOST_TABLE:
        raise BadAsk(
            "step", "terlalu banyak langkah kali petak; beri langkah atau petak lebih besar"
        )
    if whole[1] - whole[0] < 4:
        raise TooFew(4, max(0, whole[1] - whole[0]), "steps")
    counts = work.gathered.by(step_of(work.gathered.facts.day, steps), len(steps))
    near, about = _neighbours(work)
    weight = np.nan_to_num(work.divisor.weight, nan=0.0)
    exposure = None if work.divisor.plain and ask.unit is not Unit.HEXAGON else weight
    series = gi_series(
        counts[whole[0] : whole[1]], near.sparse(), exposure=exposure,
        heard=work.heard(0.35, 0.6, Doing.TEST_STEPS),
    )  # fmt: skip
    made = emerging(
        series.z, series.p, alone=series.alone, alpha=ask.alpha, trend_alpha=TREND_ALPHA,
        heard=work.heard(0.6, 0.85, Doing.TEST_TRENDS),
    )  # fmt: skip
    classes = np.zeros(counts.shape, dtype=np.int8)
    classes[whole[0] : whole[1]] = made.hot.astype(np.int8) - made.cold.astype(np.int8)
    cut = (Caveat("langkah_dipotong"),) if whole != (0, len(steps)) else ()
    told = Discoveries(
        made.hot | made.cold, made.threshold, series.p, series.p.size, "benjamini-hochberg"
    )
    return Found(
        series.z[-1], series.p[-1], made.kind > 0, _patterns(work, made),
        {"threshold": made.threshold,
         "steps": whole[1] - whole[0]},
        (tested(work, told), _of_patterns(work), about, *cut),
        {"trend": _trends(made.trend), "pattern": [Kind(int(k)).name.lower() for k in made.kind]},
        classes=classes,
    )  # fmt: skip


def _of_patterns(work: Work) -> Caveat:
    return Caveat("muncul", len(work.areas), {"alpha": f"{100 * TREND_ALPHA:g} %"})


def _patterns(work: Work, made: "Emerging") -> list[str]:
    """What became of each area, as a word; of cold ones only that they are."""
    words = np.array([word or "wajar" for word in made.words()], dtype=object)
    cold = (made.side < 0) & (words != "wajar")
    known = np.isfinite(work.divisor.weight)
    told: list[str] = np.where(known, np.where(cold, "dingin", words), "tak_diketahui").tolist()
    return told


def _trends(trend: "Trend") -> list[Json]:
    names = ("s", "z", "p", "tau", "slope")
    columns = zip(*(getattr(trend, name) for name in names), strict=True)
    return [dict(zip(names, values, strict=True)) for values in columns]


def _whole_steps(period: Period, step: Step) -> tuple[int, int]:
    """Which steps are whole: half a week at an end would look like a fall."""
    steps = steps_of(period, step)
    days = lengths_of(steps, period.until)
    full = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 28}[step]
    first = 0 if days[0] >= full and (step is not Step.MONTH or steps[0].day == 1) else 1
    month_over = step is not Step.MONTH or period.until.day == 1
    last = len(days) if days[-1] >= full and month_over else len(days) - 1
    return first, max(first, last)


def nothing_found(work: Work, why: Caveat) -> Found:
    """Where a method cannot be used: counts alone, and why."""
    unknown = np.full(len(work.areas), np.nan)
    kinds = np.where(np.isfinite(work.divisor.weight), "wajar", "tak_diketahui").tolist()
    return Found(unknown, unknown, np.zeros(len(unknown), dtype=np.bool_), kinds, missing=(why,))


_WHAT = {
    "places": ("wilayah", "areas"),
    "places with known exposure": ("wilayah yang diketahui pembaginya", "areas of known exposure"),
    "steps": ("langkah waktu", "steps"),
    "days": ("hari", "days"),
    "days of history": ("hari sebelumnya", "days of history"),
    "incidents": ("kejadian", "incidents"),
}

_NOTHING = {"none": "tanpa_titik", "alike": "sama_semua", "one spot": "satu_titik"}


def why_not(error: NothingToAnalyse | TooFew) -> Caveat:
    """The error of a method as something to keep in mind."""
    if isinstance(error, TooFew):
        what = _WHAT.get(error.what, (error.what, error.what))
        return Caveat(
            "terlalu_sedikit",
            error.have,
            {"needed": error.needed, "what": what[0], "what_en": what[1]},
        )
    return Caveat(_NOTHING[error.why])
