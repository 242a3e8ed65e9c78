import numpy as np
import pytest

from geo.hotspots.errors import BadSetting
from geo.hotspots.raster import raster
from tests.geo.hotspots.pysal import quiet


@pytest.mark.parametrize(("reach", "rook"), [(1.0, True), (1.5, False)])
def test_a_raster_is_the_lattice_of_libpysal(reach, rook):
    with quiet():
        lattice = pytest.importorskip("libpysal").weights.lat2W(5, 7, rook=rook)
    np.testing.assert_array_equal(raster(5, 7, reach).sparse().toarray(), lattice.sparse.toarray())


@pytest.mark.parametrize("reach", [1.0, 1.5, 3.0, 4.3, 30.0])
def test_sums_without_a_matrix_are_those_of_the_matrix(reach):
    chance = np.random.default_rng(6)
    cells = raster(14, 19, reach, chance.random((14, 19)) < 0.7)
    values = chance.normal(size=(cells.n, 3))
    matrix = cells.sparse()
    np.testing.assert_allclose(cells.lag(values), matrix @ values, atol=1e-12)
    np.testing.assert_allclose(cells.lag(values[:, 0]), matrix @ values[:, 0], atol=1e-12)
    np.testing.assert_array_equal(cells.sums, matrix.sum(axis=1))
    np.testing.assert_array_equal(cells.squares, matrix.power(2).sum(axis=1))
    assert matrix.diagonal().sum() == 0
    assert (matrix != matrix.T).nnz == 0


def test_a_circle_holds_the_cells_whose_middles_it_holds():
    assert raster(9, 9, 2.0).sums.reshape(9, 9)[4, 4] == 12
    assert raster(9, 9, 2.0).sums.reshape(9, 9)[0, 0] == 5


def test_a_cell_alone_is_an_island_and_cells_can_be_left_out():
    inside = np.array([[True, True, False, True]])
    cells = raster(1, 4, 1.0, inside)
    assert cells.islands.tolist() == [False, False, True]
    fewer = cells.only(np.array([True, False, True]))
    assert fewer.inside.tolist() == [[True, False, False, True]]
    assert fewer.islands.all()
    assert inside.sum() == 3  # what was given is left as it was


@pytest.mark.parametrize(
    ("reach", "inside", "field"),
    [(0.5, None, "reach"), (np.nan, None, "reach"), (1.0, np.ones((3, 2), bool), "inside")],
)
def test_a_raster_that_cannot_be_is_named(reach, inside, field):
    with pytest.raises(BadSetting, match=field):
        raster(2, 2, reach, inside)
