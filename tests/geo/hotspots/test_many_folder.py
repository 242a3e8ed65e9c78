from pathlib import Path

import numpy as np
import pytest

from geo.hotspots.errors import NothingToAnalyse
from geo.hotspots.many import Ask, BadChunk, Folder, Made, add_up, save

MADE = Made(chunks=3, rows=2_000)
ASK = Ask(edges=(19_723, 20_454), villages=195, kinds=20)


def test_a_folder_counts_to_what_was_saved_in_it(tmp_path: Path):
    told: list[tuple[int, int]] = []
    folder = save(MADE, tmp_path / "new", lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert folder.names == ("000000.npz", "000001.npz", "000002.npz")
    assert add_up(folder, ASK).equals(add_up(MADE, ASK))
    assert not list((tmp_path / "new").glob("*.half"))


def test_chunks_are_not_written_among_others(tmp_path: Path):
    save(MADE, tmp_path)
    with pytest.raises(FileExistsError, match="empty folder"):
        save(MADE, tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(NothingToAnalyse, match=r"no file \*\.npz"):
        Folder.open(tmp_path / "none")


def test_a_file_that_is_no_chunk_is_named(tmp_path: Path):
    folder = save(MADE, tmp_path)
    (tmp_path / folder.names[0]).write_bytes(b"not a chunk")
    with np.load(tmp_path / folder.names[1]) as columns:
        kept = {name: columns[name] for name in columns if name != "share"}
        wide = dict(columns) | {"day": columns["day"].astype(np.int64)}
    np.savez(tmp_path / folder.names[1], **kept)
    np.savez(tmp_path / folder.names[2], **wide)
    for number, words in enumerate(("not a file of columns", "no such column", "type int64")):
        with pytest.raises(BadChunk, match=f"{folder.names[number]}.*{words}"):
            folder.read(number)


def test_a_file_of_objects_is_never_unpickled(tmp_path: Path):
    np.savez(tmp_path / "0.npz", day=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BadChunk, match=r"0\.npz"):
        Folder.open(tmp_path).read(0)
