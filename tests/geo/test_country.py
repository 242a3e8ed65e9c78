"""The country's names: read once a process, and anew when a file has changed."""

import os
from pathlib import Path

import pytest

from geo.elsewhere import Country

REGENCIES = "code,province_code,name\n33.20,33,Kabupaten Jepara\n33.19,33,Kabupaten Kudus\n"
FILES = {
    "provinces.csv": "code,name\n33,Jawa Tengah\n",
    "regencies.csv": REGENCIES,
    "districts.csv": "code,regency_code,name\n33.19.01,33.19,Kaliwungu\n",
    "villages.csv": "code,district_code,name\n33.19.01.2001,33.19.01,Banget\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The four files that set-up puts there, with a few rows."""
    for name, rows in FILES.items():
        (tmp_path / name).write_text(rows)
    return tmp_path


def test_the_same_files_are_read_once(folder: Path):
    country = Country.read("33.20", folder)
    assert country.regencies_named("kudus") == ("33.19",)
    assert Country.read("33.20", folder) is country


def test_a_file_that_has_changed_is_read_anew(folder: Path):
    assert Country.read("33.20", folder).regencies_named("demak") == ()
    file = folder / "regencies.csv"
    written = file.stat().st_mtime_ns
    file.write_text(REGENCIES + "33.21,33,Kabupaten Demak\n")
    os.utime(file, ns=(written + 1, written + 1))  # however coarse the clock of the disk is
    assert Country.read("33.20", folder).regencies_named("demak") == ("33.21",)


def test_another_regency_knows_the_villages_of_its_own_province(folder: Path):
    assert "banget" in Country.read("33.20", folder).villages
    assert "banget" not in Country.read("34.04", folder).villages


def test_without_the_files_nothing_is_known(tmp_path: Path):
    assert Country.read("33.20", tmp_path) == Country("33.20")
