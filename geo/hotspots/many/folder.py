"""Chunks as files of a folder that all workers see: numpy's .npz, a column each, nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from geo.hotspots.errors import NothingToAnalyse
from geo.hotspots.many.chunks import BadChunk, Chunk, Source

_TYPES = {
    "day": np.int32,
    "category": np.int16,
    "xy": np.float64,
    "spread_m": np.float32,
    "start": np.int64,
    "village": np.int16,
    "share": np.float32,
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A Source: the .npz files that were there when it was opened, in the order of their names."""

    path: Path
    names: tuple[str, ...]

    @classmethod
    def open(cls, path: Path) -> Folder:
        """Raises NothingToAnalyse where no chunk is."""
        names = tuple(sorted(file.name for file in path.glob("*.npz")))
        if not names:
            raise NothingToAnalyse(f"{path}: no file *.npz; write some by geo.hotspots.many.save")
        return cls(path, names)

    def __len__(self) -> int:
        return len(self.names)

    def read(self, number: int) -> Chunk:
        """Raises BadChunk, naming file and column; OSError where the folder is out of reach."""
        name = self.names[number]
        try:
            with np.load(self.path / name, allow_pickle=False) as columns:
                return Chunk(**{field: _column(columns, field) for field in _TYPES})
        except BadChunk as wrong:
            raise BadChunk(f"{name}: {wrong}") from None
        except (ValueError, EOFError, zipfile.BadZipFile) as wrong:
            raise BadChunk(f"{name}: not a file of columns ({wrong})") from None


def save(source: Source, path: Path, told: Callable[[int, int], None] | None = None) -> Folder:
    """Write all chunks of a source into a folder: what is counted of it is settled from then on.

    told   after each chunk: how many are written, of how many
    Raises FileExistsError where chunks are there: old and new would be counted together.
    """
    path.mkdir(parents=True, exist_ok=True)
    if any(path.glob("*.npz")):
        raise FileExistsError(f"{path}: holds chunks; give an empty folder")
    for number in range(len(source)):
        _write(path / f"{number:06}.npz", source.read(number))
        if told is not None:
            told(number + 1, len(source))
    return Folder.open(path)


def _write(file: Path, chunk: Chunk) -> None:
    """Whole or not at all: a worker must never find half of one."""
    half = file.with_suffix(".half")
    with half.open("wb") as out:
        np.savez(out, **{field.name: getattr(chunk, field.name) for field in fields(Chunk)})
    half.replace(file)


def _column(columns: np.lib.npyio.NpzFile, name: str) -> np.ndarray:
    if name not in columns:
        raise BadChunk(f"{name}: there is no such column; it needs {', '.join(_TYPES)}")
    wanted = np.dtype(_TYPES[name])
    if (column := columns[name]).dtype != wanted:
        raise BadChunk(f"{name}: of type {column.dtype}; {wanted} was to be expected")
    return column
