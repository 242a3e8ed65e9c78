"""Two periods on paper: two maps side by side, with one frame and one legend."""

import re
from dataclasses import replace
from datetime import date

from app.paper.analysis_colours import colours
from app.paper.analysis_map import Told
from app.worker import loop
from dispatch.reports.ask import Period, from_words
from tests.reports.conftest import HOT, SINCE, UNTIL, Town

FORMER = "2025-03-03..2025-09-01"
BOTH = f"since={SINCE}&until={UNTIL}&compare={FORMER}"


def html(town: Town, query: str) -> str:
    answer = town.client("perencana").get(f"/api/analyses/file.html?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
    return answer.get_data(as_text=True)


def told(town: Town, more: str) -> Told:
    former = FORMER.split("..")
    first = town.run(f"{more}&compare={FORMER}")
    second = town.run(f"{more}&since={former[0]}", until=former[1])
    return Told((first, second), (), town.parts.ground(), (), "id")


def test_the_second_question_is_the_same_but_for_its_days() -> None:
    asked = from_words({"since": SINCE, "until": UNTIL, "compare": FORMER, "method": "gi"})
    second = asked.second
    assert second is not None
    assert (second.since, second.until) == (date(2025, 3, 3), date(2025, 9, 1))
    assert replace(asked, compare=None) == replace(
        second, since=asked.since, until=asked.until, compare=None
    )
    assert asked.compare == Period(second.since, second.until)
    assert second.second is None


def test_both_maps_stand_on_the_sheet_each_under_its_days_in_the_same_frame(town: Town) -> None:
    sheet = html(town, BOTH)
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", sheet)
    assert captions == ["1 September 2025 – 1 Maret 2026", "3 Maret 2025 – 31 Agustus 2025"]
    frames = re.findall(r"keepFitted\(map_[0-9a-f]+, (.*?)\);", sheet)
    assert len(frames) == 4  # of each the mainland and the islands
    assert frames[:2] == frames[2:]
    assert sheet.count('<ul class="legend">') == 1
    assert sheet.count('class="trend"') == 2
    alone = html(town, f"since={SINCE}&until={UNTIL}")
    assert ("<figcaption>" in alone, alone.count("keepFitted(map_")) == (False, 2)


def test_the_same_number_has_the_same_shade_in_both(town: Town) -> None:
    both = told(town, "category=jalan")
    _, (first, second) = colours(both)
    counts = [{p["id"]: p["n"] for p in one.places} for one in both.both]
    shades: dict[float, set[str]] = {}
    for kinds, n in ((first, counts[0]), (second, counts[1])):
        for one, kind in kinds.items():
            shades.setdefault(n[one], set()).add(kind)
    assert all(len(kinds) == 1 for kinds in shades.values())
    most = max(counts[0].values()) > 2 * max(counts[1].values())
    assert most, "this town has far more in the first period: else the test shows nothing"
    assert first[HOT[0]] == "load-4"
    assert "load-4" not in second.values()


def test_a_class_of_either_period_stands_in_the_legend(town: Town) -> None:
    legend, (first, second) = colours(told(town, "method=gi&category=jalan"))
    assert {*first.values(), *second.values()} == {kind for kind, _ in legend}


def test_hills_of_both_periods_end_at_the_higher_of_the_two(town: Town) -> None:
    both = told(town, "method=kepadatan")
    heights = [one.document["grid"]["max"] for one in both.both]
    assert both.most_dense == max(heights)
    assert Told(both.both[1:], (), both.ground, (), "id").most_dense == heights[1]


def test_a_second_period_that_nobody_had_reckoned_is_asked_for(town: Town) -> None:
    client = town.client("perencana")
    asked = from_words({"since": SINCE, "until": UNTIL, "compare": FORMER, "method": "gugus"})
    for question, status in ((asked, 409), (asked.second, 200)):
        assert question is not None
        assert client.post("/api/analyses", json=question.to_json()).status_code == 202
        assert loop.one(loop.Office(town.parts))
        answer = client.get(f"/api/analyses/file.html?{asked.query()}")
        assert answer.status_code == status
        if status == 409:
            assert answer.get_json()["type"] == "NeedsJob"
    assert answer.get_data(as_text=True).count("<figcaption>") == 2
