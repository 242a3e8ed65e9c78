from pathlib import Path

import pytest

from app import assets
from tests.app.conftest import Office

PAGE = "js/page.js"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A static/ of its own with three modules."""
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "js/map").mkdir(parents=True)
    (tmp_path / PAGE).write_text(
        '/** A page. */\nimport { a,\n  b } from "./words.js";\nexport { c } from "./map/one.js";\n'
        'import "maplibre-gl";\nconst later = () => import("./late.js");\n'
        'const said = `from "./not.js"`;\n'
    )
    (tmp_path / "js/words.js").write_text("export const a = 1, b = 2;\n")
    (tmp_path / "js/map/one.js").write_text('import "../words.js";\nimport "../page.js";\n')
    return tmp_path


def test_a_page_names_all_that_it_waits_for_and_each_once(folder: Path):
    assert assets.modules(PAGE) == ["js/words.js", "js/map/one.js"]


def test_an_edited_file_has_another_address(folder: Path):
    before = assets.asset("js/words.js")
    (folder / "js/words.js").write_text("export const a = 2, b = 2;\n")
    assert assets.asset("js/words.js") != before


def test_nothing_outside_of_static_has_a_mark(folder: Path):
    assert assets.mark("../secret") is None
    assert assets.mark("/etc/hostname") is None
    assert assets.mark("js/none.js") is None


def test_a_browser_keeps_what_is_asked_for_by_its_content_and_nothing_else(office: Office):
    client = office.client()
    for path, kept in {
        assets.asset("js/dom.js"): True,
        "/static/js/dom.js?v=00000000": False,
        "/static/js/dom.js": False,
    }.items():
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            assert ("immutable" in answer.headers["Cache-Control"]) is kept, path
    with client.get("/static/js/none.js?v=none") as answer:
        assert (answer.status_code, "immutable" in str(answer.headers)) == (404, False)


def test_the_live_map_names_its_modules_before_they_name_each_other(office: Office):
    page = office.client("bupati").get("/peta").get_data(as_text=True)
    named = assets.modules("js/shell.js", "js/map_page.js")
    assert {"js/api.js", "js/map/layers.js", "js/map/worker.js"} <= set(named)
    for path in named:
        assert f'<link rel="modulepreload" href="{assets.asset(path)}">' in page
        assert f'"/static/{path}": "{assets.asset(path)}"' in page
