"""What becomes of a place, by the published words; and no place is hot without reason."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import binom

from geo.hotspots.emerging import Kind, emerging
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.series import gi_series
from tests.benches.bench_null import emerging_worlds
from tests.geo.hotspots.incidents import sacramento, toronto

STEPS = 10


def kinds_of(*lives):
    """Lives as signs: + hot, - cold, . neither; a trailing > or < for a rise or fall in z."""
    z, p = np.zeros((STEPS, len(lives))), np.ones((STEPS, len(lives)))
    for place, life in enumerate(lives):
        signs, lean = life[:STEPS], {">": 0.1, "<": -0.1}.get(life[STEPS:], 0.0)
        for step, sign in enumerate(signs):
            wobble = 0.01 * (step % 2)
            z[step, place] = {"+": 8, "-": -8, ".": 0}[sign] + lean * step + wobble
            p[step, place] = 1.0 if sign == "." else 1e-12
    found = emerging(z, p)
    return [(Kind(kind).name, side) for kind, side in zip(found.kind, found.side, strict=True)]


def opposite(life):
    return life.translate(str.maketrans("+-<>", "-+><"))


LIVES = {
    "..........": "NONE",
    ".........+": "NEW",
    "-........+": "NEW",  # cold before does not count against it
    "........++": "CONSECUTIVE",
    "..++++++++": "CONSECUTIVE",
    "++++++++++": "PERSISTENT",
    ".+++++++++": "PERSISTENT",  # 90 %: no longer only of late
    "++++++++++>": "INTENSIFYING",
    "++++++++++<": "DIMINISHING",
    "+++++++++.": "HISTORICAL",
    "+.+.+....+": "SPORADIC",
    "++++.++++.": "NONE",  # 80 %, and not hot at last
    "+..-.....+": "OSCILLATING",
    "+....+....": "NONE",
}


@pytest.mark.parametrize(("life", "kind"), LIVES.items())
def test_a_life_has_the_kind_of_the_published_words(life, kind):
    side = 0 if kind == "NONE" else 1
    assert kinds_of(life) == [(kind, side)]
    assert kinds_of(opposite(life)) == [(kind, -side)]


def test_the_present_decides_where_a_place_was_the_other_way_before():
    assert kinds_of("---------+", "+++++++++-") == [("NEW", 1), ("NEW", -1)]


def test_each_kind_has_one_of_five_words():
    z = np.full((2, 2), 9.0)
    z[0, 1] = 0.0
    found = emerging(z, np.where(z > 0, 1e-9, 1.0))
    assert found.words() == ["tetap", "baru"]
    assert emerging(np.zeros((2, 1)), np.ones((2, 1))).words() == [""]


def test_false_discoveries_are_controlled_over_all_places_and_steps():
    p = np.full((2, 500), 0.5)
    p[1, :3] = 1e-4, 2e-4, 1e-2
    found = emerging(np.ones_like(p), p, alpha=0.05)
    assert found.threshold == 0  # 1e-4 is above 0.05/1000 and 2e-4 above 0.1/1000
    p[1, :3] = 4e-5, 9e-5, 1e-2
    found = emerging(np.ones_like(p), p, alpha=0.05)
    assert (found.hot.sum(), found.threshold) == (2, 9e-5)


def row_of(places):
    """Places in a row, each beside the next."""
    beside = np.eye(places, k=1) + np.eye(places, k=-1)
    return csr_array(beside)


def test_z_is_getis_and_ords_and_p_the_binomial_of_the_neighbourhood():
    counts = np.random.default_rng(4).poisson(2, (6, 9)).astype(float)
    found = gi_series(counts, row_of(9), back=1)
    near = np.zeros((54, 54))
    for step in range(6):
        for place in range(9):
            for then in (step, step - 1):
                for other in (place - 1, place, place + 1):
                    if then >= 0 and 0 <= other < 9:
                        near[step * 9 + place, then * 9 + other] = 1
    flat, size = counts.ravel(), near.sum(axis=1)
    here = near @ flat
    wide = flat.std() * np.sqrt((54 * size - size**2) / 53)
    assert np.allclose(found.z.ravel(), (here - flat.mean() * size) / wide, atol=1e-12)
    if not found.bursts:
        more = binom.sf(here - 1, flat.sum(), size / 54)
        fewer = binom.cdf(here, flat.sum(), size / 54)
        assert np.allclose(found.p.ravel(), np.minimum(1, 2 * np.minimum(more, fewer)))


def test_bursts_make_the_same_numbers_less_sure():
    counts = np.tile([[4.0, 4, 4, 4], [4, 4, 4, 4]], (3, 1))
    counts[:, 0] = 12
    bursty = counts.copy()
    bursty[::2, 1:3], bursty[1::2, 1:3] = 0, 8
    steady, shaky = gi_series(counts, row_of(4)), gi_series(bursty, row_of(4))
    assert steady.bursts == 0 < shaky.bursts
    assert shaky.p[-1, 0] > steady.p[-1, 0]


def test_where_more_is_to_be_expected_more_is_no_hotspot():
    people = np.array([100.0, 100, 900, 100, 100, 100])
    counts = np.tile(people / 20, (8, 1))
    assert emerging(*zp(gi_series(counts, row_of(6)))).hot.any()
    assert not emerging(*zp(gi_series(counts, row_of(6), exposure=people))).hot.any()


def test_an_area_without_people_is_neither_hot_nor_cold():
    counts = np.ones((6, 9))
    counts[:, :3] = 30
    people = np.array([0.0, 0, 0, 10, 10, 10, 10, 10, 10])
    found = gi_series(counts, row_of(9), exposure=people)
    assert np.isfinite(found.z).all()
    assert found.p[:, :2].tolist() == [[1, 1]] * 6
    # Nor do its incidents make the places beside it hot, whose people had no part in them.
    assert not emerging(*zp(found)).side.any()
    with pytest.raises(NothingToAnalyse):
        gi_series(np.eye(9)[:1].repeat(3, axis=0), row_of(9), exposure=people)


def zp(series):
    return series.z, series.p


def test_of_places_without_a_trend_few_have_one_though_steps_share_days():
    chance = np.random.default_rng(6)
    near = csr_array(np.ones((400, 1)) @ np.zeros((1, 400)))
    found = gi_series(chance.poisson(4, (24, 400)), near)
    kept = emerging(*zp(found), alone=found.alone).trend.p
    assert (kept < 0.05).mean() < 0.08 < (emerging(*zp(found)).trend.p < 0.05).mean()
    assert np.array_equal(
        gi_series(np.eye(4), row_of(4), back=0).alone, gi_series(np.eye(4), row_of(4), back=0).z
    )


def test_a_street_that_catches_fire_in_twelve_years_of_fires_is_new():
    counts, middles = toronto().by_place(2000, 182)
    near = csr_array(np.hypot(*(middles[:, None] - middles).transpose(2, 0, 1)) < 2900)
    before = emerging(*zp(gi_series(counts, near)))
    assert {"tetap", "sporadis"} & set(before.words())  # downtown burns always
    quiet = int(np.argmin(np.abs(before.trend.z) + before.hot.any(axis=0) * 9))
    counts[-1, quiet] += 200
    after = emerging(*zp(gi_series(counts, near)))
    assert after.words()[quiet] == "baru"


def test_a_month_of_police_calls_has_lasting_places():
    counts, middles = sacramento().by_place(1500, 7)
    near = csr_array(np.hypot(*(middles[:, None] - middles).transpose(2, 0, 1)) < 2200)
    found = emerging(*zp(gi_series(counts[:4], near)))
    assert "tetap" in found.words()
    assert found.side.min() == -1


def test_all_the_same_everywhere_is_no_pattern():
    found = gi_series(np.full((5, 6), 3.0), row_of(6))
    assert not found.z.any()
    assert set(emerging(*zp(found)).words()) == {""}


def test_everything_is_near_everything_is_no_pattern():
    found = gi_series(np.eye(3), csr_array(np.ones((3, 3))), back=2)
    assert np.isfinite(found.z).all()
    assert found.z[-1].tolist() == [0, 0, 0]


def test_bad_tables_are_named():
    near = row_of(3)
    with pytest.raises(NothingToAnalyse):
        gi_series(np.zeros((4, 3)), near)
    with pytest.raises(TooFew, match="places: 2 needed"):
        gi_series(np.ones((4, 1)), csr_array(np.zeros((1, 1))), back=0)
    with pytest.raises(TooFew, match="steps: 2 needed"):
        emerging(np.zeros((1, 3)), np.ones((1, 3)))
    for field, make in {
        "counts": lambda: gi_series(-np.ones((4, 3)), near),
        "neighbours": lambda: gi_series(np.ones((4, 5)), near),
        "back": lambda: gi_series(np.ones((4, 3)), near, back=4),
        "exposure": lambda: gi_series(np.ones((4, 3)), near, exposure=np.array([1, np.nan, 1])),
        "p": lambda: emerging(np.zeros((2, 1)), np.full((2, 1), np.nan)),
        "alpha": lambda: emerging(np.zeros((2, 1)), np.ones((2, 1)), alpha=0),
        "z, p": lambda: emerging(np.zeros((2, 1)), np.ones((2, 2))),
    }.items():
        with pytest.raises(BadSetting, match=f"^{field}:"):
            make()


def test_three_hundred_worlds_without_a_pattern_have_hardly_a_hotspot():
    # Whatever is found there is false, so the share of worlds with any is the false discovery
    # rate. At full size: python -m tests.benches.bench_null
    assert emerging_worlds(300, seed=11).kept
