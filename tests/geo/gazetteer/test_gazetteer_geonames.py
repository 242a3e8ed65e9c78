import pytest

from geo.gazetteer import BadPlace
from geo.gazetteer.readers import form_of, read_places
from geo.gazetteer.readers.reading import Fence, Told
from geo.point import Box, Point


def line(name="Contoh", lat="-6.63", lon="110.65", kind="P\tPPL", other=""):
    """A row as GeoNames writes it; the content is invented."""
    rest = "ID\t\t07\t3320\t\t\t0\t\t5\tAsia/Jakarta\t2020-01-01"
    return f"900001\t{name}\t{name}\t{other}\t{lat}\t{lon}\t{kind}\t{rest}\n"


@pytest.fixture
def read(tmp_path):
    """Reads rows as a dump; answers the places and the faults."""

    def reading(*lines, fence=None):
        file = tmp_path / "ID.txt"
        file.write_text("".join(lines))
        faults: list[BadPlace] = []
        return list(read_places(file, "geonames", Told(faults.append), fence=fence)), faults

    return reading


def test_a_dump_is_known_by_its_19_columns(tmp_path):
    file = tmp_path / "ID.txt"
    file.write_text(line())
    assert form_of(file) == "geonames"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("P\tPPL", "dusun"),
        ("P\tPPLA2", "kota"),
        ("S\tMSQE", "masjid"),
        ("S\tXXX", "tempat"),
        ("T\tISL", "pulau"),
        ("H\tSTM", "sungai"),
        ("R\tRD", "jalan"),
        ("L\tPRK", "taman"),
    ],
)
def test_feature_codes_become_our_kinds(read, code, kind):
    ((place,), _) = read(line(kind=code))
    assert place.kind == kind


@pytest.mark.parametrize("code", ["A\tADM2", "U\tBNK", "V\tFRST", "\t", "S\tSHSE"])
def test_areas_the_sea_floor_and_private_houses_are_left_out(read, code):
    assert read(line(kind=code)) == ([], [])


def test_other_spellings_come_along_each_once(read):
    ((place,), _) = read(line("Telukcontoh", other="Teluk Contoh,telukcontoh,テルク,Tlk Contoh"))
    assert place.aka == ("Teluk Contoh", "Tlk Contoh")


def test_what_lies_beyond_the_fence_is_left_out_without_a_word(read):
    fence = Fence(Box(west=110, south=-7, east=111, north=-6))
    places, faults = read(line(), line(lat="-8.5"), line(lon="2.35", lat="48.86"), fence=fence)
    assert [place.point for place in places] == [Point(lon=110.65, lat=-6.63)]
    assert faults == []


@pytest.mark.parametrize("bad", ["x\n", line(lat="x"), line(lat="95"), line(lon="nan"), line("?")])
def test_a_bad_row_is_told_with_its_line(read, bad):
    places, faults = read(line(), bad, line())
    assert len(places) == 2
    assert [str(fault).startswith("baris 2: ") for fault in faults] == [True]
