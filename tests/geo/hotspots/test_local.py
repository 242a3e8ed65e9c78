import numpy as np
import pytest

from geo.hotspots.discoveries import false_discovery
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.local import gi_star
from geo.hotspots.raster import raster
from geo.hotspots.weights import Weights, band, nearest
from tests.geo.hotspots.cities import sacramento, toronto
from tests.geo.hotspots.pysal import as_pysal, esda, quiet

CITIES = {
    "toronto": (toronto, lambda places: band(places, 2200.0)),
    "sacramento": (sacramento, lambda places: nearest(places, 6)),
}
# By esda 2.9.0, G_Local(counts, w, transform="B", star=True), at these places of each city.
AT = {
    "toronto": [0, 44, 88, 132, 176, 220, 264, 308],
    "sacramento": [0, 80, 161, 241, 322, 402, 483, 564],
}
Z = {
    "toronto": [
        -0.895273402234269, 7.257540172393678, 1.5193896398131512, 0.5115723381518,
        -0.4321640946177891, 0.0804828565163084, -1.262155421111385, -1.199038187360769,
    ],
    "sacramento": [
        -0.8105653496175192, -0.11340950191191294, 0.2351684218408902, -0.8647885822168442,
        -0.8105653496175192, -1.3063206190970615, -0.22185596711056288, 3.9843176473799287,
    ],
}  # fmt: skip
G = {
    "toronto": [
        0.006334783721525467, 0.10884310212439212, 0.04581520348093166, 0.03474532889685181,
        0.024379319170719223, 0.030010238034297414, 0.012797542871768621, 0.0001919631430765293,
    ],
    "sacramento": [
        0.008175264789980267, 0.011799766421006, 0.013612017236518868, 0.007893359107567154,
        0.008175264789980267, 0.005597841407917523, 0.011235955056179775, 0.03310378156336837,
    ],
}  # fmt: skip
# By esda with 99,999 permutations, of values without ties: root of counts and a number below 1.
P_SIM = {
    "toronto": [0.29258, 0.0002, 0.0242, 0.185, 0.36157, 0.44354, 0.03577, 0.01],
    "sacramento": [0.30507, 0.32192, 0.2784, 0.23536, 0.22197, 0.13201, 0.49198, 0.25925],
}
# Two villages apart from three others, and one that touches none.
SMALL = Weights.of(
    np.array(
        [
            [0, 1, 0, 0, 0, 0],
            [1, 0, 0, 0, 0, 0],
            [0, 0, 0, 1, 1, 0],
            [0, 0, 1, 0, 1, 0],
            [0, 0, 1, 1, 0, 0],
            [0, 0, 0, 0, 0, 0],
        ]
    )
)
COUNTS = np.array([9.0, 7.0, 1.0, 2.0, 0.0, 5.0])


@pytest.mark.parametrize("name", CITIES)
def test_gi_star_is_that_of_esda_as_kept_in_figures(name):
    read, neighbours = CITIES[name]
    city = read()
    found = gi_star(city.counts, neighbours(city.places))
    assert found.z[AT[name]] == pytest.approx(Z[name], rel=1e-9)
    assert found.value[AT[name]] == pytest.approx(G[name], rel=1e-9)


@pytest.mark.parametrize("name", CITIES)
def test_gi_star_is_that_of_esda_at_every_place(name):
    read, neighbours = CITIES[name]
    city, weights = read(), neighbours(read().places)
    with quiet():
        theirs = esda().G_Local(
            city.counts, as_pysal(weights), transform="B", star=True, permutations=0
        )
    found = gi_star(city.counts, weights)
    np.testing.assert_allclose(found.z, theirs.Zs, atol=1e-9)
    np.testing.assert_allclose(found.value, theirs.Gs, atol=1e-9)
    np.testing.assert_allclose(found.expected, theirs.EGs, atol=1e-9)
    np.testing.assert_allclose(found.variance, theirs.VGs, rtol=1e-9)
    np.testing.assert_allclose(found.p / 2, theirs.p_norm, atol=1e-9)


@pytest.mark.parametrize("name", CITIES)
def test_permutation_deals_from_the_same_null_as_esda(name):
    read, neighbours = CITIES[name]
    city = read()
    values = np.sqrt(city.counts) + np.random.default_rng(5).random(len(city.counts))
    draws = 9999
    found = gi_star(values, neighbours(city.places), permutations=draws)
    theirs = np.array(P_SIM[name])
    error = np.sqrt(theirs * (1 - theirs) / draws)
    assert (np.abs(found.p_sim[AT[name]] - theirs) <= 4.5 * error + 1e-4).all()


def test_on_null_data_false_discoveries_stay_at_or_under_the_nominal_rate():
    # 1,000 maps of 195 villages without any pattern: a discovery is false, whatever it is.
    chance = np.random.default_rng(11)
    villages = Weights.of(raster(13, 15).sparse())
    maps = chance.poisson(1.0, (195, 1000)).astype(float)
    false = 0
    for batch in range(0, 1000, 125):
        found = gi_star(
            maps[:, batch : batch + 125], villages, permutations=999, refine=9_999, seed=batch
        )
        false += sum(false_discovery(p).found.any() for p in found.p_two.T)
    # Three standard errors above 5 % would be 71; esda's folded p finds more than 200.
    assert 0 < false <= 50


def test_villages_with_nothing_among_villages_with_nothing_are_no_finding():
    counts = np.zeros(195)
    counts[:4] = 30.0
    found = gi_star(counts, Weights.of(raster(13, 15).sparse()), permutations=999)
    empty = found.z < 0
    assert found.p_two[empty].min() > 0.5
    assert found.p_sim[empty].min() == 0.001  # as esda folds it, each would be a cold spot
    assert found.p_two[1] < 0.02  # between two that have something


def test_an_island_keeps_its_z_and_nothing_is_claimed_of_it():
    found = gi_star(COUNTS, SMALL, permutations=199)
    assert found.islands.tolist() == [False] * 5 + [True]
    assert np.isfinite(found.z).all()
    assert np.isnan(found.p[5])
    assert np.isnan(found.p_sim[5])
    assert np.isnan(found.p_two[5])
    assert not np.isnan(found.p_two[:5]).any()


def test_a_place_without_a_value_is_as_if_it_were_not_there():
    some = COUNTS.copy()
    some[3] = np.nan
    found = gi_star(some, SMALL, permutations=199)
    kept = [0, 1, 2, 4, 5]
    alone = gi_star(COUNTS[kept], Weights.of(SMALL.matrix[kept][:, kept]), permutations=199)
    assert found.left_out.tolist() == [False, False, False, True, False, False]
    assert np.isnan(found.z[3])
    np.testing.assert_array_equal(found.z[kept], alone.z)
    np.testing.assert_array_equal(found.p_two[kept], alone.p_two)


def test_weeks_are_maps_of_their_own_and_a_week_without_anything_says_nothing():
    weeks = np.column_stack((COUNTS, np.zeros(6), COUNTS[::-1]))
    found = gi_star(weeks, SMALL, permutations=199, seed=3)
    assert found.z.shape == (6, 3)
    assert np.isnan(found.z[:, 1]).all()
    assert np.isnan(found.p_two[:, 1]).all()
    for week in (0, 2):
        alone = gi_star(weeks[:, week], SMALL, permutations=199, seed=3)
        np.testing.assert_allclose(found.z[:, week], alone.z)
        np.testing.assert_array_equal(found.p_two[:, week], alone.p_two)


def test_the_same_seed_gives_the_same_chances_and_another_seed_others():
    city = toronto()
    weights = band(city.places, 2200.0)
    one, same, other = (
        gi_star(city.counts, weights, permutations=99, seed=seed).p_sim for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_only_the_rarest_places_are_drawn_again():
    city = toronto()
    weights = band(city.places, 2200.0)
    once = gi_star(city.counts, weights, permutations=999)
    again = gi_star(city.counts, weights, permutations=999, refine=9_999)
    assert once.p_two.min() == pytest.approx(0.002)
    assert again.p_two.min() == pytest.approx(2 / 10_000)
    ordinary = once.p_two > 0.03
    np.testing.assert_array_equal(once.p_two[ordinary], again.p_two[ordinary])


def test_a_raster_without_a_matrix_says_what_its_matrix_says():
    chance = np.random.default_rng(2)
    inside = chance.random((20, 30)) < 0.8
    cells = raster(20, 30, 3.0, inside)
    counts = chance.poisson(2.0, cells.n).astype(float)
    free = gi_star(counts, cells, permutations=99)
    bound = gi_star(counts, Weights.of(cells.sparse()), permutations=99)
    np.testing.assert_allclose(free.z, bound.z, atol=1e-12)
    np.testing.assert_array_equal(free.p_two, bound.p_two)


def test_a_place_whose_neighbours_are_all_others_has_nothing_to_stand_out_from():
    everyone = Weights.of(np.ones((4, 4)))
    found = gi_star(np.array([1.0, 2.0, 3.0, 9.0]), everyone)
    assert np.isnan(found.z).all()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (np.full(6, 3.0), NothingToAnalyse),
        (np.full(6, 0.1), NothingToAnalyse),
        (np.zeros(6), NothingToAnalyse),
        (np.full(6, np.nan), TooFew),
        (np.array([1.0, 2.0, np.nan, np.nan, np.nan, np.nan]), TooFew),
        (np.array([1.0, 2.0, 3.0]), BadSetting),
        (np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.inf]), BadSetting),
    ],
)
def test_what_cannot_be_analysed_is_said_in_words(values, error):
    with pytest.raises(error):
        gi_star(values, SMALL, permutations=99)


@pytest.mark.parametrize(("permutations", "refine"), [(-1, 0), (10_000_000, 0), (99, -5)])
def test_a_number_of_permutations_that_makes_no_sense_is_named(permutations, refine):
    with pytest.raises(BadSetting, match=r"permutations|refine"):
        gi_star(COUNTS, SMALL, permutations=permutations, refine=refine)


def test_a_district_with_thrice_the_usual_is_found_and_hardly_anything_else():
    near = raster(14, 14, 1.5)
    hot = np.zeros((14, 14), dtype=bool)
    hot[3:7, 8:12] = True
    shares, hearts, strangers = [], [], 0
    for seed in range(8):
        counts = np.random.default_rng(seed).poisson(np.where(hot, 15.0, 5.0)).ravel()
        local = gi_star(counts.astype(float), near, permutations=999, refine=99_999, seed=seed)
        found = false_discovery(local.best_p).found & (local.z > 0)
        shares.append(found[hot.ravel()].mean())
        hearts.append(found.reshape(14, 14)[4:6, 9:11].all())  # whose neighbours are all hot
        beside = near.lag(hot.ravel().astype(float)) > 0
        strangers += int((found & ~hot.ravel() & ~beside).sum())
    assert all(hearts)
    assert np.mean(shares) > 0.5
    assert strangers <= 8  # one a map


def test_three_crowded_villages_among_silent_ones_are_too_few_to_tell_from_chance():
    """However crowded: two of eight neighbours of 195 are the crowded ones once in 670 dealings."""
    near = raster(13, 15, 1.5)
    counts = np.random.default_rng(1).poisson(2.0, (13, 15)).astype(float)
    counts[6, 6:9] = 40.0
    local = gi_star(counts.ravel(), near, permutations=999, refine=99_999)
    assert local.z.reshape(13, 15)[6, 7] > 7
    assert not false_discovery(local.best_p).found.reshape(13, 15)[6, 7]
    by_formula = gi_star(counts.ravel(), near)
    assert false_discovery(by_formula.p).found.reshape(13, 15)[6, 7]
