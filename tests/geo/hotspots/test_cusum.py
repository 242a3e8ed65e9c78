"""Alarms come when a category rises, and by chance as seldom as stated."""

from datetime import date

import numpy as np
import pytest

from geo.hotspots.baseline import Baseline, baseline_of, draws, fit
from geo.hotspots.cusum import cusum
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from tests.benches.bench_null import cusum_worlds
from tests.geo.hotspots.incidents import EPOCH, sacramento, toronto

MONDAY = date(2024, 1, 1).toordinal() - EPOCH


def world(days=455, mean=3.0, seed=1):
    return np.random.default_rng(seed).poisson(mean, days)


def test_a_doubling_is_noticed_within_days_and_dated():
    counts = world()
    counts[-30:] += np.random.default_rng(2).poisson(3.0, 30)
    found = cusum(counts, baseline_of(counts, MONDAY, 90))
    first = int(np.flatnonzero(found.alarm)[0])
    assert 60 <= first <= 70
    assert 57 <= found.since[first] <= 63
    assert found.score[first] > found.threshold
    assert (found.since[~found.alarm] == -1).all()


def test_the_rate_that_is_told_is_the_rate_that_was_asked_for():
    counts = world()
    baseline = baseline_of(counts, MONDAY, 90)
    for asked in (30, 90, 365):
        found = cusum(counts, baseline, false_alarm_days=asked)
        assert found.achieved.low <= found.achieved.a_day <= found.achieved.high
        assert found.achieved.low * 0.9 <= 1 / asked <= found.achieved.high * 1.1
        assert found.achieved.days == 400 * max(90, -(-2 * asked // 90) * 90)


def test_fewer_false_alarms_need_a_higher_threshold():
    counts = world()
    baseline = baseline_of(counts, MONDAY, 90)
    rare, often = (cusum(counts, baseline, false_alarm_days=days) for days in (365, 30))
    assert rare.threshold > often.threshold


def test_the_weekday_and_the_season_are_learnt():
    days = np.arange(1200)
    true = (
        5.0 * np.where(days % 7 < 2, 2.0, 1.0) * np.exp(0.4 * np.cos(2 * np.pi * days / 365.2425))
    )
    counts = np.random.default_rng(3).poisson(true)
    baseline = baseline_of(counts, MONDAY, 100)
    assert baseline.weekly
    assert baseline.seasonal
    assert np.abs(baseline.expected[-100:] / true[-100:] - 1).max() < 0.2
    assert np.abs(baseline.expected[-100:] / true[-100:] - 1).mean() < 0.08


def test_a_short_or_thin_history_bears_no_weekday_and_no_season():
    thin = baseline_of(np.eye(1, 120, 5, dtype=int)[0], MONDAY, 20)
    assert not thin.weekly
    assert not thin.seasonal
    assert thin.expected == pytest.approx(0.01)
    assert not baseline_of(world(400), MONDAY, 90).seasonal


def test_bursts_are_measured_and_raise_the_threshold():
    chance = np.random.default_rng(4)
    counts = chance.poisson(6 * chance.gamma(2, 0.5, 800))
    bursty, even = baseline_of(counts, MONDAY, 90), baseline_of(world(800, 6.0), MONDAY, 90)
    assert 1.5 < bursty.dispersion < 2.7
    assert even.dispersion > 30
    assert cusum(counts, bursty).threshold > 0


def test_many_histories_are_learnt_as_each_alone():
    baseline = baseline_of(world(), MONDAY, 90)
    histories = draws(np.random.default_rng(1), baseline.expected[None, :365], np.inf, 5)
    together, spread = fit(histories, baseline.design)
    for one, expected, k in zip(histories, together, spread, strict=True):
        alone, alone_k = fit(one[None], baseline.design)
        assert alone[0] == pytest.approx(expected, rel=1e-6)
        assert alone_k[0] == pytest.approx(k, rel=1e-3)


def test_the_expected_of_the_history_sums_to_what_happened():
    counts = world()
    baseline = baseline_of(counts, MONDAY, 90)
    assert baseline.expected[:365].sum() == pytest.approx(counts[:365].sum(), rel=1e-6)


def test_fires_of_twelve_years_alarm_about_as_often_as_stated_and_a_rise_is_seen():
    incidents = toronto()
    counts = incidents.by_day()[:1826]  # five years, the last of them watched
    baseline = baseline_of(counts, incidents.first_day, 365)
    assert baseline.seasonal
    quiet = cusum(counts, baseline, ratio=2.0)
    assert quiet.alarm.mean() < 6 / 90  # the world is not the model, but near it
    raised = counts.copy()
    raised[-60:] *= 2
    assert cusum(raised, baseline, ratio=2.0).alarm[-60:].sum() > quiet.alarm[-60:].sum() + 2


def test_a_month_is_too_short_to_learn_from():
    counts = sacramento().by_day()
    with pytest.raises(TooFew, match="days of history: 28 needed, 24 there"):
        baseline_of(counts, sacramento().first_day, len(counts) - 24)
    learnt = baseline_of(counts, sacramento().first_day, len(counts) - 28)
    assert np.isfinite(cusum(counts, learnt).score).all()


def test_nothing_one_and_all_the_same_have_an_answer():
    with pytest.raises(NothingToAnalyse):
        baseline_of(np.zeros(120, int), MONDAY, 30)
    one = np.zeros(120, int)
    one[-1] = 1
    assert not cusum(one, baseline_of(one, MONDAY, 30)).alarm[:-1].any()
    same = np.full(120, 4)
    found = cusum(same, baseline_of(same, MONDAY, 30))
    assert not found.alarm.any()
    assert found.score.max() == 0
    ended = np.r_[np.full(90, 4), np.zeros(30, int)]
    assert not cusum(ended, baseline_of(ended, MONDAY, 30)).alarm.any()


def test_bad_settings_are_named():
    counts = world(120)
    baseline = baseline_of(counts, MONDAY, 30)
    for field, make in {
        "counts": lambda: baseline_of(counts.reshape(2, -1), MONDAY, 10),
        "watch": lambda: baseline_of(counts, MONDAY, 0),
        "false_alarm_days": lambda: cusum(counts, baseline, false_alarm_days=1),
        "false_alarm_days: above": lambda: cusum(counts, baseline, false_alarm_days=1e9),
        "ratio": lambda: cusum(counts, baseline, ratio=1.0),
        "counts: the days": lambda: cusum(counts[1:], baseline),
    }.items():
        with pytest.raises(BadSetting, match=rf"^{field}"):
            make()
    assert isinstance(baseline, Baseline)


def test_worlds_without_a_rise_alarm_no_more_often_than_stated():
    assert cusum_worlds(40, seed=5).kept
