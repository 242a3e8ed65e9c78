"""HDBSCAN in a process of its own: scikit-learn lets no other thread work meanwhile, nor stops.

`python -m geo.hotspots.densest LEAST` reads points from its input and writes labels, as .npy files.
"""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EACH_S = 0.2


def densest(xy: Floats, least: int) -> Ints:
    """(n,) labels of clusters of at least so many, -1 for noise."""
    from sklearn.cluster import HDBSCAN

    made = HDBSCAN(min_cluster_size=least, min_samples=min(least, 10), copy=True)
    return np.asarray(made.fit(xy).labels_, dtype=np.int64)


def load(heard: Callable[[], None]) -> None:
    """Load scikit-learn, a second of disk and compiled code, while `heard` may raise to stop."""
    loading = threading.Thread(target=importlib.import_module, args=("sklearn.cluster",))
    loading.start()
    while loading.is_alive():
        heard()
        loading.join(_EACH_S)


def densest_apart(xy: Floats, least: int, heard: Callable[[], None]) -> Ints:
    """The same from another process, which ends where `heard` raises."""
    command = [sys.executable, "-m", "geo.hotspots.densest", str(int(least))]
    # The same modules as here, also where they were put on the path by hand.
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # A file, not a pipe: that would be left half full by a wait that ends too soon.
    with tempfile.TemporaryFile() as given:
        np.save(given, xy)
        given.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own program, a number to go with it
            command, stdin=given, stdout=subprocess.PIPE, env=env
        ) as beside:
            try:
                told = _told(beside, heard)
            except BaseException:
                beside.kill()
                raise
    if beside.returncode:
        raise MemoryError  # it was killed: nothing else ends it
    return np.asarray(np.load(io.BytesIO(told)), dtype=np.int64)


def _told(beside: subprocess.Popen[bytes], heard: Callable[[], None]) -> bytes:
    while True:
        try:
            return beside.communicate(timeout=_EACH_S)[0]
        except subprocess.TimeoutExpired:
            heard()


def main() -> None:
    """Points in, labels out."""
    xy = np.load(io.BytesIO(sys.stdin.buffer.read()))
    told = io.BytesIO()  # a pipe cannot be sought in
    np.save(told, densest(xy, int(sys.argv[1])))
    sys.stdout.buffer.write(told.getvalue())


if __name__ == "__main__":
    main()
