"""The scan finds what breaks out, where and since when, and is sure of nothing that is chance."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from geo.hotspots.cases import Cases
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.scan import scan
from tests.benches.bench_null import in_doubt, scan_doubt_worlds, scan_worlds
from tests.geo.hotspots.incidents import sacramento, toronto

LINE = np.stack([np.arange(6) * 1000.0, np.zeros(6)], axis=1)
LONG = np.stack([np.arange(30) * 1000.0, np.zeros(30)], axis=1)


def likeliest_by_hand(counts, xy, last_days, share, usual=None):
    """Every cylinder, one after the other, as Kulldorff writes it."""
    total = counts.sum()
    if usual is None:
        usual = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    usual = usual * total / usual.sum()
    best = (0.0, None)
    for centre in range(len(xy)):
        nearest = np.argsort(np.hypot(*(xy - xy[centre]).T), kind="stable")
        for many in range(1, len(xy) + 1):
            zone = nearest[:many]
            if many > 1 and usual[:, zone].sum() > share * total:
                break
            for days in range(1, last_days + 1):
                seen, due = counts[-days:, zone].sum(), usual[-days:, zone].sum()
                if seen < 3 or seen <= due:
                    continue
                value = seen * math.log(seen / due)
                if total > seen:
                    value += (total - seen) * math.log((total - seen) / (total - due))
                if value > best[0] + 1e-9:
                    best = (value, (set(zone.tolist()), days, int(seen), due))
    return best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("given", [False, True])
def test_the_likeliest_cylinder_is_that_of_looking_at_each(seed, given):
    chance = np.random.default_rng(seed)
    xy, counts = chance.uniform(0, 9000, (9, 2)), chance.poisson(0.8, (20, 9))
    usual = chance.uniform(0.5, 2, (20, 9)) if given else None
    found = scan(counts, xy, baseline=usual, last_days=5, permutations=9, seed=seed)
    value, (zone, days, cases, due) = likeliest_by_hand(counts, xy, 5, 0.5, usual)
    first = found.clusters[0]
    assert first.llr == pytest.approx(value, abs=1e-9)
    assert first.cases == int(first.cases)
    assert (set(first.places.tolist()), first.days, first.cases) == (zone, days, cases)
    assert first.expected == pytest.approx(due)
    assert first.ratio == pytest.approx(cases / due)


def test_an_outbreak_of_three_days_in_two_villages_is_found():
    counts = np.random.default_rng(1).poisson(0.5, (90, 30))
    counts[-3:, 2:4] += 4
    first = scan(counts, LONG, last_days=10).sure()[0]
    assert (sorted(first.places.tolist()), first.days) == ([2, 3], 3)
    assert first.p == 0.001
    assert first.once_in_days == 1000


def test_what_is_always_so_or_so_everywhere_is_no_alarm():
    always_and_everywhere = np.ones((60, 6), int)
    always_and_everywhere[:, 2] = 30  # a village that always rings
    always_and_everywhere[-2:] *= 5  # a storm over all of them
    assert scan(always_and_everywhere, LINE).sure() == ()
    # A baseline that knows neither takes both for news.
    assert scan(always_and_everywhere, LINE, baseline=np.ones(6)).sure() != ()


def test_second_clusters_share_no_place_with_those_before():
    counts = np.random.default_rng(1).poisson(0.3, (90, 30))
    counts[-2:, 0] += 6
    counts[-2:, 25] += 5
    found = scan(counts, LONG, most=4)
    places = np.concatenate([cluster.places for cluster in found.clusters])
    assert len(places) == len(set(places.tolist()))
    assert [cluster.centre for cluster in found.sure()] == [0, 25]
    assert sorted(c.llr for c in found.clusters)[::-1] == [c.llr for c in found.clusters]


def test_the_same_seed_gives_the_same_chance():
    counts = np.random.default_rng(1).poisson(0.5, (30, 6))
    one, two = (scan(counts, LINE, permutations=99, seed=4) for _ in range(2))
    assert np.array_equal(one.greatest, two.greatest)
    assert [c.p for c in one.clusters] == [c.p for c in two.clusters]


def test_simulations_keep_the_cases_of_each_place_and_day():
    from geo.hotspots.loops.cylinders import shuffled

    counts = np.random.default_rng(3).poisson(1.0, (8, 5))
    cases = Cases.of(counts)
    dealt, rows = np.arange(len(cases)), np.arange(len(cases) + 1)
    place = cases.shares.indices.astype(np.int64)
    per_window = np.cumsum(counts.sum(axis=1)[::-1])[:, None]
    firsts = np.array([0, len(cases)])
    recent = np.zeros((8, 5))
    chance = np.random.default_rng(1)
    means = np.zeros(5)
    for _ in range(3000):
        shuffled(chance, dealt, firsts, rows, place, cases.shares.data, per_window, recent)
        assert recent.sum(axis=1).tolist() == per_window[:, 0].tolist()
        assert recent[-1].tolist() == counts.sum(axis=0).tolist()
        means += recent[2] / 3000
    assert means == pytest.approx(per_window[2] * counts.sum(axis=0) / counts.sum(), rel=0.06)


def test_fires_of_twelve_years_break_out_where_we_set_them():
    counts, middles = toronto().by_place(3000, 1)
    last = counts[-365:]
    assert scan(last, middles, last_days=7).sure() == ()
    last = last.copy()
    last[-4:, 40] += 3
    first = scan(last, middles, last_days=7).sure()[0]
    assert 40 in first.places
    assert first.days == 4


def test_a_month_of_police_calls_can_be_scanned():
    incidents = sacramento()
    counts, middles = incidents.by_place(2500, 1)
    found = scan(counts[:28], middles, last_days=5, permutations=199)
    assert all(0 < cluster.p <= 1 for cluster in found.clusters)
    assert found.clusters


def test_bad_tables_are_named():
    with pytest.raises(NothingToAnalyse):
        scan(np.zeros((9, 6), int), LINE)
    with pytest.raises(TooFew, match="days: 2 needed, 1 there"):
        scan(np.ones((1, 6), int), LINE)
    with pytest.raises(TooFew, match="places: 2 needed, 1 there"):
        scan(np.ones((9, 1), int), LINE[:1])
    for field, counts, settings in (
        ("counts", np.full((9, 6), 0.5), {}),
        ("counts", np.full((9, 6), np.nan), {}),
        ("counts", np.ones((9, 5)), {}),
        ("share", np.ones((9, 6)), {"share": 0}),
        ("last_days", np.ones((9, 6)), {"last_days": 0}),
        ("permutations", np.ones((9, 6)), {"permutations": 10**9}),
        ("baseline", np.ones((9, 6)), {"baseline": np.array([1, 1, 1, 1, 1, np.nan])}),
        ("baseline", np.ones((9, 6)), {"baseline": np.array([1, 1, 1, 1, 1, 0])}),
        ("baseline", np.ones((9, 6)), {"baseline": np.ones(5)}),
    ):
        with pytest.raises(BadSetting, match=rf"^{field}"):
            scan(counts, LINE, **settings)


def test_of_very_many_places_a_cylinder_spans_fewer_and_says_so():
    chance = np.random.default_rng(2)
    xy, counts = chance.uniform(0, 40_000, (900, 2)), chance.poisson(0.02, (30, 900))
    nearest = np.argsort(np.hypot(*(xy - xy[0]).T))[:4]
    counts[-3:, nearest] += 1
    found = scan(counts, xy, permutations=19)
    assert found.widest == 5_000_000 // (14 * 900)
    assert set(nearest) <= set(found.clusters[0].places)
    assert scan(counts[:, :90], xy[:90], permutations=1).widest > 30


def test_one_case_all_in_one_spot_and_all_the_same_are_no_alarm():
    one = np.zeros((9, 6), int)
    one[-1, 3] = 1
    assert scan(one, LINE).clusters == ()
    assert scan(np.ones((9, 6), int), LINE).sure() == ()
    heap = np.zeros((9, 6), int)
    heap[:, 0] = 5
    assert scan(heap, np.zeros((6, 2))).sure() == ()


def test_worlds_without_a_pattern_are_called_sure_no_more_often_than_stated():
    assert scan_worlds(250, seed=7, permutations=99).kept


def test_worlds_in_doubt_are_called_sure_no_more_often_than_stated():
    assert scan_doubt_worlds(250, seed=7, permutations=99).kept


def test_many_more_in_doubt_of_late_are_no_outbreak():
    chance, found = np.random.default_rng(5), 0
    for _ in range(60):
        xy, busy = chance.uniform(0, 30_000, (40, 2)), chance.lognormal(0, 1, 40)
        sure = Cases.of(chance.poisson(np.outer(np.ones(60), 2 * busy / busy.mean())))
        unsure, late = in_doubt(chance, sure, xy, 0.8), sure.day >= 53
        shares = vstack([sure.only(~late).shares, unsure.only(late).shares]).tocsr()
        day = np.concatenate([sure.day[~late], sure.day[late]])
        cases = Cases(60, day, csr_array(shares))
        draw = int(chance.integers(1 << 30))
        found += bool(scan(cases, xy, last_days=7, permutations=99, seed=draw).sure())
    assert found <= 8  # of 60 three are due; dealt together, all 60 were found


def shared(counts, places):
    """Of a table of days by places the same cases, those at 0 shared among places by chances."""
    cases = Cases.of(counts)
    table = cases.shares.toarray()
    table[table[:, 0] == 1] = places
    return Cases(cases.days, cases.day, csr_array(table))


def test_a_case_in_doubt_counts_at_its_places_by_its_chances():
    counts = np.random.default_rng(1).poisson(0.5, (30, 6))
    half = shared(counts, [0.5, 0.3, 0, 0, 0, 0])  # a fifth elsewhere
    last = counts[::-1][:4]
    assert half.table(4) == pytest.approx(
        last * [0.5, 1, 1, 1, 1, 1] + last[:, :1] * [0, 0.3, 0, 0, 0, 0]
    )
    for found in scan(half, LINE, last_days=4, permutations=9).clusters:
        recent = half.table(found.days).sum(axis=0)[found.places].sum()
        assert found.cases == pytest.approx(recent)


def test_where_nobody_doubts_cases_are_the_table():
    counts = np.random.default_rng(1).poisson(0.5, (30, 6))
    one, two = (scan(of, LINE, permutations=99, seed=4) for of in (counts, Cases.of(counts)))
    assert np.array_equal(one.greatest, two.greatest)
    # Shares that all are wholly at one place, however they are written, are no doubt either.
    same = shared(counts, [1, 0, 0, 0, 0, 0])
    assert np.array_equal(one.greatest, scan(same, LINE, permutations=99, seed=4).greatest)


def test_an_outbreak_among_doubtful_places_is_found_where_they_likely_are():
    chance = np.random.default_rng(1)
    counts = chance.poisson(0.5, (90, 30))
    counts[-3:, 2:4] += 4
    unsure = in_doubt(chance, Cases.of(counts), LONG, 0.5)
    first = scan(unsure, LONG, last_days=10).sure()[0]
    assert {2, 3} <= set(first.places.tolist())
    assert len(first.places) <= 8
    assert first.days == 3


def test_bad_cases_are_named():
    day, row = np.zeros(2, int), csr_array(np.full((2, 3), 0.3))
    xy = LINE[:3]
    for field, cases, settings in (
        ("day", Cases(4, np.array([0, 4]), row), {}),
        ("shares", Cases(4, day, csr_array(np.full((2, 3), 0.5))), {}),
        ("shares", Cases(4, day, csr_array(np.full((2, 3), -0.1))), {}),
        ("shares", Cases(4, day, csr_array(np.full((3, 3), 0.1))), {}),
        ("baseline", Cases(4, day, row), {"baseline": np.ones(3)}),
    ):
        with pytest.raises(BadSetting, match=rf"^{field}"):
            scan(cases, xy, **settings)
    with pytest.raises(NothingToAnalyse):
        scan(Cases(4, day[:0], csr_array((0, 3))), xy)
