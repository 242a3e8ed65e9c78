"""The map for paper: whole in itself, and deaf to names that would be scripts."""

import re
from datetime import UTC, datetime

import pytest
from shapely import MultiPolygon, box

from app.maps import MappedVillage, load_map
from dispatch.board import VillageLoad

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "`${alert(1)}`",
    "');alert(1);//",
    '"><svg onload=alert(1)>',
    "</title><script>alert(1)</script>",
]


def page(name="Tegalsambi", title="Beban", notes=()):
    village = MappedVillage(
        "33.20.11.2010", name, "desa", name, MultiPolygon([box(110, -7, 111, -6)])
    )
    return load_map(title, NOON, [village], {village.code: VillageLoad(3, 1, NOON)}, notes)


def own_part(html):
    """Without Leaflet, which is ours but not our writing."""
    html = re.sub(r"<script>/\* @preserve.*?</script>", "", html, flags=re.DOTALL)
    return re.sub(r"/\*.*?\*/", "", html, flags=re.DOTALL)  # comments of its style sheet


def test_the_file_fetches_nothing():
    html = page()
    assert not re.search(r"<script[^>]+src=", html)
    assert not re.search(r"<link\b", html)
    assert not re.search(r"@import|url\(\s*[\"']?(https?:)?//", html)
    assert not re.search(r"https?://", own_part(html).replace("http://www.w3.org", ""))


def test_the_figures_stand_in_the_map_and_as_words():
    html = page()
    assert "3 terbuka" in html
    assert '<td class="n">3</td><td class="n">1</td>' in html


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name):
    html = own_part(page(name, title=name, notes=[name]))
    # As many scripts as with a harmless name, and the name nowhere as it came.
    assert html.count("<script") == own_part(page()).count("<script")
    assert "<img src=x" not in html
    assert "<svg onload" not in html
    if "<" in name:
        assert name not in html


@pytest.mark.parametrize("name", ["`${alert(1)}`", "');alert(1);//"])
def test_a_name_that_breaks_out_of_a_string_stands_in_json_only(name):
    for script in re.findall(r"<script>(.*?)</script>", own_part(page(name)), re.DOTALL):
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', script)  # strings of JSON taken out
        assert "alert(1)" not in bare
