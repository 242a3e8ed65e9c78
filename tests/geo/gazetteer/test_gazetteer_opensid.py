import json

import pytest

from geo.gazetteer import BadPlace
from geo.gazetteer.readers import form_of, read_places, sqldump
from geo.gazetteer.readers.reading import Told

CODE = "33.20.01.2001"
HEADER = "id,rt,rw,dusun,id_kepala,lat,lng,zoom,path,map_tipe,warna\n"
RING = [[-6.60, 110.60], [-6.60, 110.61], [-6.61, 110.61], [-6.61, 110.60]]
PERSON = "987654"  # stands in id_kepala: must never come out


@pytest.fixture
def read(tmp_path):
    """Reads a text as OpenSID's table; answers the places and the faults."""

    def reading(text, name="clusters.csv"):
        file = tmp_path / name
        file.write_text(text)
        assert form_of(file) == "opensid"
        faults: list[BadPlace] = []
        return list(read_places(file, "opensid", Told(faults.append), village=CODE)), faults

    return reading


def row(rt="0", rw="0", dusun="MAWAR", lat="-6.605", lng="110.605", path=""):
    quoted = '"' + path.replace('"', '""') + '"' if path else ""
    return f"1,{rt},{rw},{dusun},{PERSON},{lat},{lng},15,{quoted},ROADMAP,#fff\n"


def names(places):
    return [(place.kind, place.name) for place in places]


def test_hamlets_rw_and_rt_are_told_apart(read):
    places, faults = read(
        HEADER + row() + row(rw="001") + row(rw="1", rt="3") + row(rw="-", rt="12")
    )
    assert faults == []
    assert names(places) == [
        ("dusun", "Mawar"),
        ("rw", "RW 001 Mawar"),
        ("rt", "RT 003 RW 001 Mawar"),
        ("rt", "RT 012 Mawar"),
    ]
    assert [place.aka for place in places] == [
        (),
        ("RW 1 Mawar",),
        ("RT 3 RW 1 Mawar",),
        ("RT 12 Mawar",),
    ]
    assert {place.villages for place in places} == {(CODE,)}


def test_an_rw_that_two_hamlets_have_is_kept_twice(read):
    places, _ = read(HEADER + row(rw="001") + row(rw="001", dusun="Melati"))
    assert names(places) == [("rw", "RW 001 Mawar"), ("rw", "RW 001 Melati")]


@pytest.mark.parametrize("path", [RING, [RING], [[RING]], [RING, []]])
def test_an_outline_is_read_however_deep_it_lies(read, path):
    ((place,), faults) = read(HEADER + row(path=json.dumps(path)))
    assert faults == []
    assert place.shape.bounds == pytest.approx((110.60, -6.61, 110.61, -6.60))


def test_two_rings_are_one_outline_of_two_parts(read):
    other = [[lat, lng + 0.05] for lat, lng in RING]
    ((place,), _) = read(HEADER + row(path=json.dumps([RING, other])))
    assert place.shape.geom_type == "MultiPolygon"


@pytest.mark.parametrize("path", ["", "[]", "[[]]", "[[[]]]", "null", "[[-6.6, 110.6]]"])
def test_an_empty_outline_leaves_the_point(read, path):
    ((place,), faults) = read(HEADER + row(path=path))
    assert faults == []
    assert (place.shape, place.point.lon) == (None, 110.605)


@pytest.mark.parametrize("none", ["", "0", "NULL"])
def test_without_a_point_the_village_is_all_that_is_known(read, none):
    ((place,), _) = read(HEADER + row(lat=none, lng=none))
    assert (place.point, place.villages) == (None, (CODE,))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row(path="{"), "path"),
        (row(path='{"a": 1}'), "path"),
        (row(path='[[["a", "b"], ["c", "d"], ["e", "f"]]]'), "path"),
        (row(path=json.dumps([[[[[[RING]]]]]])), "path"),
        (row(path=json.dumps([[lng, lat] for lat, lng in RING])), "tertukar"),
        (row(path="[[1,2,3],[1,2,3],[1,2,3]]"), "path"),
        (row(lat="110.6", lng="-6.6"), "tertukar"),
        (row(lat="x"), "lat"),
        (row(rt="III"), "rt/rw"),
        (row(rt="1234"), "rt/rw"),
    ],
)
def test_a_bad_row_is_told_with_its_number(read, bad, why):
    places, faults = read(HEADER + row() + bad + row())
    assert len(places) == 2
    (fault,) = faults
    assert str(fault).startswith("baris 3: ")
    assert why in str(fault)


DUMP = r"""
-- MySQL dump
CREATE TABLE `penduduk` (`id` int, `nama` text);
INSERT INTO `penduduk` VALUES (1,'Budi Contoh; INSERT INTO `tweb_wil_clusterdesa` VALUES (1,2)');
INSERT INTO `tweb_wil_clusterdesa_lama` VALUES (9,'9','9','SALAH',1,NULL,NULL,0,'','','');
CREATE TABLE `tweb_wil_clusterdesa` (
  `id` int(11) NOT NULL,
  `rt` varchar(10) DEFAULT '0',
  `rw` varchar(10) DEFAULT '0',
  `dusun` varchar(50),
  `id_kepala` int(11),
  `lat` varchar(20),
  `lng` varchar(20),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `tweb_wil_clusterdesa` VALUES (1,'0','0','MAWAR',987654,'-6.605','110.605'),
(2,'003','001','Ju\'ma; (lor)',987654,NULL,NULL),(3,'1','1','O''Contoh',987654,'-6.605','110.605');
INSERT INTO `tweb_wil_clusterdesa` (`dusun`, `rw`, `rt`, `id_kepala`) VALUES
('Melati','2','-',987654);
INSERT INTO `lain` VALUES (1);
"""


def test_a_dump_gives_the_rows_of_its_table_and_of_no_other(read):
    places, faults = read(DUMP, "dump.sql")
    assert faults == []
    assert names(places) == [
        ("dusun", "Mawar"),
        ("rt", "RT 003 RW 001 Ju'ma; (lor)"),
        ("rt", "RT 001 RW 001 O'Contoh"),
        ("rw", "RW 002 Melati"),
    ]
    assert places[0].point.lon == 110.605
    assert places[1].point is None


def test_the_head_of_a_hamlet_is_never_read(read):
    for text, name in ((DUMP, "dump.sql"), (HEADER + row(), "clusters.csv")):
        places, faults = read(text, name)
        assert places
        assert PERSON not in repr((places, faults))
        assert "Budi" not in repr(places)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "x.sql"),
        ("INSERT INTO `penduduk` VALUES (1);", "x.sql"),
        ("INSERT INTO `tweb_wil_clusterdesa` VALUES (1,'2", "x.sql"),
        ("INSERT INTO `tweb_wil_clusterdesa` VALUES (1,2);", "x.sql"),
        ("INSERT INTO `tweb_wil_clusterdesa` SELECT 1;", "x.sql"),
        ("INSERT INTO `tweb_wil_clusterdesa` VALUES (1,'2'", "x.sql"),
        (HEADER, "x.csv"),
    ],
)
def test_a_file_without_such_rows_is_refused_whole(read, text, name):
    with pytest.raises(BadPlace):
        read(text, name)


def test_a_statement_without_end_is_refused_before_it_fills_the_memory(read, monkeypatch):
    monkeypatch.setattr(sqldump, "LONGEST_STATEMENT", 1_000)
    with pytest.raises(BadPlace, match="lebih dari"):
        read("INSERT INTO `tweb_wil_clusterdesa` VALUES\n" + "(1,'2'),\n" * 500, "x.sql")


def test_the_village_has_to_be_said(tmp_path):
    file = tmp_path / "clusters.csv"
    file.write_text(HEADER + row())
    with pytest.raises(BadPlace, match="--village"):
        read_places(file, "opensid", Told())
