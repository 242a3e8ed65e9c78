"""From a page to PNG and PDF by a real Chromium: without network, one at a time, nothing left."""

import io
import os
import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image

from app.errors import NoPress, TooBusy
from app.press import Form, Press, PressFailed, find_program

PROGRAM = find_program(os.environ.get("CHROMIUM"))
PAGES = "<title>Judul</title><style>@page{size:A4}</style>" + "<p>baris</p>" * 200


@pytest.fixture
def press() -> Press:
    if PROGRAM is None:
        pytest.skip("no Chromium on this machine")
    return Press(program=PROGRAM)


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A program that starts another, says nothing, and does not end."""
    script = tmp_path / "chromium"
    script.write_text(f"#!/bin/sh\nsleep 1000 &\necho $! > {tmp_path}/child\nwait\n")
    script.chmod(0o755)
    return script


def left_over() -> list[Path]:
    return [*Path(tempfile.gettempdir()).glob("tanggap-press-*")]


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be taken in does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_pdf_has_pages_of_a4_and_its_title(press: Press):
    made = press.print(PAGES, Form.PDF)
    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) > 2
    assert re.search(rb"/MediaBox\s*\[\s*0 0 59[45]\.\d+ 84[12]\.\d+", made)
    assert b"J\x00u\x00d\x00u\x00l" in made or b"(Judul)" in made or b"FEFF004A" in made


def test_a_png_shows_the_whole_page_as_drawn_by_its_scripts(press: Press):
    page = "<body style='margin:0'><script>document.body.style.background='#0f766e'</script>"
    made = press.print(page + "<div style='height:1500px'>", Form.PNG)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (1588, 3000)
        assert picture.convert("RGB").getpixel((800, 2900)) == (15, 118, 110)


def test_the_press_asks_nobody_not_even_this_machine(press: Press):
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    page = "".join(
        f"<img src='http://{host}:{port}/a'><link rel=stylesheet href='http://{host}:{port}/b'>"
        f"<script>fetch('http://{host}:{port}/c').catch(() => 0)</script>"
        for host in ("127.0.0.1", "localhost")
    )
    local = "<iframe src='file:///etc/hostname'></iframe>"
    assert press.print(page + local, Form.PDF).startswith(b"%PDF-")
    server.shutdown()
    server.server_close()
    assert asked == []


def test_what_does_not_answer_is_ended_with_all_that_it_started(stuck: Path):
    before = left_over()
    with pytest.raises(PressFailed):
        Press(program=str(stuck), most_s=1.5).print("<p>", Form.PNG)
    child = int((stuck.parent / "child").read_text())
    assert not alive(child)
    assert left_over() == before


def test_a_program_that_ends_at_once_is_no_file(tmp_path: Path):
    with pytest.raises(PressFailed):
        Press(program="/bin/false").print("<p>", Form.PDF)


def test_who_comes_when_enough_wait_is_told_so_at_once(stuck: Path):
    press = Press(program=str(stuck), most_s=2.0, waiting=1)
    ends: list[type[Exception]] = []

    def ask() -> None:
        try:
            press.print("<p>", Form.PDF)
        except (PressFailed, TooBusy) as error:
            ends.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One prints, one waits, two are sent away; whoever waited had its turn, or waited too long.
    assert len(ends) == 4
    assert ends.count(TooBusy) >= 2
    assert ends[:2] == [TooBusy, TooBusy]
    with pytest.raises(PressFailed):  # the place is free again
        press.print("<p>", Form.PDF)


def test_without_chromium_it_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_program() is None
    assert find_program("/nowhere/chromium") is None
    with pytest.raises(NoPress):
        Press(program=None).print("<p>", Form.PDF)
