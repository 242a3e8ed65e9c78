"""A question reads the same from a permalink and from JSON, and says what is wrong with it."""

from datetime import date
from urllib.parse import parse_qsl

import pytest

from dispatch.reports.ask import Ask, BadAsk, Method, Period, Unit, from_json, from_words

DAYS = {"since": "2026-01-01", "until": "2026-04-01"}


def test_permalink_and_json_give_the_same_question_back() -> None:
    ask = Ask(
        since=date(2026, 1, 1),
        until=date(2026, 4, 1),
        categories=("jalan", "banjir", "jalan"),
        unit=Unit.HEXAGON,
        cell_m=2000,
        method=Method.GI,
        correct=True,
        hours=(18, 6),
        channel="112",
        compare=Period(date(2025, 1, 1), date(2025, 4, 1)),
        alpha=0.1,
        near_m=300,
    )
    assert ask.categories == ("banjir", "jalan")
    assert from_words(dict(parse_qsl(ask.query()))) == ask
    assert from_json(ask.to_json()) == ask


def test_what_is_usual_stands_in_no_permalink() -> None:
    assert from_words(DAYS).query() == "since=2026-01-01&until=2026-04-01"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"until": "2026-04-01"}, "since"),
        ({"since": "2026-04-01", "until": "2026-01-01"}, "since"),
        ({"since": "2026-01-01", "until": "2026-01-01"}, "since"),
        ({"since": "kemarin", "until": "2026-01-01"}, "since"),
        ({"since": "1900-01-01", "until": "2026-01-01"}, "since"),
        ({"since": "1971-01-01", "until": "2199-01-01"}, "until"),
        ({**DAYS, "method": "sihir"}, "method"),
        ({**DAYS, "unit": "dusun"}, "unit"),
        ({**DAYS, "cell_m": "3"}, "cell_m"),
        ({**DAYS, "cell_m": "501"}, "cell_m"),
        ({**DAYS, "cell_m": "1e3"}, "cell_m"),
        ({**DAYS, "hours": "18"}, "hours"),
        ({**DAYS, "hours": "6-6"}, "hours"),
        ({**DAYS, "hours": "6-25"}, "hours"),
        ({**DAYS, "alpha": "nan"}, "alpha"),
        ({**DAYS, "alpha": "2"}, "alpha"),
        ({**DAYS, "permutations": "100000000"}, "permutations"),
        ({**DAYS, "compare": "2026-03-01..2026-05-01"}, "compare"),
        ({**DAYS, "compare": "2025-03-01"}, "compare"),
        ({**DAYS, "correct": "ya"}, "correct"),
        ({**DAYS, "channel": "merpati"}, "channel"),
        ({**DAYS, "bandwidth_m": "1"}, "bandwidth_m"),
        ({**DAYS, "category": ",".join(f"k{n}" for n in range(200))}, "category"),
        ({**DAYS, "sihir": "1"}, "sihir"),
    ],
)
def test_a_wrong_word_is_named(words: dict[str, str], field: str) -> None:
    with pytest.raises(BadAsk) as told:
        from_words(words)
    assert told.value.field == field
    assert str(told.value).startswith(f"{field}: ")


@pytest.mark.parametrize("body", [None, [], "x", {**DAYS, "hours": {}}, {**DAYS, "category": {}}])
def test_json_of_another_shape_is_refused(body: object) -> None:
    with pytest.raises(BadAsk):
        from_json(body)


def test_a_category_that_may_not_be_shown_is_as_one_that_is_not_there() -> None:
    ask = from_words({**DAYS, "category": "banjir,rahasia"})
    with pytest.raises(BadAsk, match="rahasia"):
        ask.among(["banjir", "jalan"])
