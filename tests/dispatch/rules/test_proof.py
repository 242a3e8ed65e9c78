"""What the check of a proof finds: pure rules on time, place, hashes, Exif, files and addresses."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from dispatch.rules import camera, photo_file, proof
from dispatch.rules.post_links import BadLink, host_of, post_link
from dispatch.rules.proof import Found, Scene, check
from geo.point import Point

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
PIN = Point(lon=110.6, lat=-6.6)
SCENE = Scene(opened_at=NOON - timedelta(days=1), pin=PIN, uncertain_m=50)
WIB = ZoneInfo("Asia/Jakarta")
HASHES = st.integers(min_value=0, max_value=2**64 - 1)


def north(metres):
    return Point(lon=PIN.lon, lat=PIN.lat + metres / 111_195)


def found(scene=SCENE, at=NOON, taken_at=NOON, position=PIN, **more):
    return list(check(scene, at, taken_at=taken_at, position=position, **more).found)


def test_a_photo_at_the_place_and_in_time_shows_nothing():
    assert found() == []
    assert found(position=north(299)) == []
    assert found(position=north(302)) == [Found.FAR]


def test_the_less_is_known_of_the_place_the_farther_a_photo_may_be():
    vague = Scene(opened_at=SCENE.opened_at, pin=PIN, uncertain_m=1000)
    assert found(vague, position=north(1200)) == []
    assert found(vague, position=north(1300)) == [Found.FAR]
    assert proof.uncertain_m(None, "petugas", 0) == 40
    assert proof.uncertain_m(None, "tempat", 0) == 300
    assert proof.uncertain_m({"radius_m": 120.0}, "tempat", 0) == 120
    assert proof.uncertain_m({"radius_m": 120.0}, "tempat", 0.6) == 1120
    assert proof.uncertain_m({"radius_m": 90_000}, "petugas", 0) == 3000


def test_without_a_pin_the_village_is_asked_and_without_both_nothing():
    nowhere = Scene(opened_at=SCENE.opened_at, pin=None, uncertain_m=40)
    assert found(nowhere, off_village_m=0.0) == []
    assert found(nowhere, off_village_m=900.0) == [Found.FAR]
    assert check(nowhere, NOON, taken_at=NOON, position=PIN).far_m is None


def test_clocks_may_be_wrong_by_a_quarter_of_an_hour():
    minutes = timedelta(minutes=1)
    assert found(taken_at=SCENE.opened_at - 14 * minutes) == []
    assert found(taken_at=SCENE.opened_at - 16 * minutes) == [Found.BEFORE]
    assert found(taken_at=NOON + 14 * minutes) == []
    assert found(taken_at=NOON + 16 * minutes) == [Found.FUTURE]


def test_an_old_photo_of_an_older_case_is_old_and_not_before_it():
    old = Scene(opened_at=NOON - timedelta(days=60), pin=PIN, uncertain_m=50)
    assert found(old, taken_at=NOON - timedelta(days=6)) == []
    assert found(old, taken_at=NOON - timedelta(days=8)) == [Found.OLD]


def test_what_a_photo_does_not_say_is_said_of_it():
    assert found(taken_at=None, position=None) == [Found.NO_PLACE, Found.NO_TIME]
    assert found(used_before=True) == [Found.SAME]


def test_flags_follow_from_what_the_room_has_not_rejected():
    far, bare, good = ["jauh"], ["tanpa_lokasi", "tanpa_waktu"], []
    assert proof.flags(["menit_terakhir"], [(far, None)]) == ("bukti_jauh", "menit_terakhir")
    assert proof.flags(["bukti_jauh"], [(far, False), (good, None)]) == ()
    assert proof.flags([], [(bare, None)]) == ("bukti_tanpa_lokasi",)
    assert proof.flags([], [(bare, None), (good, True)]) == ()
    assert proof.flags(["bukti_tanpa_lokasi"], []) == ()


@given(HASHES, st.sets(st.integers(min_value=0, max_value=63), max_size=7))
def test_whatever_is_near_is_met_in_the_bands(phash, flipped):
    other = phash
    for bit in flipped:
        other ^= 1 << bit
    assert proof.bits_apart(phash, other) == len(flipped)
    assert set(proof.near_bands([phash])) & set(proof.bands(other))


@given(HASHES)
def test_a_hash_goes_into_the_database_and_back(phash):
    signed = proof.signed(phash)
    assert -(2**63) <= signed < 2**63
    assert signed % 2**64 == phash
    assert proof.bands(signed) == proof.bands(phash)


def test_no_band_of_a_file_is_one_of_a_look():
    assert proof.file_band(b"\xff\xff") > max(proof.bands(2**64 - 1))


# What the camera wrote


@pytest.mark.parametrize(
    ("tags", "at"),
    [
        ({36867: "2026:03:02 12:00:00", 36881: "+07:00"}, NOON),
        ({36867: "2026:03:02 12:00:00"}, NOON),  # local time of the regency
        ({36867: "2026:03:02 05:00:00", 36881: "Z"}, NOON),
        ({36867: "2026:03:02 14:00:00", 36880: "+09:00"}, NOON),
        ({36867: b"2026-03-02T12:00:00\x00", 36881: b"+0700\x00"}, NOON),
        ({36868: "2026:03:02 12:00:00"}, NOON),
        ({36867: "0000:00:00 00:00:00", 36868: "2026:03:02 12:00:00"}, NOON),
        ({36867: "2026:03:02 12:00:00", 36881: "+25:00"}, NOON),  # no such zone
        ({306: "2026:03:02 12:00:00"}, None),  # an editor's
        ({36867: "2026:02:30 12:00:00"}, None),
        ({36867: "1970:01:01 00:00:00"}, None),
        ({36867: "kemarin"}, None),
        ({36867: 20260302}, None),
        ({}, None),
    ],
)
def test_when_a_photo_was_taken(tags, at):
    assert camera.taken_at(tags, WIB) == at


def test_the_clock_of_another_zone_is_believed_where_it_is_named():
    tags = {36867: "2026:03:02 00:30:00", 36881: "-05:00"}
    here = datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert camera.taken_at(tags, WIB) == here


GOOD = {1: "S", 2: (6.0, 36.0, 0.0), 3: "E", 4: (110.0, 36.0, 0.0)}


@pytest.mark.parametrize(
    ("change", "lon", "lat"),
    [
        ({}, 110.6, -6.6),
        ({1: b"N\x00", 3: "w"}, -110.6, 6.6),
        ({2: (IFDRational(66, 10), IFDRational(0, 1), IFDRational(0, 1))}, 110.6, -6.6),
        ({1: None}, None, None),
        ({1: "X"}, None, None),
        ({2: (6.0, 36.0)}, None, None),
        ({2: (float("nan"), 0.0, 0.0)}, None, None),
        ({2: (IFDRational(6, 0), 0.0, 0.0)}, None, None),
        ({2: (99.0, 0.0, 0.0)}, None, None),
        ({2: (-6.0, 0.0, 0.0)}, None, None),
        ({2: "enam"}, None, None),
        ({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, None, None),
    ],
)
def test_where_a_photo_was_taken(change, lon, lat):
    point = camera.position(GOOD | change)
    if lon is None:
        assert point is None
    else:
        assert (round(point.lon, 6), round(point.lat, 6)) == (lon, lat)


@given(st.dictionaries(st.integers(0, 40_000), st.one_of(st.text(), st.binary(), st.floats())))
def test_no_exif_makes_the_reader_stumble(tags):
    camera.taken_at(tags, WIB)
    camera.position(tags)


# Files and addresses


def test_a_file_that_is_two_things_is_seen():
    photo = b"\xff\xd8\xff" + bytes(5000)
    assert not photo_file.is_two_files(photo)
    assert photo_file.is_two_files(photo + b"PK\x05\x06" + bytes(18))
    assert photo_file.is_two_files(photo + b"<HTML >")
    assert photo_file.is_two_files(photo + b"<script src=x>")
    assert photo_file.is_two_files(photo + b'<svg width="1" xmlns="x">')
    assert photo_file.is_two_files(b"\xff\xd8\xff\xe0%PDF-1.4" + photo)
    assert not photo_file.is_two_files(photo + b"%PDF-1.4"), "a reader looks only at the beginning"
    assert not photo_file.is_two_files(photo + b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>")


def test_an_address_keeps_its_path_and_loses_its_capitals():
    kept = post_link("HTTPS://Facebook.COM:443/Dinas.PU/posts/1?id=2#a")
    assert kept == "https://facebook.com/Dinas.PU/posts/1?id=2#a"
    assert host_of(kept) == "facebook.com"
    with pytest.raises(BadLink, match="https"):
        post_link("ftp://facebook.com/a")
