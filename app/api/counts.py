"""/api/counts: how many cases, by area, step of time and kind; of millions, at once."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, TypeVar

import gevent
import numpy as np
import orjson
from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from gevent.monkey import is_module_patched

from app.api import reading_filters
from app.auth.guard import needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.facts_shelf import facts_now
from app.parts import parts
from dispatch.facts.counting import Asked, Counts, Prepared, Step, by_hexagon, by_village, districts
from dispatch.ground import Ground
from dispatch.rules.withholding import CELLS_M
from dispatch.rules.workflow import Channel

bp = Blueprint("analysis_counts", __name__, url_prefix="/api")

BY = ("desa", "kecamatan", "heksagon")
WORDS = ("by", "step", "since", "until", "category", "cell_m", "hours", "channel", "whole", "split")
LONGEST_DAYS = 366 * 30
MOST_KEPT_BYTES = 64_000_000  # of answers that may be asked for again
Made = TypeVar("Made")


class Answers:
    """Answers of one process, as long as the facts are the same; one is made at a time."""

    def __init__(self) -> None:
        self._prepared: Prepared | None = None
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, key: str, make: Callable[[Prepared], bytes]) -> bytes:
        """The answer to that question, of the facts as they are now."""
        facts = facts_now(parts())
        with self._lock:
            if self._prepared is None or self._prepared.facts.ids is not facts.ids:
                self._prepared = Prepared(facts)
                self._kept.clear()
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            body = _aside(partial(make, self._prepared))
            self._kept[key] = body
            while sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
                self._kept.popitem(last=False)
            return body


def _aside(work: Callable[[], Made]) -> Made:
    """Beside the worker's other requests, which would all wait for it."""
    if not is_module_patched("threading"):  # no gevent: this is a thread of its own
        return work()
    made: Made = gevent.get_hub().threadpool.apply(work)
    return made


@bp.record_once
def _keep(state: Any) -> None:
    state.app.extensions["analysis_counts"] = Answers()


@bp.get("/counts")
@needs(Right.ANALYSE)
def get_counts() -> Response:
    """Cells with a case in them, as columns of equal length: area, step, kind, n."""
    by, cell_m, asked = _question()
    ground, answers = parts().ground(), current_app.extensions["analysis_counts"]
    key = repr((by, cell_m, asked, ground.locator.edition_id))
    body = answers.answer(key, partial(_made, ground, by, cell_m, asked))
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    answer.make_conditional(request)
    return answer


def _made(ground: Ground, by: str, cell_m: int, asked: Asked, prepared: Prepared) -> bytes:
    counts = _counted(ground, by, cell_m, asked, prepared)
    return orjson.dumps(
        {
            "by": by,
            "cell_m": cell_m if by == "heksagon" else None,
            "zone": prepared.facts.zone if by == "heksagon" else None,
            "since": asked.since,
            "until": asked.until,
            "step": asked.step.value,
            "areas": counts.areas,
            "names": _names(ground, by, counts),
            "steps": counts.steps,
            "kinds": counts.kinds if asked.split else [],
            "area": counts.area.astype(np.int32),
            "at": counts.step.astype(np.int32),
            "kind": counts.kind.astype(np.int32) if asked.split else [],
            "n": counts.n.astype(np.int64) if _even(by, asked) else counts.n.round(3),
            "total": counts.total,
            "elsewhere": round(counts.elsewhere, 3),
            "withheld": int(counts.withheld) if _even(by, asked) else round(counts.withheld, 3),
            "withheld_kinds": counts.withheld_kinds,
        },
        option=orjson.OPT_SERIALIZE_NUMPY,
    )


def _even(by: str, asked: Asked) -> bool:
    """Whether cases are counted undivided."""
    return asked.whole or by == "heksagon"


def _counted(ground: Ground, by: str, cell_m: int, asked: Asked, prepared: Prepared) -> Counts:
    villages = prepared.facts.villages
    personal = ground.catalogue.personal
    if by == "heksagon":
        return by_hexagon(prepared, asked, cell_m, personal)
    if by == "desa":
        return by_village(prepared, asked, np.arange(len(villages)), villages, personal)
    of = {village.code: village.district_code for village in ground.locator.villages}
    codes, place = districts(of, villages)
    return by_village(prepared, asked, place, codes, personal)


def _names(ground: Ground, by: str, counts: Counts) -> list[str]:
    """Names of the areas; hexagons have none."""
    if by == "heksagon":
        return []
    villages = ground.locator.villages
    names = {v.code: v.name for v in villages} | {v.district_code: v.district for v in villages}
    return [names[str(area)] for area in counts.areas]


def _question() -> tuple[str, int, Asked]:
    """What the request asks for. Raises BadRequestField."""
    reading_filters.only_known(WORDS)
    since, until = _day("since"), _day("until")
    if since >= until:
        raise BadRequestField("since", _("since: harus sebelum until; until sendiri tidak ikut"))
    if (until - since).days > LONGEST_DAYS:
        raise BadRequestField("until", _("until: paling lama 30 tahun setelah since"))
    known = [c.code for c in parts().ground().catalogue.categories.values() if not c.kept_group]
    step = reading_filters.one_of("step", [step.value for step in Step])
    asked = Asked(
        since=since,
        until=until,
        step=Step(step) if step else Step.WEEK,
        categories=tuple(sorted(reading_filters.some_of("category", known))),
        hours=_hours(),
        channel=reading_filters.one_of("channel", [channel.value for channel in Channel]),
        whole=reading_filters.one_of("whole", ("0", "1")) == "1",
        split=reading_filters.one_of("split", ("0", "1")) != "0",
    )
    by = reading_filters.one_of("by", BY) or "desa"
    cell_m = int(reading_filters.one_of("cell_m", map(str, CELLS_M)) or 1_000)
    if by != "heksagon":
        return by, 0, asked
    _check_even(asked)
    return by, cell_m, asked


def _check_even(asked: Asked) -> None:
    """Hexagons are not told by the day, nor by two periods that differ by one."""
    if asked.step is Step.DAY:
        raise BadRequestField("step", _("step: heksagon dihitung per minggu atau bulan"))
    if not asked.even:
        raise BadRequestField(
            "since",
            _(
                "since, until: heksagon dihitung per minggu penuh (Senin sampai Senin)"
                " atau bulan penuh (tanggal 1 sampai tanggal 1)"
            ),
        )


def _day(field: str) -> date:
    written = request.args.get(field, "")
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if not 1970 <= day.year <= 2200:
        raise BadRequestField(field, _("%(field)s: beri hari seperti 2026-11-22", field=field))
    return day


def _hours() -> tuple[int, int] | None:
    written = request.args.get("hours")
    if written is None:
        return None
    first, _dash, last = written.partition("-")
    if all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (first, last)):
        hours = int(first), int(last)
        if hours[0] <= 23 and hours[1] <= 24 and hours[0] != hours[1]:
            return hours
    raise BadRequestField("hours", _("hours: beri dua jam yang berbeda seperti 18-6"))
