"""Places while one types, and what evidence comes to: in plain answers, whatever is sent."""

import pytest
from sqlalchemy import event

from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office


def places(office, **query):
    return office.client("operator1").get("/api/places", query_string=query)


def weigh(office, **body):
    return office.client("operator1").post("/api/places/weigh", json=body)


def test_a_village_is_found_with_its_chance_and_reason(office: Office):
    found = places(office, q="desa tegalsambi").get_json()
    best = found["candidates"][0]
    assert best["villages"][0]["code"] == TEGALSAMBI
    assert best["villages"][0].keys() == {"code", "name", "district", "p"}
    assert best["label"]
    assert best["why"]
    assert 0 < best["p"] <= 1
    assert best["radius_m"] > 0
    assert found["outside"] is None
    assert found.keys() == {"candidates", "outside", "question"}


def test_at_most_so_many_as_are_asked_for(office: Office):
    assert len(places(office, q="masjid", limit=2).get_json()["candidates"]) <= 2
    for limit in ("0", "9", "-1", "x", "1e1"):
        assert places(office, q="masjid", limit=limit).get_json()["field"] == "limit"


def test_another_regency_is_named_and_not_taken_for_a_village_of_ours(office: Office):
    found = places(office, q="Desa Kaliputu, Kecamatan Kota, Kabupaten Kudus").get_json()
    assert "Kudus" in found["outside"]


def test_a_text_of_ten_thousand_letters_is_refused_by_name(office: Office):
    answer = places(office, q="a" * 10_000)
    assert answer.status_code == 400
    problem = answer.get_json()
    assert (problem["type"], problem["field"]) == ("TooLong", "q")
    assert "300" in problem["detail"]
    assert places(office, q="a" * 300).status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        "",
        "\x00",
        "tegal\x00sambi",
        "\x1b[31mdesa\x07",
        "\U0001f692\U0001f525",
        "‮هنا",
        "(" * 300,
        "a,b" * 100,
        "-6.6 110.",
        "https://maps.google.com/?q=-6.6,110.6",
        "%s%(x)s{}'; --",
    ],
)
def test_odd_words_are_answered(office: Office, words):
    assert places(office, q=words).status_code == 200
    assert weigh(office, text=words).status_code == 200


def test_control_signs_part_words_and_are_nothing_else(office: Office):
    plain = places(office, q="desa tegalsambi").get_json()
    assert places(office, q="desa\x07tegalsambi\x00").get_json() == plain


def test_the_search_asks_no_database(office: Office):
    places(office, q="pasar")  # whoever asks has just been recognised
    asked: list[str] = []

    def note(_c, _u, statement, *_):
        asked.append(statement)

    event.listen(office.parts.engine, "before_cursor_execute", note)
    try:
        assert places(office, q="pasar pecangaan").status_code == 200
    finally:
        event.remove(office.parts.engine, "before_cursor_execute", note)
    tables = ("place", "village", "learned_name", "incident")
    assert [s for s in asked if any(f" {table}" in s for table in tables)] == []


@pytest.mark.parametrize("login", ["tegalsambi", "damkar1", "pemadam", "bupati", "admin"])
def test_only_who_takes_calls_searches(office: Office, login):
    client = office.client(login)
    assert client.get("/api/places?q=pasar").status_code == 403
    assert client.post("/api/places/weigh", json={"text": "pasar"}).status_code == 403


def test_a_pin_is_weighed_to_its_village(office: Office):
    weighed = weigh(office, pin=inside(office, TEGALSAMBI)).get_json()
    assert weighed["villages"][0]["code"] == TEGALSAMBI
    total = sum(v["p"] for v in weighed["villages"]) + weighed["sea"] + weighed["outside"]
    assert total == pytest.approx(1, abs=0.01)
    assert weighed["accepted"] == TEGALSAMBI
    assert weighed["question"] is None
    assert weighed["shape"]["type"] in ("Polygon", "MultiPolygon", "Point")


def test_a_wide_circle_leaves_a_question(office: Office):
    circle = {"pin": inside(office, TEGALSAMBI), "radius_m": 800, "confidence": 0.68}
    weighed = weigh(office, **circle).get_json()
    assert weighed["accepted"] is None
    assert weighed["doubt"] > 0.05
    question = weighed["question"]
    first, second = question["options"][:2]
    assert first["label"] != second["label"]
    answers = [[question["key"], first["key"]]]
    answered = weigh(office, **circle, answers=answers).get_json()
    assert answered["villages"][0]["p"] > weighed["villages"][0]["p"]


def test_words_against_a_pin_are_told_before_the_save(office: Office):
    weighed = weigh(office, text="desa Tegalsambi", pin=inside(office, PANGGANG)).get_json()
    assert [c["code"] for c in weighed["contradictions"]] == ["kata_bukan_pin"]


def test_nothing_weighs_nothing(office: Office):
    weighed = weigh(office).get_json()
    assert (weighed["villages"], weighed["accepted"], weighed["doubt"]) == ([], None, 1)


BAD = {
    "radius_m": -1,
    "confidence": 0.4,
    "text": 5,
    "answers": [["a", "b", "c"]],
    "pin": {"lon": 2.35, "lat": 48.86},
    "key": 5,
    "shape": {},
}


@pytest.mark.parametrize("field", BAD)
def test_a_wrong_field_is_named(office: Office, field):
    for path, body in (
        ("/api/places/weigh", {field: BAD[field]}),
        ("/api/calls", {"location": {field: BAD[field]}}),
    ):
        if field == "pin" and path == "/api/calls":
            continue  # a call has its pin beside the location, tested elsewhere
        headers = {"Idempotency-Key": f"wrong-field-{field}"}
        answer = office.client("operator1").post(path, json=body, headers=headers)
        assert answer.status_code == 422, answer.get_data(as_text=True)
        assert field in answer.get_json()["field"]
