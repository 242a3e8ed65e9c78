"""geo.boundaries.sources, download, register: the first edition that can be had."""

import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import shapely

from geo.boundaries.download import fetch
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.read import read
from geo.boundaries.register import read_register
from geo.boundaries.sources import (
    Form,
    Manifest,
    Source,
    first_available,
    named_file,
    read_manifest,
)
from tests.shared import shared

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = CHECKOUT / "data/village_boundaries"
CONTENT = b"a boundary file " * 20_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Answers(BaseHTTPRequestHandler):
    """/ok, /missing, /short, /drip, /silent, /moved."""

    asked: list[str] = []  # noqa: RUF012  # a handler is made for each request

    def do_GET(self) -> None:
        self.asked.append(self.path)
        match self.path:
            case "/ok.sql":
                self._send(CONTENT)
            case "/moved.sql":
                self.send_response(302)
                self.send_header("Location", "/ok.sql")
                self.end_headers()
            case "/short.sql":
                self._send(CONTENT[:100], promised=len(CONTENT))
            case "/drip.sql":
                self._drip()
            case "/silent.sql":
                time.sleep(3)
            case _:
                self.send_error(404)

    def _send(self, body: bytes, promised: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(promised or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(60):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Answers.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as served:
        served.daemon_threads = True
        served.block_on_close = False
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def fault_of(url: str, folder: Path, sha256: str = SHA256, most: int = 10**7) -> Unusable:
    with pytest.raises(Unusable) as caught:
        fetch(url, sha256, most, folder, timeout_s=0.5)
    assert not list(folder.iterdir()), "a failed download leaves nothing behind"
    return caught.value


def test_a_download_is_kept_and_not_asked_for_again(server: str, tmp_path: Path) -> None:
    first = fetch(f"{server}/ok.sql", SHA256, len(CONTENT), tmp_path / "var" / "boundaries")
    again = fetch(f"{server}/ok.sql", SHA256, len(CONTENT), tmp_path / "var" / "boundaries")
    assert first == again
    assert first.suffix == ".sql"
    assert first.read_bytes() == CONTENT
    assert Answers.asked == ["/ok.sql"]


def test_a_kept_copy_that_changed_is_fetched_anew(server: str, tmp_path: Path) -> None:
    path = fetch(f"{server}/ok.sql", SHA256, len(CONTENT), tmp_path)
    path.write_bytes(b"spoilt")
    assert fetch(f"{server}/ok.sql", SHA256, len(CONTENT), tmp_path).read_bytes() == CONTENT


def test_a_redirect_is_followed_since_the_checksum_decides(server: str, tmp_path: Path) -> None:
    assert fetch(f"{server}/moved.sql", SHA256, 10**7, tmp_path).read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused_before_anything_is_read(server: str, tmp_path: Path) -> None:
    error = fault_of(f"{server}/ok.sql", tmp_path, sha256="0" * 64)
    assert error.fault is Fault.WRONG_CHECKSUM
    assert SHA256 in str(error)


def test_a_missing_page_is_told_with_its_status(server: str, tmp_path: Path) -> None:
    error = fault_of(f"{server}/gone.sql", tmp_path)
    assert (error.fault, error.facts["detail"]) == (Fault.NOT_FETCHED, "HTTP 404")


def test_an_answer_larger_than_the_manifest_says_is_cut_off(server: str, tmp_path: Path) -> None:
    error = fault_of(f"{server}/ok.sql", tmp_path, most=len(CONTENT) - 1)
    assert error.fault is Fault.TOO_LARGE


def test_an_answer_cut_short_is_refused(server: str, tmp_path: Path) -> None:
    fault = fault_of(f"{server}/short.sql", tmp_path).fault
    assert fault in (Fault.NOT_FETCHED, Fault.WRONG_CHECKSUM)


@pytest.mark.parametrize("path", ["/silent.sql", "/drip.sql"])
def test_a_server_that_is_silent_or_drips_is_left_in_time(
    server: str, tmp_path: Path, path: str
) -> None:
    began = time.monotonic()
    error = fault_of(server + path, tmp_path)
    assert error.fault is Fault.NOT_FETCHED
    assert time.monotonic() - began < 2


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert fault_of("http://127.0.0.1:9/x.sql", tmp_path).fault is Fault.NOT_FETCHED


def test_jeparas_manifest_names_file_download_and_indicative_in_this_order() -> None:
    manifest = read_manifest(FOLDER)
    assert [one.form for one in manifest.sources] == [Form.FILE, Form.DOWNLOAD, Form.INDICATIVE]
    assert [one.status for one in manifest.sources] == ["terbitan", "terbitan", "indikatif"]
    download = manifest.sources[1]
    assert "3c5a7960f4d227a38489094d84252bdbb3f978a5" in download.url
    assert download.url.startswith("https://raw.githubusercontent.com/cahyadsn/")


def test_the_pinned_checksum_is_that_of_the_published_file() -> None:
    path = shared("data/village_boundaries/published/wilayah_boundaries_kel_33.20.sql")
    download = read_manifest(FOLDER).sources[1]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == download.sha256
    assert path.stat().st_size < download.most_bytes


def test_the_register_has_184_desa_11_kelurahan_and_16_kecamatan() -> None:
    entries = read_register(FOLDER / "register.csv").entries.values()
    kinds = [one.kind for one in entries]
    assert (kinds.count("desa"), kinds.count("kelurahan"), len(kinds)) == (184, 11, 195)
    assert len({one.district_code for one in entries}) == 16
    assert len({one.district for one in entries}) == 16
    assert all(one.code.startswith("33.20.") for one in entries)
    assert all((one.kind == "kelurahan") == (one.code[9] == "1") for one in entries)
    assert all(one.postal_code for one in entries)


def test_every_point_of_the_register_lies_in_its_village() -> None:
    entries = read_register(FOLDER / "register.csv").entries
    for one in read(shared("data/village_boundaries/jepara.geojson")).features:
        point = entries[one.code].point
        assert shapely.contains_xy(one.shape, point.lon, point.lat)


def source(**other: object) -> Source:
    about = {"key": "k", "title": "t", "status": "terbitan", "source": "s", "licence": "MIT"}
    return Source(**(about | {"form": Form.FILE} | other))  # type: ignore[arg-type]


def manifest_of(*sources: Source) -> Manifest:
    return Manifest("Kotak", FOLDER / "register.csv", sources)


INDICATIVE = {"form": Form.INDICATIVE, "key": "guess", "status": "indikatif"}


def test_the_file_beside_the_checkout_comes_first(tmp_path: Path) -> None:
    shared("data/village_boundaries/jepara.geojson")
    found = first_available(read_manifest(FOLDER), CHECKOUT, tmp_path)
    assert (found.source.key, found.skipped) == ("kemendagri-2025", ())
    assert found.sha256 == found.source.sha256


def test_without_file_and_network_the_register_is_left_and_says_why(tmp_path: Path) -> None:
    manifest = manifest_of(
        source(path="nowhere.geojson"),
        source(
            form=Form.DOWNLOAD,
            key="far",
            url="http://127.0.0.1:9/x.sql",
            sha256="0" * 64,
            most_bytes=9,
        ),
        source(**INDICATIVE),
    )
    found = first_available(manifest, tmp_path, tmp_path)
    assert (found.source.key, found.path) == ("guess", None)
    assert [(key, reason.fault) for key, reason in found.skipped] == [
        ("k", Fault.MISSING),
        ("far", Fault.NOT_FETCHED),
    ]
    assert found.about().status == "indikatif"


def test_a_download_takes_the_place_of_a_missing_file(server: str, tmp_path: Path) -> None:
    manifest = manifest_of(
        source(path="nowhere.geojson"),
        source(
            form=Form.DOWNLOAD,
            key="far",
            url=f"{server}/ok.sql",
            sha256=SHA256,
            most_bytes=10**7,
        ),
        source(**INDICATIVE),
    )
    found = first_available(manifest, tmp_path, tmp_path / "var")
    assert found.source.key == "far"
    assert found.path is not None
    assert found.path.read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_another_edition(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text("{}")
    changed = source(path="a.geojson", sha256="0" * 64)
    found = first_available(manifest_of(changed, source(**INDICATIVE)), tmp_path, tmp_path)
    assert found.skipped[0][1].fault is Fault.WRONG_CHECKSUM


def test_a_file_that_the_user_named_is_taken_or_refused_but_never_replaced(tmp_path: Path) -> None:
    manifest = manifest_of(source(**INDICATIVE))
    with pytest.raises(Unusable) as caught:
        first_available(manifest, tmp_path, tmp_path, named_file(tmp_path / "mine.gpkg"))
    assert caught.value.fault is Fault.MISSING
    (tmp_path / "mine.gpkg").write_text("")
    named = named_file(tmp_path / "mine.gpkg", status="resmi", title=None)
    found = first_available(manifest, tmp_path, tmp_path, named)
    assert (found.source.key, found.source.status, found.source.title) == (
        "mine",
        "resmi",
        "mine.gpkg",
    )


EDITION = """
[[edition]]
form = "download"
key = "k"
title = "t"
status = "terbitan"
source = "s"
licence = "MIT"
url = "https://example.org/a.sql"
sha256 = "{sha}"
most_bytes = 9
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("https:", "http:", "https"),
        ("https:", "file:", "https"),
        ("terbitan", "benar", "status"),
        ("most_bytes = 9", "most_bytes = 0", "most_bytes"),
        ("00", "zz", "hexadecimal"),
        ("download", "upload", "upload"),
        ("licence", "license", "license"),
        ("key =", "key", "line"),
        ("[[edition]]", "[[other]]", "edition"),
        ('key = "k"\n', "", "key"),
    ],
)
def test_a_manifest_with_a_wrong_word_says_which(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    (tmp_path / "manifest.toml").write_text(EDITION.format(sha="0" * 64).replace(old, new))
    with pytest.raises(Unusable, match=says) as caught:
        read_manifest(tmp_path)
    assert caught.value.fault is Fault.BAD_MANIFEST


@pytest.mark.parametrize(
    "line",
    [
        "33.20.01.2001,A,desa,33.20.01,Kedung,,x,-6.7,1",
        "33.20.01.2001,A,desa,33.20.01,Kedung,,110.6,-96.7,1",
        "33.20.01.2001,A,desa,33.20.01,Kedung,,110.6,-6.7,0",
        "33.20.01.2001,A,desa,33.20.01,Kedung,,110.6,-6.7,nan",
        "33.20.01,A,desa,33.20.01,Kedung,,110.6,-6.7,1",
        "33.20.01.2001,A,desa",
    ],
)
def test_a_register_names_the_line_that_is_wrong(tmp_path: Path, line: str) -> None:
    head = "code,name,kind,district_code,district,postal_code,lon,lat,area_km2"
    path = tmp_path / "register.csv"
    path.write_text(f"{head}\n33.20.01.2009,B,desa,33.20.01,Kedung,,110.6,-6.7,1\n{line}\n")
    with pytest.raises(Unusable, match="line 3"):
        read_register(path)
