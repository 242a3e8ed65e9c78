"""The scan: where in the last days of a period more happens than is usual there and then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from dispatch.reports.ask import BadAsk, Period, Step
from dispatch.reports.caveats import Caveat
from dispatch.reports.gathering import RARE, step_of, steps_of
from dispatch.reports.methods import Found, Work
from dispatch.rules.doing import Doing
from geo.hotspots.cases import ROUNDING, Cases

Floats = NDArray[np.float64]
Json = dict[str, Any]

SCAN_DAYS = 14  # longest cluster that the scan looks for
SCAN_HISTORY = 365  # days that it looks at
MOST_SCANNED = 20_000  # areas


def by_scan(work: Work) -> Found:
    """Where in the last days of the period more happens than is usual there and then."""
    from geo.hotspots.scan import scan

    ask = work.ask
    if len(work.areas) > MOST_SCANNED:
        most = f"paling banyak {MOST_SCANNED} petak untuk cara ini; beri petak lebih besar"
        raise BadAsk("cell_m", most)
    days = min(ask.period.days, SCAN_HISTORY)
    first = ask.until - timedelta(days=days)
    cases = _cases(work, steps_of(Period(first, ask.until), Step.DAY))
    centres = work.areas.centres()
    made = scan(
        cases, centres, last_days=SCAN_DAYS, permutations=ask.permutations, alpha=ask.alpha,
        seed=ask.seed, heard=work.heard(0.35, 0.85, Doing.SHUFFLE_TIMES),
    )  # fmt: skip
    in_doubt = cases.only(cases.doubtful()).table(min(SCAN_DAYS, days)).cumsum(axis=0)
    p, z = np.full(len(centres), np.nan), np.full(len(centres), np.nan)
    sure, clusters = np.zeros(len(centres), dtype=np.bool_), []
    for nth, one in enumerate(made.clusters, 1):
        p[one.places], sure[one.places] = one.p, one.p <= ask.alpha
        z[one.places] = (one.cases - one.expected) / np.sqrt(max(one.expected, 1e-9))
        if one.cases >= RARE - ROUNDING:
            unsure = float(in_doubt[one.days - 1, one.places].sum())
            clusters.append({**_cylinder(work, nth, one, centres), "doubt": unsure / one.cases})
    kinds = np.where(sure, "alarm", "wajar").tolist()
    often = f"{100 * ask.alpha:g} %"
    seen = Caveat("uji_pindai", None, {"alpha": often, "days": round(1 / ask.alpha)})
    return Found(
        z, p, sure, kinds,
        {"permutations": ask.permutations, "seed": ask.seed, "cylinders": made.cylinders,
         "days": days, "last_days": SCAN_DAYS, "counted": float(cases.by_case().sum())},
        (seen, Caveat("permutasi", ask.permutations, {"seed": str(ask.seed)})),
        clusters=clusters,
    )  # fmt: skip


def _cases(work: Work, days: Sequence[Any]) -> Cases:
    """The incidents of these days that touch an area, each shared among areas by its chances."""
    gathered = work.gathered
    n, day = len(gathered.facts), step_of(gathered.facts.day, days)
    kept = gathered.area >= 0
    place = (gathered.of[kept], gathered.area[kept])
    shares = csr_array((gathered.share[kept], place), shape=(n, len(work.areas)))
    shares.sum_duplicates()
    meant = (day >= 0) & (np.diff(shares.indptr) > 0)
    return Cases(len(days), day, shares).only(meant)


def _cylinder(work: Work, nth: int, one: Any, centres: Floats) -> Json:
    zone = work.areas
    outline = shapely.union_all(zone.shapes[one.places], grid_size=1.0)
    spread = np.hypot(*(centres[one.places] - centres[one.centre]).T)
    return {
        "id": nth,
        "name": zone.names[one.centre],
        "n": float(one.cases),
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
