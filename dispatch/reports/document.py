"""An analysis as a document: table, series, surface, caveats and a sentence, as JSON has them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.special import gammaincinv

from dispatch.facts import Facts
from dispatch.ground import Ground
from dispatch.reports.ask import BY_POINTS, Against, Ask, Method, Unit
from dispatch.reports.caveats import Caveat
from dispatch.reports.divisor import PER, Divisor
from dispatch.reports.gathering import RARE, Gathered, lengths_of, step_of, steps_of
from dispatch.reports.methods import Found, Work, expected_of
from dispatch.reports.words import UNITS, sentences
from dispatch.rules.doing import Doing
from geo.hotspots.grid import unproject, unproject_shape
from geo.hotspots.heard import Heard, in_turns, part_of

Floats = NDArray[np.float64]
Json = dict[str, Any]

AT_ONCE = 200  # rows of a table until it hears whether anybody wants it still
CLUSTERS_AT_ONCE = 20
FIGURES_AT_ONCE = 20_000  # of a surface
MOST_SERIES = 300  # areas of which the time series is told
SERIES_CELL_M = 1000  # hexagons from which on they have one: a yard and a day point at a case


# What methods make of incidents whose place is in doubt, where it is not to share them out alone;
# clusters tell for themselves: a known village without a pin is in doubt for them as well.
_DOUBTFUL = {Method.CLUSTERS: None, Method.CLUSTERS_H: None, Method.SCAN: "pindai_peluang"}


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """The second period, area by area."""

    gathered: Gathered
    columns: list[Json | None]
    found: int
    crowding: float | None  # times by which bursts widen chance, at the usual place; not measured


def document_of(
    work: Work, found: Found, before: Before | None, ground: Ground
) -> tuple[Json, tuple[int, ...]]:
    """The document, and which areas stand in its table. Hears often that nobody wants it."""
    ask, areas = work.ask, work.areas
    shown, heard = _shown(work, found, before), work.heard(0.9, 1.0, Doing.TABLES)
    rows = _rows(work, found, before, shown, part_of(heard, 0.0, 0.4))
    totals = _totals(work)
    clusters = _clusters(found.clusters, areas.zone, part_of(heard, 0.4, 0.5))
    alarms = [_named(one, ground) for one in found.alarms]
    told = sentences(ask, rows, totals, alarms, clusters, found.missing)
    document = {
        "ask": ask.to_json(),
        "query": ask.query(),
        "method": ask.method.value,
        "unit": ask.unit.value,
        "as_of": work.facts.as_of.isoformat().replace("+00:00", "Z"),
        "edition": {
            "key": ground.locator.edition,
            "title": ground.title,
            "status": ground.locator.status,
        },
        "words": told[0],
        "words_en": told[1],
        "caveats": [one.to_json() for one in _caveats(work, found, before, rows, ground)],
        "totals": totals,
        "places": rows,
        "series": _series(work, found, shown, before, part_of(heard, 0.5, 0.7)),
        "grid": _grid(found.grid, areas.zone, part_of(heard, 0.7, 0.8)),
        "clusters": clusters,
        "alarms": alarms,
        "scale": _scale(ask),
        "figures": {"alpha": ask.alpha, **found.figures},
        "before": None
        if before is None or ask.compare is None
        else {
            "since": ask.compare.since.isoformat(),
            "until": ask.compare.until.isoformat(),
            "n": len(before.gathered.facts),
            "days": ask.compare.days,
            "found": before.found,
            "crowding": before.crowding,
        },
    }
    return _cleaned(document, part_of(heard, 0.8, 1.0)), tuple(shown)


def _shown(work: Work, found: Found, before: Before | None) -> list[int]:
    """Which areas stand in the table: all; of hexagons those with something to tell."""
    if work.ask.unit is not Unit.HEXAGON:
        return list(range(len(work.areas)))
    told = (work.gathered.n > 1e-9) | found.sure
    if before is not None:
        told |= before.gathered.n > 1e-9
    return [int(at) for at in np.flatnonzero(told)]


def _rows(
    work: Work, found: Found, before: Before | None, shown: Sequence[int], heard: Heard
) -> list[Json]:
    told = (expected_of(work), _rates(work.gathered.n, work.divisor))
    return [
        row
        for some in in_turns(len(shown), AT_ONCE, heard)
        for row in _some_rows(work, found, before, shown[some], told)
    ]


def _some_rows(
    work: Work,
    found: Found,
    before: Before | None,
    shown: Sequence[int],
    told: tuple[Floats, tuple[Floats, Floats, Floats]],
) -> list[Json]:
    """Of these areas; told: what is expected, and the rates, of all."""
    areas, n, divisor = work.areas, work.gathered.n, work.divisor
    (expected, rates), hexes = told, work.ask.unit is Unit.HEXAGON
    outlines = _geojsons(areas.lonlat(shown)) if hexes else []
    rows = []
    for nth, at in enumerate(shown):
        # A hexagon may be as small as a yard: what few there are is not told.
        few = bool(hexes and n[at] < RARE)
        then = before.columns[at] if before else None
        reporting = divisor.reporting
        rows.append(
            {
                "id": areas.ids[at],
                "name": areas.names[at],
                "district": areas.districts[at],
                "n": None if few else n[at],
                "few": few,
                "exposure": None if divisor.against is Against.NOTHING else divisor.value[at],
                "rate": None if few else rates[0][at],
                "rate_low": None if few else rates[1][at],
                "rate_high": None if few else rates[2][at],
                "expected": expected[at],
                "z": None if few else found.z[at],  # with what is expected it tells the count
                "p": None if few else found.p[at],
                "sure": bool(found.sure[at]),
                "class": found.kind[at],
                "reporting": reporting and {
                    "rate": reporting.rate[at],
                    "low": reporting.low[at],
                    "high": reporting.high[at],
                },
                "doubt": None if few else work.gathered.doubt[at],
                "shape": outlines[nth] if hexes else None,
                "before": None if then is None else _few_before(then, hexes, few),
                **{name: None if few else column[at] for name, column in found.columns.items()},
            }
        )  # fmt: skip
    return rows


def _few_before(then: Json, hexes: bool, few: bool) -> Json:
    """Of a hexagon with few cases, now or then, it is told whether it changed, and no figure."""
    if not hexes or (not few and then["n"] >= RARE):
        return then
    return {**then, **dict.fromkeys(("n", "ratio", "low", "high", "p"))}


def _rates(n: Floats, divisor: Divisor) -> tuple[Floats, Floats, Floats]:
    """Rate of each area, with 95 %: Garwood's for a count, and the doubt of the correction."""
    low = np.where(n > 0, gammaincinv(np.maximum(n, 1e-12), 0.025), 0.0)
    high = gammaincinv(n + 1, 0.975)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = divisor.weight / divisor.per
        rate, low, high = n / weight, low / weight, high / weight
    if (of := divisor.reporting) is not None:
        low, high = low * of.rate / of.high, high * of.rate / np.maximum(of.low, 1e-9)
    return rate, low, high


def _totals(work: Work) -> Json:
    gathered = work.gathered
    return {
        "n": len(gathered.facts),
        "placed": float(gathered.n.sum()),
        "elsewhere": gathered.elsewhere,
        "unplaced": gathered.unplaced,
        "withheld": gathered.withheld,
        "coarse": gathered.coarse,
        "few": gathered.few,
        "withheld_categories": len(gathered.withheld_categories),
        "doubtful": gathered.doubtful,
        "places": len(work.areas),
        "days": work.ask.period.days,
    }


def _series(
    work: Work, found: Found, shown: Sequence[int], before: Before | None, heard: Heard
) -> Json:
    """By steps of time: all, each category, the fullest areas."""
    ask, gathered = work.ask, work.gathered
    steps = steps_of(ask.period, ask.step)
    step = step_of(gathered.facts.day, steps)
    full = sorted(shown, key=lambda at: -gathered.n[at])[:MOST_SERIES]
    if ask.unit is Unit.HEXAGON:
        wide = ask.cell_m >= SERIES_CELL_M
        full = [at for at in full if wide and gathered.n[at] >= RARE]
    kinds = _by_category(gathered.facts, step, len(steps))
    heard(0.3)
    made: Json = {
        "step": ask.step.value,
        "steps": [day.isoformat() for day in steps],
        "days": lengths_of(steps, ask.until),
        "total": np.bincount(step, minlength=len(steps)),
        "categories": kinds,
        "places": {
            work.areas.ids[at]: np.round(sums, 2)
            for at, sums in zip(full, gathered.of_areas(full, step, len(steps)).T, strict=True)
        },
        "classes": {},
        "before": _second(work, before),
    }
    heard(0.9)
    if found.classes is not None:
        words = np.array(["dingin", "", "panas"])
        kept = np.flatnonzero(found.classes.any(axis=0))
        if ask.unit is Unit.HEXAGON:  # step by step it would tell of the few
            kept = kept[gathered.n[kept] >= RARE]
        made["classes"] = {
            work.areas.ids[at]: words[found.classes[:, at] + 1].tolist() for at in kept
        }
    return made


def _second(work: Work, before: Before | None) -> Json | None:
    """The second period by the same steps."""
    if before is None or work.ask.compare is None:
        return None
    steps = steps_of(work.ask.compare, work.ask.step)
    step = step_of(before.gathered.facts.day, steps)
    return {
        "steps": [day.isoformat() for day in steps],
        "days": lengths_of(steps, work.ask.compare.until),
        "total": np.bincount(step, minlength=len(steps)),
    }


def _by_category(facts: Facts, step: NDArray[np.int64], steps: int) -> Json:
    size = len(facts.categories)
    found = np.bincount(step * size + facts.category, minlength=steps * size).reshape(steps, size)
    return {code: found[:, at] for at, code in enumerate(facts.categories) if found[:, at].any()}


def _grid(grid: Json | None, zone: int, heard: Heard) -> Json | None:
    """The surface with its corners in degrees, north-west first, clockwise."""
    if grid is None:
        return None
    west, south, cell = grid["west"], grid["south"], grid["cell_m"]
    east, north = west + grid["cols"] * cell, south + grid["rows"] * cell
    corners = np.array([[west, north], [east, north], [east, south], [west, south]])
    values = grid["values"]
    known = np.isfinite(values)
    return {
        **grid,
        "crs": f"EPSG:{zone}",
        "corners": np.round(unproject(corners, CRS.from_epsg(zone)), 6).tolist(),
        "max": float(values[known].max()) if known.any() else 0.0,
        "values": [
            None if np.isnan(v) else float(f"{v:.4g}")
            for some in in_turns(values.size, FIGURES_AT_ONCE, heard)
            for v in values.ravel()[some]
        ],
    }


def _clusters(clusters: Sequence[Json], zone: int, heard: Heard) -> list[Json]:
    flat = CRS.from_epsg(zone)
    return [
        _placed(one, flat)
        for some in in_turns(len(clusters), CLUSTERS_AT_ONCE, heard)
        for one in clusters[some]
    ]


def _placed(one: Json, flat: CRS) -> Json:
    """A cluster in degrees."""
    told = {key: value for key, value in one.items() if not key.endswith("_m") or key == "radius_m"}
    centre = unproject(np.array([one["centre_m"]]), flat)[0]
    outline = _geojsons(np.array([unproject_shape(one["outline_m"], flat)], dtype=object))[0]
    return {**told, "centre": [round(float(c), 6) for c in centre], "outline": outline}


def _geojsons(shapes: NDArray[np.object_]) -> list[Json]:
    """Outlines as JSON, rounded to a tenth of a metre."""
    rounded = shapely.set_precision(shapes, 1e-6, mode="pointwise")
    return [json.loads(one) for one in shapely.to_geojson(rounded)]


def _named(alarm: Json, ground: Ground) -> Json:
    category = ground.catalogue.category(alarm["category"])
    return {**alarm, "name": category.name_id, "name_en": category.name_en}


def _scale(ask: Ask) -> Json:
    return {"of": "n" if ask.against is Against.NOTHING else "rate", "unit": PER[ask.against][1]}


def _caveats(
    work: Work, found: Found, before: Before | None, rows: Sequence[Json], ground: Ground
) -> list[Caveat]:
    gathered = work.gathered
    kept_back = gathered.withheld or gathered.few or gathered.coarse
    told = [one for one in found.missing if one.code != "kosong"]
    if not len(gathered.facts) and not kept_back:
        told.append(Caveat("kosong"))
    told += [*_of_places(work, rows), *_of_divisor(work, found), *found.caveats]
    told += [] if before is None else _of_difference(work.ask, before)
    boundaries: Mapping[str, str | float] = {"title": ground.title, "status": ground.locator.status}
    return [*told, Caveat("kategori_peka"), Caveat("batas_desa", None, boundaries)]


def _of_places(work: Work, rows: Sequence[Json]) -> list[Caveat]:
    """What is not on the map, and what is withheld."""
    ask, gathered = work.ask, work.gathered
    least, (unit, unit_en) = {"least": RARE}, UNITS[ask.unit]
    in_doubt = _DOUBTFUL.get(ask.method, "tempat_meragukan")
    told = (
        Caveat("tanpa_tempat", gathered.unplaced),
        Caveat("luar_wilayah", round(gathered.elsewhere)),
        *(() if in_doubt is None else (Caveat(in_doubt, gathered.doubtful),)),
        Caveat(
            "kategori_ditahan",
            gathered.withheld,
            {"categories": len(gathered.withheld_categories), **least},
        ),
        Caveat("hanya_per_desa", gathered.coarse),
        Caveat("jarang_per_desa", gathered.few, {**least, "unit": unit, "unit_en": unit_en}),
        Caveat("sel_ditahan", sum(row["few"] for row in rows), least),
    )
    return [one for one in told if one.n]


def _of_divisor(work: Work, found: Found) -> list[Caveat]:
    """What is not known of what the counts are held against."""
    ask, divisor, told = work.ask, work.divisor, list[Caveat]()
    if not divisor.plain and ask.method in BY_POINTS:
        told.append(Caveat("tanpa_pembagi_di_sini"))
    unit, unit_en = UNITS[ask.unit]
    units = {"unit": unit, "unit_en": unit_en}
    unknown = int(np.count_nonzero(~np.isfinite(divisor.weight)))
    if 0 < unknown < len(divisor.weight):
        told.append(Caveat("pembagi_tak_diketahui", unknown, units))
    if ask.unit is Unit.HEXAGON and ask.against in (Against.PEOPLE, Against.ROADS):
        told.append(Caveat("pembagi_petak"))
    if ask.against is Against.NOTHING and not found.missing:
        told.append(Caveat("tanpa_pembagi", None, units))
    if (of := divisor.reporting) is not None:
        low, high = round(float(of.rate.min()), 2), round(float(of.rate.max()), 2)
        told.append(Caveat("koreksi_lapor", None, {"low": low, "high": high}))
        told += [Caveat("koreksi_tanpa_ragu")] if np.isfinite(found.p).any() else []
    elif ask.correct:
        told.append(Caveat("koreksi_tak_bisa"))
    return told


def _of_difference(ask: Ask, before: Before) -> list[Caveat]:
    unit, unit_en = UNITS[ask.unit]
    alpha, wide = f"{100 * ask.alpha:g} %", before.crowding
    return [
        Caveat("beda", None, {"unit": unit, "unit_en": unit_en, "alpha": alpha}),
        Caveat("beda_tunggal") if wide is None else Caveat("beda_beruntun", wide),
    ]


def _cleaned(document: Json, heard: Heard) -> Json:
    """As _clean, a piece at a time."""
    made, each = dict[str, Any](), 1 / len(document)
    for nth, (name, value) in enumerate(document.items()):
        part = part_of(heard, nth * each, (nth + 1) * each)
        part(0.0)
        if isinstance(value, list):
            turns = in_turns(len(value), AT_ONCE, part)
            made[name] = [_clean(one) for some in turns for one in value[some]]
        else:
            made[name] = _clean(value)
    return made


def _clean(value: Any) -> Any:
    """As JSON has it: no numpy, no NaN, no needless digits."""
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return _clean(value.tolist())
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
