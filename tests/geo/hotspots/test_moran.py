import numpy as np
import pytest

from geo.hotspots.errors import NothingToAnalyse
from geo.hotspots.moran import local_moran
from geo.hotspots.raster import raster
from geo.hotspots.weights import Weights
from tests.geo.hotspots.pysal import as_pysal, esda, quiet
from tests.geo.hotspots.test_local import AT, CITIES, COUNTS, P_SIM, SMALL

# By esda 2.9.0, Moran_Local(counts, w), at the places AT.
I = {  # noqa: E741 - the statistic's name
    "toronto": [
        0.25367752214140227, 5.282404565753097, 0.2061162023057831, 0.05879707618829741,
        0.04766403936637238, -0.013833249564048166, 0.20680613061007141, 0.7141194267196599,
    ],
    "sacramento": [
        0.1786736212206404, -0.03823015754093304, -0.01208004835593145, 0.14071793783779313,
        0.10275503489320469, 0.3554359025081114, -0.004352792349176022, 2.158464792181926,
    ],
}  # fmt: skip
QUADRANT = {"toronto": [3, 1, 1, 1, 3, 4, 3, 3], "sacramento": [3, 2, 2, 3, 3, 3, 4, 1]}
P_MORAN = {**P_SIM, "toronto": [*P_SIM["toronto"][:7], 0.01316]}


@pytest.mark.parametrize("name", CITIES)
def test_local_moran_is_that_of_esda_as_kept_in_figures(name):
    read, neighbours = CITIES[name]
    city = read()
    found = local_moran(city.counts, neighbours(city.places))
    assert found.value[AT[name]] == pytest.approx(I[name], abs=1e-9)
    assert found.quadrant[AT[name]].tolist() == QUADRANT[name]


@pytest.mark.parametrize("name", CITIES)
def test_local_moran_is_that_of_esda_at_every_place(name):
    read, neighbours = CITIES[name]
    city, weights = read(), neighbours(read().places)
    with quiet():
        theirs = esda().Moran_Local(city.counts, as_pysal(weights), permutations=0)
    found = local_moran(city.counts, weights)
    n = weights.n
    np.testing.assert_allclose(found.value, theirs.Is, atol=1e-9)
    np.testing.assert_array_equal(found.quadrant, theirs.q)
    # esda scales its moments by n, its value by n - 1.
    np.testing.assert_allclose(found.expected * n / (n - 1), theirs.EIc, atol=1e-9)
    np.testing.assert_allclose(found.variance * (n / (n - 1)) ** 2, theirs.VIc, atol=1e-9)


@pytest.mark.parametrize("name", CITIES)
def test_permutation_of_moran_deals_from_the_same_null_as_esda(name):
    read, neighbours = CITIES[name]
    city = read()
    values = np.sqrt(city.counts) + np.random.default_rng(5).random(len(city.counts))
    draws = 9999
    found = local_moran(values, neighbours(city.places), permutations=draws)
    theirs = np.array(P_MORAN[name])
    error = np.sqrt(theirs * (1 - theirs) / draws)
    assert (np.abs(found.p_sim[AT[name]] - theirs) <= 4.5 * error + 1e-4).all()


def test_what_chance_makes_of_it_by_formula_is_what_permutation_makes_of_it():
    # z is reckoned from the conditional moments: deal the others out and look.
    chance = np.random.default_rng(8)
    weights = Weights.of(raster(6, 7).sparse())
    values = chance.gamma(1.0, size=42)
    found = local_moran(values, weights)
    place, others = 9, np.delete(np.arange(42), 9)
    dealt = np.empty(4000)
    for turn in range(len(dealt)):
        mixed = values.copy()
        mixed[others] = chance.permutation(values[others])
        dealt[turn] = local_moran(mixed, weights).value[place]
    assert dealt.mean() == pytest.approx(found.expected[place], abs=4 * dealt.std() / 63)
    assert dealt.var() == pytest.approx(found.variance[place], rel=0.1)


def test_an_island_is_in_no_quadrant():
    found = local_moran(COUNTS, SMALL, permutations=199)
    assert found.quadrant.tolist() == [1, 1, 3, 3, 3, 0]
    assert found.value[5] == 0
    assert np.isnan(found.z[5])
    assert np.isnan(found.p_two[5])


def test_at_the_mean_nothing_stands_out_whatever_lies_around():
    values = np.array([9.0, 7.0, 1.0, 4.0, 0.0, 3.0])
    found = local_moran(values, SMALL, permutations=199)
    assert values.mean() == 4
    assert np.isnan(found.z[3])
    assert found.p_two[3] == 1


def test_equal_values_everywhere_are_said_in_words():
    with pytest.raises(NothingToAnalyse, match="nothing stands out"):
        local_moran(np.full(6, 2.0), SMALL)
