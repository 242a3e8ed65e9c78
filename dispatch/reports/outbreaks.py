"""The scan: where in the last days of a period more happens than is usual there and then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.reports.ask import BadAsk, Period, Step
from dispatch.reports.caveats import Caveat
from dispatch.reports.gathering import RARE, step_of, steps_of
from dispatch.reports.methods import Found, Work
from dispatch.rules.doing import Doing

Floats = NDArray[np.float64]
Json = dict[str, Any]

SCAN_DAYS = 14  # longest cluster that the scan looks for
SCAN_HISTORY = 365  # days that it looks at
MOST_SCANNED = 20_000  # areas


def by_scan(work: Work) -> Found:
    """Where in the last days of the period more happens than is usual there and then."""
    from geo.hotspots.scan import scan

    ask, gathered = work.ask, work.gathered
    if len(work.areas) > MOST_SCANNED:
        most = f"paling banyak {MOST_SCANNED} petak untuk cara ini; beri petak lebih besar"
        raise BadAsk("cell_m", most)
    days = min(ask.period.days, SCAN_HISTORY)
    first = ask.until - timedelta(days=days)
    counts = _whole_counts(work, steps_of(Period(first, ask.until), Step.DAY))
    centres = work.areas.centres()
    made = scan(
        counts, centres, last_days=SCAN_DAYS, permutations=ask.permutations, alpha=ask.alpha,
        seed=ask.seed, heard=work.heard(0.35, 0.85, Doing.SHUFFLE_TIMES),
    )  # fmt: skip
    p, z = np.full(len(centres), np.nan), np.full(len(centres), np.nan)
    sure, clusters = np.zeros(len(centres), dtype=np.bool_), []
    for nth, one in enumerate(made.clusters, 1):
        p[one.places], sure[one.places] = one.p, one.p <= ask.alpha
        z[one.places] = (one.cases - one.expected) / np.sqrt(max(one.expected, 1e-9))
        if one.cases >= RARE:
            clusters.append(_cylinder(work, nth, one, centres))
    kinds = np.where(sure, "alarm", "wajar").tolist()
    often = f"{100 * ask.alpha:g} %"
    seen = Caveat("uji_pindai", None, {"alpha": often, "days": round(1 / ask.alpha)})
    return Found(
        z, p, sure, kinds,
        {"permutations": ask.permutations, "seed": ask.seed, "cylinders": made.cylinders,
         "days": days, "last_days": SCAN_DAYS, "counted": int(gathered.n.sum())},
        (seen, Caveat("permutasi", ask.permutations, {"seed": str(ask.seed)})),
        clusters=clusters,
    )  # fmt: skip


def _whole_counts(work: Work, days: Sequence[Any]) -> NDArray[np.int64]:
    """(days, areas) each incident once, in its likeliest area: the scan wants whole numbers."""
    gathered = work.gathered
    kept = gathered.area >= 0
    order = np.lexsort((-gathered.share[kept], gathered.of[kept]))
    of, first = np.unique(gathered.of[kept][order], return_index=True)
    area = gathered.area[kept][order][first]
    day = step_of(gathered.facts.day[of], days)
    inside = day >= 0
    size = len(days) * len(work.areas)
    found = np.bincount(day[inside] * len(work.areas) + area[inside], minlength=size)
    return found.reshape(len(days), len(work.areas))


def _cylinder(work: Work, nth: int, one: Any, centres: Floats) -> Json:
    zone = work.areas
    outline = shapely.union_all(zone.shapes[one.places], grid_size=1.0)
    spread = np.hypot(*(centres[one.places] - centres[one.centre]).T)
    return {
        "id": nth,
        "name": zone.names[one.centre],
        "n": int(one.cases),
        "expected": float(one.expected),
        "p": float(one.p),
        "once_in_days": float(one.once_in_days),
        "sure": bool(one.p <= work.ask.alpha),
        "since": (work.ask.until - timedelta(days=int(one.days))).isoformat(),
        "until": work.ask.until.isoformat(),
        "radius_m": float(spread.max()),
        "places": [zone.ids[int(at)] for at in one.places],
        "outline_m": outline,
        "centre_m": tuple(centres[one.centre].tolist()),
    }
