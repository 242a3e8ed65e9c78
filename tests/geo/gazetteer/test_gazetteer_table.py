import pytest

from geo.gazetteer import BadPlace
from geo.gazetteer.readers import form_of, read_places, table
from geo.gazetteer.readers.reading import Told
from geo.point import Point

HEADER = "name,kind,villages,lon,lat,spread_m,aka,source\n"


@pytest.fixture
def read(tmp_path):
    """Reads a text as a table; answers the places and the faults."""

    def reading(text, encoding="utf-8"):
        file = tmp_path / "places.csv"
        file.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        faults: list[BadPlace] = []
        return list(read_places(file, form_of(file), Told(faults.append))), faults

    return reading


def test_every_column_is_taken(read):
    row = "Jl. Contoh,jalan,33.20.01.2001|33.20.01.2002,110.65,-6.63,300,Jl. Lama|Jalan Tua,survei"
    ((place,), faults) = read(f"{HEADER}{row}\n")
    assert faults == []
    assert (place.name, place.kind, place.spread_m) == ("Jl. Contoh", "jalan", 300.0)
    assert place.villages == ("33.20.01.2001", "33.20.01.2002")
    assert place.aka == ("Jl. Lama", "Jalan Tua")
    assert (place.point, place.row) == (Point(lon=110.65, lat=-6.63), "baris 2")


def test_a_place_may_be_known_by_its_village_alone(read):
    ((place,), _) = read(f"{HEADER}Krajan,dusun,33.20.01.2001,,,,,\n")
    assert (place.point, place.spread_m) == (None, 400.0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_spreadsheets_write_is_read(read, delimiter, encoding):
    header = delimiter.join(("Nama", "Jenis", "Desa", "Bujur", "Lintang", "catatan"))
    row = delimiter.join(("Café Contoh", "toko", "", '"110,65"', '"-6,63"', "apa saja"))
    ((place,), faults) = read(f"{header}\r\n{row}\r\n", encoding)
    assert faults == []
    assert (place.name, place.kind) == ("Café Contoh", "toko")
    assert place.point == Point(lon=110.65, lat=-6.63)


def test_columns_may_come_in_any_order_and_rows_may_be_short(read):
    ((place,), _) = read("lat,nama,lon,jenis\n-6.63,Contoh,110.65\n\n , , , \n")
    assert (place.name, place.kind) == ("Contoh", "tempat")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",pasar,,110.65,-6.63,,,", "name"),
        ("X,pasar,,,,,,", "tidak ada titik"),
        ("X,pasar,,110.65,,,,", "lat"),
        ("X,pasar,,-6.63,110.65,,,", "tertukar"),
        ("X,pasar,,2.35,48.86,,,", "bukan titik"),
        ("X,pasar,,nan,-6.63,,,", "lon"),
        ("X,pasar,,1_10.65,-6.63,,,", "lon"),
        ("X,pasar,,1e2,-6.63,,,", "lon"),
        ("X,pasar,,110.65,-6.63,luas,,", "spread_m"),
        ("X,pasar,Tegalsambi,110.65,-6.63,,,", "villages"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_reason(read, row, why):
    places, faults = read(f"{HEADER}Baik,,,110.65,-6.63,,,\n{row}\nBaik,,,110.65,-6.63,,,\n")
    assert len(places) == 2
    (fault,) = faults
    assert str(fault).startswith("baris 3: ")
    assert why in str(fault)


def test_a_field_without_end_is_told_and_ends_the_reading(read):
    places, faults = read(f'{HEADER}Baik,,,110.65,-6.63,,,\n"{"x" * 200_000}\n')
    assert len(places) == 1
    assert len(faults) == 1


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe", b"\x00" * 50])
def test_a_file_without_a_column_of_names_is_refused_whole(read, content):
    with pytest.raises(BadPlace, match="kolom name"):
        read(content)


def test_a_table_without_end_is_cut_off(read, monkeypatch):
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    with pytest.raises(BadPlace, match="lebih dari 3 baris"):
        read(HEADER + "X,,,110.65,-6.63,,,\n" * 5)


def test_the_progress_rises_to_the_end(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text(HEADER + "X,,,110.65,-6.63,,,\n" * 5_000)
    shares: list[float] = []
    assert len(list(table.read(file, Told(progress=shares.append)))) == 5_000
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
