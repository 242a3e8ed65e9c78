"""Where incidents lie close together: clusters of points, those in doubt by their chances."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from dispatch.facts import ELSEWHERE
from dispatch.reports.candidates import Spots, spots_of
from dispatch.reports.caveats import Caveat
from dispatch.reports.gathering import RARE
from dispatch.reports.methods import Found, Work, by_counts
from dispatch.rules.doing import Doing
from geo.hotspots.belonging import DRAWS, by_draws, chances_of
from geo.hotspots.errors import NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, part_of

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Json = dict[str, Any]

ROUGH_M = 100.0  # squares to which points are moved before a cluster is drawn
DENSER = 3.0  # times the mean of the land, from which on points make a cluster
NEAR_M = (50.0, 3000.0)
MOST_H = 20_000  # incidents that HDBSCAN looks at
_FINE = 0.25  # of the radius: a pin that is known so well is where it is
_LIKELY = 0.5  # chance from which on an incident is rather in a cluster than not
_ROUNDING = 1e-6
_EPOCH = date(1970, 1, 1)


def by_clusters(work: Work) -> Found:
    """DBSCAN of the points; clusters with their outlines, the fullest first."""
    from geo.hotspots.clusters import dbscan

    near_m = _near_m(work)
    spots = _spots(work, _FINE * near_m)
    heard = work.heard(0.35, 0.6, Doing.CLUSTERS)
    made = dbscan(spots.xy, near_m, work.ask.least, spots.weights, heard=heard)
    chances = chances_of(made.labels, spots.of, spots.chance, len(work.gathered.facts))
    figures = {"near_m": near_m, "least": work.ask.least, "points": _incidents(spots)}
    told = () if spots.sure else (Caveat("kelompok_peluang", int(spots.doubtful.sum())),)
    return _clustered(work, made.labels, spots, chances, near_m / 2, figures, told)


def by_clusters_h(work: Work) -> Found:
    """HDBSCAN: clusters of any density; of very many incidents some are drawn.

    It knows no weights: those in doubt are put down by chance, and what is not found again in most
    draws is no cluster.
    """
    spots = _spots(work, _FINE * NEAR_M[0])
    incidents, caveats = np.unique(spots.of), list[Caveat]()
    seen, least = incidents, work.ask.least
    if len(incidents) > MOST_H:
        seen = np.sort(np.random.default_rng(work.ask.seed).choice(incidents, MOST_H, False))
        least = max(5, round(least * MOST_H / len(incidents)))
        caveats.append(Caveat("kelompok_acak", MOST_H, {"all": len(incidents)}))
        spots = _only(spots, seen)
    labels, chances, held, lost = _densest(work, spots, least)
    figures = {"least": least, "points": len(incidents), "looked_at": len(seen)}
    if not spots.sure:
        draws = {"draws": DRAWS, "lost": lost}
        caveats.append(Caveat("kelompok_undian", int(spots.doubtful.sum()), draws))
    return _clustered(work, labels, spots, chances, 100.0, figures, tuple(caveats), held)


def _spots(work: Work, fine_m: float) -> Spots:
    spots = spots_of(work.gathered, work.areas, work.villages, fine_m)
    if not len(spots):
        raise NothingToAnalyse
    if (have := _incidents(spots)) < work.ask.least:
        raise TooFew(work.ask.least, have)
    return spots


def _incidents(spots: Spots) -> int:
    return len(np.unique(spots.of))


def _only(spots: Spots, incidents: Whole) -> Spots:
    """The places of these incidents (rising)."""
    kept = np.isin(spots.of, incidents)
    doubtful = np.zeros_like(spots.doubtful)
    doubtful[incidents] = spots.doubtful[incidents]
    return Spots(spots.xy[kept], spots.chance[kept], spots.of[kept], spots.area[kept], doubtful)


def _densest(work: Work, spots: Spots, least: int) -> tuple[Whole, csr_array, Floats | None, int]:
    """Labels of places, chances of incidents, how often each was found again, how many were not."""
    from geo.hotspots.clusters import hdbscan

    n = len(work.gathered.facts)
    if spots.sure:
        heard = work.heard(0.35, 0.6, Doing.CLUSTERS)
        labels = hdbscan(spots.xy, least, most=MOST_H, heard=heard).labels
        return labels, chances_of(labels, spots.of, spots.chance, n), None, 0
    turn = iter(range(DRAWS + 1))

    def find(drawn: Whole) -> Whole:
        nth = next(turn)
        heard: Heard = part_of(
            work.heard(0.35, 0.6, Doing.DRAW_PLACES), nth / (DRAWS + 1), (nth + 1) / (DRAWS + 1)
        )
        if len(drawn) < least:
            return np.full(len(drawn), -1, dtype=np.int64)
        return hdbscan(spots.xy[drawn], least, most=MOST_H, heard=heard).labels

    made = by_draws(find, spots.of, spots.chance, n, seed=work.ask.seed)
    return made.labels, made.chances, made.held, made.lost


def _near_m(work: Work) -> float:
    """So near that so many lie within it only where it is DENSER than the land on the average."""
    if work.ask.near_m is not None:
        return float(work.ask.near_m)
    facts = work.gathered.facts
    per_m2 = float(facts.share[facts.village != ELSEWHERE].sum())
    per_m2 = max(per_m2, 1.0) / max(float(work.areas.land.area), 1.0)
    low, high = NEAR_M
    return min(high, max(low, float(np.sqrt(work.ask.least / (DENSER * np.pi * per_m2)))))


def _clustered(
    work: Work, labels: Whole, spots: Spots, chances: csr_array, margin_m: float,
    figures: Json, caveats: tuple[Caveat, ...], held: Floats | None = None,
) -> Found:  # fmt: skip
    from geo.hotspots.outlines import figures as told

    found = by_counts(work)
    heard = work.heard(0.6, 0.9, Doing.DRAW_CLUSTERS)
    heard(0.0)
    # Five calls from one house are a cluster, too: its middle and its line must not show the house.
    rough = (np.floor(spots.xy / ROUGH_M) + 0.5) * ROUGH_M
    lines = told(labels, rough, max(margin_m, ROUGH_M), w=spots.chance, heard=heard)
    by_cluster = chances.tocsc()
    clusters = []
    for one in lines:
        within = slice(by_cluster.indptr[one.label], by_cluster.indptr[one.label + 1])
        who, chance = by_cluster.indices[within], by_cluster.data[within]
        if chance.sum() < RARE - _ROUNDING:
            continue
        where = spots.area[labels == one.label], spots.chance[labels == one.label]
        again = None if held is None else float(held[one.label])
        clusters.append(
            {
                **_of_incidents(work, spots, who, chance),
                **_of_areas(work, *where),
                "held": again,
                "radius_m": one.span_m / 2,
                "area_km2": one.area_km2,
                "outline_m": shapely.simplify(one.outline, 5.0),
                "centre_m": one.centre,
            }
        )
    clusters.sort(key=lambda one: -one["n"])
    return replace(
        found, clusters=[{"id": nth, **one} for nth, one in enumerate(clusters, 1)],
        figures={**found.figures, **figures}, caveats=(*found.caveats, *caveats),
    )  # fmt: skip


def _of_incidents(work: Work, spots: Spots, who: Whole, chance: Floats) -> Json:
    """How many, of what kinds, on what days: the days of those rather in it than not, if any are.

    who, chance   incidents, and the chance of each that it lies in the cluster
    """
    facts, n = work.gathered.facts, float(chance.sum())
    kinds = np.bincount(facts.category[who], chance, minlength=len(facts.categories))
    likely = who[chance >= _LIKELY] if (chance >= _LIKELY).any() else who
    days = facts.day[likely]
    return {
        "n": n,
        "doubt": float(chance[spots.doubtful[who]].sum()) / n,
        "expected": None,
        "p": None,
        "sure": False,
        "since": (_EPOCH + timedelta(days=int(days.min()))).isoformat(),
        "until": (_EPOCH + timedelta(days=int(days.max()) + 1)).isoformat(),
        "categories": {
            facts.categories[int(at)]: float(kinds[at])
            for at in np.flatnonzero(kinds >= RARE - _ROUNDING)
        },
    }


def _of_areas(work: Work, area: Whole, chance: Floats) -> Json:
    """The areas it lies in, the fullest first, and the name of that."""
    where = np.bincount(area + 1, chance, minlength=len(work.areas) + 1)[1:]
    fullest = np.argsort(-where, kind="stable")
    least = max(_ROUNDING, min(_LIKELY, float(where.max())))  # a slight chance names no area
    return {
        "name": work.areas.names[int(where.argmax())] if where.any() else "",
        "places": [work.areas.ids[int(at)] for at in fullest if where[at] >= least],
    }
