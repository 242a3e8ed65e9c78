"""Toronto's real fires: whether the 80 % interval holds, and promises come true.

    python -m tests.benches.bench_replay_toronto

Learns from 2011 to 2016, and is asked about 2017 to 2022 (../shared/data, 15,627 fires).
"""

# ruff: noqa: T201 - what it prints is what it is for

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.rules import eta
from dispatch.rules.eta import Turnout
from tests.replay.calls import Fire, toronto
from tests.replay.city import LINE_ROUTER, Model, band_of, learn_city, posts_of
from tests.shared import SHARED

FIRES = SHARED / "data/incidents/toronto_fire_2011_2022.csv.gz"
LAST_YEAR_OF_LEARNING = 2016
TURNOUT = Turnout(post_s=80.0)  # of the real crews nothing is known; the legal yardstick for fire
TARGETS_S = (300.0, 900.0)


def promised(model: Model, fires: Sequence[Fire], target_s: float) -> eta.Arrivals:
    """What the house would have promised of the nearest post."""
    travel_s = np.array(
        [
            [model.travel_s(min(model.posts, key=f.where.distance_m), f.where, band_of(f.at))]
            for f in fires
        ]
    )
    sds = np.array([model.sd.get(band_of(f.at), model.sd["*"]) for f in fires])
    turnout_s = np.full(len(fires), TURNOUT.post_s)
    return eta.arrivals(travel_s, np.ones_like(travel_s), turnout_s, sds, target_s, TURNOUT.sd)


def main() -> None:
    """Print one table."""
    fires = toronto(FIRES)
    learned_of = [f for f in fires if f.at.year <= LAST_YEAR_OF_LEARNING]
    asked = [f for f in fires if f.at.year > LAST_YEAR_OF_LEARNING]
    model = learn_city(learned_of, posts_of(learned_of), TURNOUT.post_s)
    lesson = model.lesson
    real_s = np.array([f.response_s for f in asked])
    print(f"{len(learned_of)} fires learned from, {lesson.left_out} left out; {len(asked)} asked")
    print(f"bias {lesson.bias_plain:+.1%} by {LINE_ROUTER.speed_kmh:g} km/h", end="")
    print(f", {lesson.bias_after:+.1%} after learning")
    for target_s in TARGETS_S:
        told = promised(model, asked, target_s)
        seen = float(np.mean(real_s <= target_s))
        print(f"within {target_s:3.0f} s: promised {told.p_target.mean():.3f}, seen {seen:.3f}")
    held = (told.low_s <= real_s) & (real_s <= told.high_s)
    for band in ("malam", "sibuk", "siang"):
        print(f"80 % interval, {band:5s}: {_of(held, asked, band):.1%}")
    print(f"80 % interval, all:   {held.mean():.1%}")
    print(f"expected {told.expected_s.mean():.0f} s, seen {real_s.mean():.0f} s on average")


def _of(held: NDArray[np.bool_], fires: Sequence[Fire], band: str) -> float:
    return float(np.mean([h for h, f in zip(held, fires, strict=True) if band_of(f.at) == band]))


if __name__ == "__main__":
    main()
