"""Files of static/ at addresses that change with their content: browsers keep them for ever."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from posixpath import dirname, join, normpath

from app.config import ROOT

FOLDER = ROOT / "static"
FOR_EVER = "public, max-age=31536000, immutable"
# import … from "./x.js", export … from "./x.js", import "./x.js". What is imported later, with
# import(), a page does not wait for.
_NAMES = re.compile(
    r"""^(?:import|export|\})(?:[^"';]*?\sfrom)?\s*["'](\.{1,2}/[^"']+)["']""", re.M
)


def asset(path: str) -> str:
    """The address of a file in static/, which changes with its content."""
    return f"/static/{path}?v={mark(path) or 'none'}"


def mark(path: str) -> str | None:
    """Eight signs that change with the file's content; None where there is no such file."""
    file = (FOLDER / path).resolve()
    if not file.is_relative_to(FOLDER) or not file.is_file():
        return None
    return _marked(file, file.stat().st_mtime_ns)


def modules(*entries: str) -> list[str]:
    """The modules that these load, and those that they load in turn; not the entries themselves.

    In the order in which they are named. A page that names all of them is asked for side by side;
    else each is asked for when the one before is read.
    """
    found = dict.fromkeys(entries)
    waiting = list(entries)
    while waiting:
        for named in imports(waiting.pop(0)):
            if named not in found:
                found[named] = None
                waiting.append(named)
    return [one for one in found if one not in entries]


def imports(path: str) -> list[str]:
    """The files that a module of static/ names, by their path in static/."""
    file = FOLDER / path
    return _imports(file, file.stat().st_mtime_ns) if file.is_file() else []


# By the moment of the last change: an edited file has a new address without a restart.
@lru_cache(2000)
def _marked(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


@lru_cache(2000)
def _imports(file: Path, _changed: int) -> list[str]:
    here = dirname(file.relative_to(FOLDER).as_posix())
    return [normpath(join(here, name)) for name in _NAMES.findall(file.read_text())]
