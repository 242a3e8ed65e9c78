"""A what-if as JSON: docs/api-analisis.md, "Andai"."""

from typing import Any

from dispatch.ground import Ground
from dispatch.whatif import words
from dispatch.whatif.asking import Trial
from dispatch.whatif.comparing import Group, Outcome, Work
from dispatch.whatif.figures import Change, Figure
from dispatch.whatif.history import History
from dispatch.whatif.kept_out import left_out
from dispatch.whatif.plan import Plan

Json = dict[str, Any]


def document(
    outcome: Outcome, trial: Trial, asked: Json, history: History, plans: tuple[Plan, Plan],
    ground: Ground,
) -> Json:  # fmt: skip
    """All that the page shows; what is not known is None."""
    text, text_en = words.sentence(outcome, trial)
    return {
        "ask": asked,
        "words": text,
        "words_en": text_en,
        "caveats": words.caveats(history, outcome, trial, left_out(ground)),
        "since": trial.since.isoformat(),
        "until": trial.until.isoformat(),
        "days": outcome.days,
        "simulated": trial.simulate_days is not None,
        "calls": len(history),
        "handling_s": round(history.handling_s),
        "repeats": {
            "done": outcome.repeats,
            "needed": outcome.repeats_needed,
            "luck": _rounded(outcome.luck, 5),
        },
        "total": {
            "before": _figure(outcome.before),
            "after": _figure(outcome.after),
            "change": {
                "in_time": _change(outcome.in_time, 5),
                "p50_s": _change(outcome.p50_s, 1),
                "p90_s": _change(outcome.p90_s, 1),
            },
        },
        "groups": {
            kind: [_group(group, kind, ground) for group in groups]
            for kind, groups in outcome.groups.items()
        },
        "withheld": dict(outcome.withheld),
        "units": [_work(work, plans) for work in outcome.work],
    }


def _figure(of: Figure) -> Json:
    return {
        "calls": round(of.calls, 2),
        "in_time": _rounded(of.in_time, 5),
        "p50_s": _rounded(of.p50_s, 1),
        "p90_s": _rounded(of.p90_s, 1),
        "unserved": round(of.unserved, 2),
    }


def _change(of: Change, digits: int) -> Json:
    return {
        "by": _rounded(of.by, digits),
        "low": _rounded(of.low, digits),
        "high": _rounded(of.high, digits),
        "sure": of.sure,
    }


def _group(group: Group, kind: str, ground: Ground) -> Json:
    code, name = _named(group.code, kind, ground)
    return {
        "code": code,
        "name": name,
        "n": group.calls,
        "before": _figure(group.before),
        "after": _figure(group.after),
        "change": _change(group.change, 5) | {"sure": group.sure},
    }


def _named(code: str, kind: str, ground: Ground) -> tuple[str, str]:
    if kind == "kategori":
        return code, ground.catalogue.category(code).name_id
    if kind == "instansi":
        agency = ground.catalogue.agencies.get(int(code))
        return (agency.code, agency.short) if agency else (code, code)
    if kind == "desa":
        village = ground.by_code.get(code)
        return code, village.name if village else code
    names = {v.district_code: v.district for v in ground.by_code.values()}
    return code, names.get(code, code)


def _work(work: Work, plans: tuple[Plan, Plan]) -> Json:
    return {
        "call_sign": work.call_sign,
        "before": _of_unit(work.call_sign, work.before, plans[0]),
        "after": _of_unit(work.call_sign, work.after, plans[1]),
    }


def _of_unit(call_sign: str, work: tuple[float, float] | None, plan: Plan) -> Json | None:
    if work is None:
        return None
    unit = next(unit for unit in plan.units if unit.call_sign == call_sign)
    return {
        "post": unit.post,
        "post_name": plan.posts[unit.post].name,
        "shift": str(unit.shift),
        "jobs": round(work[0], 2),
        "busy": round(work[1], 4),
    }


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)
