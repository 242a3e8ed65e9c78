import numpy as np
import pytest

from geo.hotspots.discoveries import false_discovery
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.local import gi_star
from geo.hotspots.raster import raster
from geo.hotspots.rates import gi_star_rates, rates
from geo.hotspots.weights import Weights, band, nearest
from tests.geo.hotspots.cities import sacramento, toronto
from tests.geo.hotspots.pysal import esda, quiet
from tests.geo.hotspots.test_local import AT

# By esda 2.9.0: counts of the city over one more than each place has neighbours.
SMOOTHED = {
    "toronto": [
        2.3847414376251477, 19.566518501310647, 8.19048725792361, 8.409257089527209,
        0.5335431517977236, 8.628026921130804, 2.9326435161192923, 0.8765834606392169,
    ],
    "sacramento": [
        0.6756550201047017, 1.797640090478742, 5.5843397029911275, 3.0598732946495373,
        3.9013620974300673, 0.6756550201047017, 6.566076639568412, 68.55575177773413,
    ],
}  # fmt: skip
STANDARDISED = {
    "toronto": [
        -0.5854272265304821, 2.0454719833612964, 0.30726688764304894, 0.34069390871455385,
        -0.8626788498596173, 0.3741209297860585, -0.49658886049195494, -0.832001399798629,
    ],
    "sacramento": [
        -0.8143597221974767, -0.6512785142610718, -0.1008794374757054, -0.4678121553326163,
        -0.3455012493803126, -0.8143597221974767, 0.041816619468648855, 9.052053357955016,
    ],
}  # fmt: skip
LATTICE = Weights.of(raster(13, 15).sparse())


def city(name):
    read, weights = {
        "toronto": (toronto, lambda places: band(places, 2200.0)),
        "sacramento": (sacramento, lambda places: nearest(places, 6)),
    }[name]
    return read().counts, weights(read().places).counts + 1.0


@pytest.mark.parametrize("name", AT)
def test_rates_are_smoothed_as_marshall_does_kept_in_figures(name):
    found = rates(*city(name))
    assert found.smoothed[AT[name]] == pytest.approx(SMOOTHED[name], rel=1e-9)
    assert found.standardised[AT[name]] == pytest.approx(STANDARDISED[name], rel=1e-9)


@pytest.mark.parametrize("name", AT)
def test_rates_are_those_of_esda_at_every_place(name):
    cases, exposure = city(name)
    smoothing = esda().smoothing
    with quiet():
        theirs = smoothing.Empirical_Bayes(cases, exposure).r[:, 0]
        standard = smoothing.assuncao_rate(cases, exposure)
    found = rates(cases, exposure)
    np.testing.assert_allclose(found.smoothed, theirs, rtol=1e-9)
    np.testing.assert_allclose(found.standardised, standard, atol=1e-9)
    np.testing.assert_allclose(found.raw, cases / exposure)


def test_small_places_are_held_back_more_than_large_ones():
    cases, people = (
        np.array([2.0, 200, 10, 4000, 90]),
        np.array([200.0, 20_000, 9_000, 100_000, 9e3]),
    )
    found = rates(cases, people)
    assert found.raw[0] == found.raw[1]
    assert found.mean < found.smoothed[0] < found.raw[0] or found.mean > found.smoothed[0]
    assert abs(found.smoothed[0] - found.mean) < abs(found.smoothed[1] - found.mean)


def test_a_village_without_people_is_left_out_and_said():
    chance = np.random.default_rng(3)
    people = chance.lognormal(8, 1, 195)
    people[[4, 17]] = np.nan, 0.0
    cases = chance.poisson(np.nan_to_num(people) * chance.gamma(2, 0.001, 195)).astype(float)
    found = rates(cases, people)
    assert np.flatnonzero(found.unknown).tolist() == [4, 17]
    result = gi_star_rates(cases, people, LATTICE, permutations=99)
    assert np.flatnonzero(result.left_out).tolist() == [4, 17]
    assert np.isnan(result.z[[4, 17]]).all()
    assert np.isfinite(np.delete(result.p_two, [4, 17])).all()


def test_gi_star_of_rates_is_gi_star_of_the_rates_asked_for():
    cases, exposure = city("toronto")
    weights, kept = band(toronto().places, 2200.0), rates(*city("toronto"))
    for by in ("smoothed", "standardised", "raw"):
        found = gi_star_rates(cases, exposure, weights, by=by)
        np.testing.assert_allclose(found.z, gi_star(getattr(kept, by), weights).z)


def test_rates_that_differ_by_chance_alone_are_seldom_a_discovery():
    # 60 maps of one and the same rate, villages of very different size.
    chance = np.random.default_rng(9)
    false = 0
    for seed in range(60):
        people = chance.lognormal(8, 1, 195)
        cases = chance.poisson(people * 0.001).astype(float)
        try:
            found = gi_star_rates(cases, people, LATTICE, permutations=999, refine=9_999, seed=seed)
        except NothingToAnalyse:
            continue
        false += bool(false_discovery(found.p_two).found.any())
    assert false <= 3


def test_where_chance_explains_all_differences_that_is_the_answer():
    people = np.array([1000.0, 2000, 4000, 1000])
    with pytest.raises(NothingToAnalyse, match="chance"):
        gi_star_rates(people / 1000, people, Weights.of(np.eye(4)[::-1]))


@pytest.mark.parametrize(
    ("cases", "exposure", "error"),
    [
        ([0, 0, 0, 0], [1, 1, 1, 1], NothingToAnalyse),
        ([1, 2, 3, 4], [0, 0, 0, 0], TooFew),
        ([1, 2, 3, 4], [np.nan, np.nan, 5, 5], TooFew),
        ([-1, 2, 3, 4], [1, 1, 1, 1], BadSetting),
        ([1, 2, 3, 4], [1, -1, 1, 1], BadSetting),
        ([1, np.inf, 3, 4], [1, 1, 1, 1], BadSetting),
        ([1, 2, 3], [1, 1, 1, 1], BadSetting),
    ],
)
def test_rates_that_cannot_be_reckoned_are_said_in_words(cases, exposure, error):
    with pytest.raises(error):
        rates(np.array(cases, float), np.array(exposure, float))
