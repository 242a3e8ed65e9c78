"""The notebook for planners runs from top to bottom, and its map opens with no network."""

import asyncio
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

from tests.cluster import ROOT
from tests.world import World

NOTEBOOK = ROOT / "docs/notebooks/analisis.ipynb"


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kernel of this very Python, whatever else is installed for the user."""
    spec = tmp_path / "kernels/tanggap"
    spec.mkdir(parents=True)
    argv = f'["{sys.executable}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"]'
    (spec / "kernel.json").write_text(
        f'{{"argv": {argv}, "display_name": "t", "language": "python"}}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("TANGGAP_NOTEBOOK_OUT", str(tmp_path))
    assert "tanggap" in KernelSpecManager().find_kernel_specs()
    return "tanggap"


def run(kernel: str) -> list[str]:
    """What each cell of code comes to, as plain text."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=240, kernel_name=kernel, resources={"metadata": {"path": str(ROOT)}}
    )
    with asyncio.Runner() as runner:  # no loop is left open behind it
        runner.run(client.async_execute())
    return [
        "".join(out["data"]["text/plain"] for out in cell.outputs if "data" in out)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) >= 6
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_it_finds_the_hotspots_of_invented_incidents_and_draws_a_map_that_fetches_nothing(
    kernel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    said = run(kernel)
    assert said[2] == "(4000, 256)"
    assert not said[4].startswith("{'panas': 0"), said[4]
    assert "tumbuh" in said[6] or "baru" in said[6] or "tetap" in said[6], said[6]
    page = (tmp_path / "analisis-peta.html").read_text()
    assert "panas" in page
    fetched = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[^>]+>", page)
    assert not fetched, fetched


def test_it_reads_the_incidents_of_the_database(
    kernel: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.benches.crowd_incidents import fill

    fill(world.owner_url, 2000)
    monkeypatch.setenv("DATABASE_URL", world.app_url)
    monkeypatch.setenv("TANGGAP_REGENCY", str(world.settings.regency_folder))
    said = run(kernel)
    incidents, villages = (int(word) for word in said[2].strip("()").split(","))
    assert 1000 < incidents <= 2000
    assert villages == len(world.parts.ground().locator.villages)
    assert os.environ["DATABASE_URL"] not in "".join(said)
