import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import find_coordinates, find_links, read_coordinates

LAT, LON = pytest.approx(-6.63), pytest.approx(110.65)
PAIRS = [
    "-6.63 110.65",
    "-6.63,110.65",
    "-6.63, 110.65",
    "(-6.63; 110.65)",
    "-6,63 110,65",
    "−6.63 110.65",
    "–6.63, +110.65",
    "6.63 S 110.65 E",
    "S 6.63 E 110.65",
    "6.63°S, 110.65°E",
    "6,63° LS 110,65° BT",
    "110.65 BT, 6.63 LS",
    "6°37'48\"S 110°39'00\"E",
    "6° 37' 48'' LS, 110° 39' BT",
    "6°37.8'S 110°39'E",
    "lat -6.63 lon 110.65",
    "Latitude: -6.63, Longitude: 110.65",
    "lintang -6,63 bujur 110,65",
]
LINKS = [
    "https://maps.google.com/?q=-6.63,110.65",
    "https://maps.google.com/?q=-6.63%2C110.65",
    "HTTPS://MAPS.GOOGLE.COM/?Q=-6.63,110.65",
    "maps.google.com/?q=-6.63,110.65",
    "https://maps.google.com/?q=-6.63, 110.65",
    "https://maps.google.com/maps?q=loc:-6.63,110.65",
    "https://www.google.com/maps/search/?api=1&query=-6.63,110.65",
    "https://www.google.com/maps/search/-6.63,+110.65?entry=tts",
    "https://www.google.com/maps/place/X/@-6.63,110.65,17z",
    "https://www.google.com/maps/place/X/@-6.5,110.6,17z/data=!8m2!3d-6.63!4d110.65!16s",
    "https://www.google.com/maps/dir//-6.63,110.65/@-6.5,110.6,15z?daddr=-6.63,110.65",
    "https://waze.com/ul?ll=-6.63,110.65&navigate=yes",
    "https://www.waze.com/live-map/directions?to=ll.-6.63%2C110.65",
    "https://maps.apple.com/?ll=-6.63,110.65&q=Pasar",
    "https://www.bing.com/maps?cp=-6.63~110.65&lvl=16",
    "https://wego.here.com/?map=-6.63,110.65,15,normal",
    "https://www.openstreetmap.org/?mlat=-6.63&mlon=110.65#map=15/-6.6/110.6",
    "https://www.openstreetmap.org/#map=15/-6.63/110.65",
    "https://tanggap.example/?lat=-6.63&lon=110.65",
    "geo:-6.63,110.65?z=17",
    "geo:0,0?q=-6.63,110.65(Pasar)",
]
NONE_AT_ALL = [
    "",
    "Jl. Pemuda 5",
    "RT 3 RW 4",
    "RT 03/02 no 12 59411",
    "Km 12.5, 3 orang",
    "1 2 3",
    "16/06",
    "jam 10.30 sampai 12.45 di pasar",
    "harga 12.500 dan 13.500",
    "081234567890",
    "https://maps.app.goo.gl/x",
    "https://maps.google.com/?q=pasar+lama",
    "-6.63 saja",
    "99.1234, 199.1234",
    "https://maps.google.com/?q=95.5,110.65",
]


@pytest.mark.parametrize("text", PAIRS + LINKS)
def test_coordinates_are_read_as_people_write_them(text):
    typed = read_coordinates(text)
    assert typed is not None
    assert (typed.lat, typed.lon) == (LAT, LON)


@pytest.mark.parametrize("text", PAIRS + LINKS)
def test_coordinates_are_found_among_other_words(text):
    for before, after in (("", ""), ("tolong di ", " dekat pasar"), ("RT 3/2\n", "\nJl. Pemuda")):
        found = find_coordinates(before + text + after)
        assert found is not None, before
        assert (found.typed.lat, found.typed.lon) == (LAT, LON)
        start, end = found.place
        assert before.strip() in (before + text + after)[:start]
        assert after.strip() in (before + text + after)[end:]


@pytest.mark.parametrize("text", NONE_AT_ALL)
def test_other_numbers_are_not_taken_for_coordinates(text):
    assert find_coordinates(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "-6.63",
        "1e5 3",
        "nan nan",
        "6.63.5 110",
        "-6.63 S 110.65 E",
        "6°61' S 110° E",
        "-6.63, 110.65 dekat pasar",
    ],
)
def test_a_text_that_is_more_or_less_than_a_pair_is_not_read_as_one(text):
    assert read_coordinates(text) is None


def test_rough_numbers_count_only_inside_the_country():
    assert find_coordinates("di 48.86, 2.35 situ") is None
    assert find_coordinates("di 48.8566, 2.3522 situ") is not None
    assert find_coordinates("di -6.59, 110.67 situ") is not None


def test_how_finely_they_were_typed_is_told():
    assert read_coordinates("-6.6300, 110.65").fine_deg == pytest.approx(0.005)
    assert read_coordinates("6°37'48\"S 110°39'00\"E").fine_deg == pytest.approx(0.5 / 3600)


def test_links_are_found_with_and_without_http():
    text = "(lihat https://x.example/a?b=1) atau maps.app.goo.gl/abc, lokasi:http://y.example ya"
    assert [text[slice(*link)] for link in find_links(text)] == [
        "https://x.example/a?b=1)",
        "maps.app.goo.gl/abc,",
        "http://y.example",
    ]


@given(st.text(alphabet="0123456789.,-+ °'\"SELTBsd;/@!q=:mapsgeo", max_size=400))
def test_no_text_breaks_the_scanner(text):
    typed = read_coordinates(text)
    assert typed is None or typed.fine_deg > 0
    found = find_coordinates(text)
    if found is not None:
        assert max(abs(found.typed.lat), abs(found.typed.lon)) <= 180
        assert 0 <= found.place[0] < found.place[1] <= len(text)


@given(
    lat=st.floats(-11, 6).map(lambda x: round(x, 6)),
    lon=st.floats(95, 141).map(lambda x: round(x, 6)),
)
def test_a_pair_of_decimals_is_read_back(lat, lon):
    for text in (f"{lat:.6f},{lon:.6f}", f"{lat:.6f} {lon:.6f}".replace(".", ",")):
        typed = read_coordinates(text)
        assert typed is not None
        assert (typed.lat, typed.lon) == (lat, lon)
        found = find_coordinates(f"mas, {text} pasar")
        assert found is not None
        assert found.typed == typed
