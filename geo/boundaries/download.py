"""A pinned file from the internet: bounded in time and size, its checksum proved before use."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import IO

from geo.boundaries.faults import Fault, Unusable

TIMEOUT_S = 10.0  # for the whole of it, not for each packet
CHUNK = 64 * 1024


def fetch(
    url: str, sha256: str, most_bytes: int, folder: Path, timeout_s: float = TIMEOUT_S
) -> Path:
    """The file in folder, named by its checksum and the address's ending; fetched once only.

    A cached copy is proved again, and fetched anew when it has changed.
    Raises Unusable: NOT_FETCHED, TOO_LARGE, WRONG_CHECKSUM; the folder then holds nothing new.
    """
    target = folder / f"{sha256[:16]}{Path(url).suffix}"
    if target.is_file() and _sha256(target) == sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    # Under another name first: a file that is there is whole and right.
    handle, name = tempfile.mkstemp(dir=folder, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _copy(url, file, most_bytes, time.monotonic() + timeout_s)
        if (found := _sha256(part)) != sha256:
            raise Unusable(Fault.WRONG_CHECKSUM, where=url, found=found, wanted=sha256)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _copy(url: str, file: IO[bytes], most_bytes: int, deadline: float) -> None:
    size = 0
    try:
        # The scheme is checked where the manifest is read.
        with urllib.request.urlopen(url, timeout=_left(url, deadline)) as answer:  # noqa: S310
            while chunk := answer.read1(CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    limit = f"{most_bytes:,} bytes"
                    raise Unusable(Fault.TOO_LARGE, where=url, found="the answer", limit=limit)
                _left(url, deadline)
                file.write(chunk)
    except (urllib.error.URLError, HTTPException, OSError) as error:
        # Without its body: an error page is nobody's business here.
        detail = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else str(error)
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise Unusable(Fault.NOT_FETCHED, where=url, detail=detail[:200]) from error


def _left(url: str, deadline: float) -> float:
    """Seconds left; raises when there are none. A server that drips bytes gets no more time."""
    if (left := deadline - time.monotonic()) <= 0:
        raise Unusable(Fault.NOT_FETCHED, where=url, detail="timed out")
    return left


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
