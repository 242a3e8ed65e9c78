"""geo.boundaries.sqlform: rows out of a dump, with nothing of it run."""

from contextlib import suppress

import pytest

from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Flaw
from geo.boundaries.read import read
from geo.boundaries.sqlform import rows_of
from tests.geo.boundaries.conftest import Write

B = "'33.20.01.2002','B'"
PATH = "[[[-6.7,110.6],[-6.7,110.61],[-6.69,110.61],[-6.7,110.6]]]"


def rows(text: str) -> list[dict[str, object]]:
    return [dict(row) for _, row in rows_of(text, "a.sql")]


def test_every_insert_gives_its_rows_and_all_else_is_skipped() -> None:
    text = """
        /* it's INSERT INTO x(a) VALUES ('no'); */ -- don't
        DELETE FROM desa WHERE kode LIKE ';%';
        INSERT INTO `desa`(kode, "lat") VALUES ('1', -6.5),
          ('2', NULL);
        insert into public.desa (kode,lat) values('3',1e3);
    """
    assert rows(text) == [
        {"kode": "1", "lat": -6.5},
        {"kode": "2", "lat": None},
        {"kode": "3", "lat": 1000.0},
    ]


def test_the_line_of_a_row_is_told() -> None:
    assert [line for line, _ in rows_of("INSERT INTO a(b) VALUES\n('1'),\n('2');", "a")] == [2, 3]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'Jum''at'", "Jum'at"),
        (r"'Jum\'at'", "Jum'at"),
        ("''", ""),
        ("''''", "'"),
        ("'a;b,(c)'", "a;b,(c)"),
        ("'-- /* '", "-- /* "),
    ],
)
def test_a_string_may_hold_any_sign(written: str, value: str) -> None:
    text = "INSERT INTO a(b) VALUES (" + written + ");"  # scanned, never run
    assert rows(text) == [{"b": value}]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO a(b) VALUES ('x",
        "INSERT INTO a(b) VALUES ('x'",
        "INSERT INTO a(b) VALUES ('x')",
        "INSERT INTO a(b) VALUES",
        "INSERT INTO a(b VALUES ('x');",
        "INSERT INTO a(b) VALUES ('x','y');",
        "INSERT INTO a(b) VALUES (pg_sleep(9));",
        "INSERT INTO a(b) VALUES ((SELECT 1));",
        "INSERT INTO a(b) SELECT 'x';",
        "INSERT a",
        "DELETE FROM a WHERE b = 'x",
    ],
)
def test_what_is_cut_short_or_no_plain_row_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Unusable, match="line 1") as caught:
        rows(text)
    assert caught.value.fault is Fault.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "'" * 400_000,
        "/*" * 400_000,
        "--" * 400_000,
        "(" * 400_000,
        "INSERT INTO a(b) VALUES ('" + "''" * 300_000 + "');",
        "INSERT INTO a(b) VALUES ('" + "\\'" * 300_000 + "');",
        "INSERT INTO a(b) VALUES " + "('1'),\n" * 50_000 + "('1');",
    ],
)
@pytest.mark.timeout(30)  # linear takes a second, quadratic would take hours
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    with suppress(Unusable):
        rows(text)


@pytest.mark.parametrize("path", ["NULL", "''", "'x'", "'[1,2]'", "'[[[[[[1]]]]]]'", "7"])
def test_a_row_without_an_outline_is_a_problem_of_that_row(write: Write, path: str) -> None:
    first = f"('33.20.01.2001','A','{PATH}')"
    text = "\n".join(["INSERT INTO a(kode,nama,path) VALUES", f"{first},", f"({B},{path});"])
    found = read(write(text, "a.sql"))
    assert [(one.flaw, one.where) for one in found.problems] == [(Flaw.NO_SHAPE, "line 3 (B)")]
    assert found.features[0].shape.bounds == (110.6, -6.7, 110.61, -6.69)


def test_a_dump_without_rows_is_empty(write: Write) -> None:
    with pytest.raises(Unusable) as caught:
        read(write("DELETE FROM a;", "a.sql"))
    assert caught.value.fault is Fault.EMPTY


def test_a_dump_with_longitude_first_is_refused(write: Write) -> None:
    turned = "[[[110.6,-6.7],[110.61,-6.7],[110.61,-6.69],[110.6,-6.7]]]"
    text = f"INSERT INTO a(kode,nama,path) VALUES ({B},'{turned}');"  # scanned only
    with pytest.raises(Unusable) as caught:
        read(write(text, "a.sql"))
    assert caught.value.fault is Fault.SWAPPED
