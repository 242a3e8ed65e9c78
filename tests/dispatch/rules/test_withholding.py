"""What planners are shown how finely."""

import pytest

from dispatch.rules.audience import Audience
from dispatch.rules.withholding import FEWEST, Shown, may_show, rare, shown


@pytest.mark.parametrize(
    ("group", "audience", "how"),
    [
        ("medis", Audience.ROOM, Shown.NEVER),
        ("medis", Audience.PUBLIC, Shown.NEVER),
        (None, Audience.ROOM, Shown.AREAS),
        (None, Audience.VILLAGE, Shown.FINELY),
        (None, Audience.PUBLIC, Shown.FINELY),
    ],
)
def test_the_catalogue_says_how_finely_a_kind_is_shown(group, audience, how):
    assert shown(group, audience) is how
    assert may_show(group, audience, finely=True) == (how is Shown.FINELY)
    assert may_show(group, audience, finely=False) == (how is not Shown.NEVER)


def test_a_kind_with_fewer_than_five_cases_is_rare_and_one_with_none_is_not():
    counts = {"tenggelam": FEWEST - 1, "longsor": FEWEST, "jalan": 900, "banjir": 0, "bencana": 1}
    assert rare(counts) == {"tenggelam", "bencana"}
    assert rare(counts, least=1) == frozenset()
