"""Whether a photo is known again after what messengers and people do to it, and only then."""

from itertools import combinations

import pytest
from PIL import Image

from dispatch.pictures import looks_of
from dispatch.rules.proof import SAME_BITS, SAME_BITS_CUT, bands, bits_apart, near_bands
from tests.scenes import Scene, copies, neighbours

PLACES = range(12)


def is_same(new, old):
    """As same_photo() in 0010_proofs.sql decides."""
    met = set(near_bands([new.phash, *new.cut])) & set(bands(old.phash))
    near = bits_apart(new.phash, old.phash) <= SAME_BITS
    cut = any(bits_apart(other, old.phash) <= SAME_BITS_CUT for other in new.cut)
    assert met or not (near or cut), "the index misses nothing that is near"
    return near or cut


@pytest.fixture(scope="module")
def photographed():
    """Each place's photo with its looks."""
    pictures = {place: Scene(place).drawn() for place in PLACES}
    return {place: (picture, looks_of(picture)) for place, picture in pictures.items()}


def test_every_copy_is_known_again(photographed):
    for picture, looks in photographed.values():
        for name, copy in copies(picture).items():
            if "satu sisi" not in name:  # measured in bench_same_photo, not promised
                assert is_same(looks_of(copy), looks), name


def test_photos_of_other_places_are_never_the_same(photographed):
    pairs = list(combinations([looks for _, looks in photographed.values()], 2))
    assert [pair for pair in pairs if is_same(*pair)] == []


def test_a_step_aside_makes_another_photo(photographed):
    for place in (0, 1, 2):
        near = neighbours(place)
        for name in ("langkah ke kanan", "lebih dekat"):
            assert not is_same(looks_of(near[name]), photographed[place][1]), name


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 2), (33, 31)])
def test_pictures_of_any_shape_have_looks_or_none(size):
    assert looks_of(Image.new("RGB", size, (200, 10, 10))) is None
    striped = Image.linear_gradient("L").resize(size).convert("RGB")
    looks_of(striped)
