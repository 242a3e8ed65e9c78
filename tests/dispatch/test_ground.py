"""Where the map begins: most villages, and what lies far off them."""

from shapely import box

from dispatch.ground import apart

VILLAGES = [box(110 + i / 20, -7, 110.05 + i / 20, -6.95) for i in range(4)]
ISLANDS = [box(110.4, -5.9, 110.45, -5.85), box(110.5, -5.9, 110.55, -5.85)]


def test_islands_far_off_are_apart():
    most, far = apart([*ISLANDS, *VILLAGES])
    assert most == (110, -7, 110.2, -6.95)
    assert far == (110.4, -5.9, 110.55, -5.85)


def test_a_regency_that_lies_together_is_whole():
    assert apart(VILLAGES) == ((110, -7, 110.2, -6.95), None)
