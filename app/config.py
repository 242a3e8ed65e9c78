"""Settings, read once from the environment or var/env. Every setting of the house stands here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class MissingSetting(Exception):
    """A setting that cannot be guessed is missing."""


class BadSetting(MissingSetting):
    """A setting has a value that it cannot have."""


_SWITCHES = {"on": True, "1": True, "yes": True, "off": False, "0": False, "no": False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What differs from one installation to the next. README.md lists all of them."""

    database_url: str  # DATABASE_URL: the app's own role; neither owner nor superuser
    database_admin_url: str | None  # DATABASE_ADMIN_URL: the owner; for `tanggap` only
    secret_key: str  # SECRET_KEY: signs cookies, hashes phone numbers
    regency_folder: Path  # TANGGAP_REGENCY
    state_folder: Path  # TANGGAP_VAR: demo password, downloads, caches
    workers: int  # TANGGAP_WORKERS: gunicorn processes
    pool_size: int  # TANGGAP_POOL: database connections a process
    basemap_url: str | None  # TANGGAP_BASEMAP: outside raster tiles; None: our own map only
    boundaries_file: Path | None  # TANGGAP_BOUNDARIES: a boundary file to use before all others
    session_hours: int  # TANGGAP_SESSION_HOURS: a log-in lasts this long
    wall_days: int  # TANGGAP_WALL_DAYS: a wallboard's log-in lasts this long after its last use
    learning: bool  # TANGGAP_LEARNING: learn place names from confirmed pins
    nominatim_url: str | None  # TANGGAP_NOMINATIM: an outside geocoder; never needed
    public_url: str | None  # TANGGAP_URL: under which people reach the pages, for links in messages
    chromium: Path | None  # TANGGAP_CHROMIUM: the program that makes PNG and PDF; None: look for it

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """What is not in the environment is looked for in var/env, which `./run` writes.

        Raises MissingSetting when DATABASE_URL or SECRET_KEY stand in neither.
        """
        environ = os.environ if environ is None else environ
        state = state_folder(environ)
        known = known_settings(environ)
        boundaries = known.get("TANGGAP_BOUNDARIES")
        chromium = known.get("TANGGAP_CHROMIUM")
        return cls(
            database_url=_needed(known, "DATABASE_URL"),
            database_admin_url=known.get("DATABASE_ADMIN_URL"),
            secret_key=_needed(known, "SECRET_KEY"),
            regency_folder=Path(known.get("TANGGAP_REGENCY") or ROOT / "data/regency/jepara"),
            state_folder=state,
            workers=int(known.get("TANGGAP_WORKERS") or 2),
            pool_size=int(known.get("TANGGAP_POOL") or 8),
            basemap_url=known.get("TANGGAP_BASEMAP") or None,
            boundaries_file=Path(boundaries) if boundaries else None,
            session_hours=int(known.get("TANGGAP_SESSION_HOURS") or 12),
            wall_days=int(known.get("TANGGAP_WALL_DAYS") or 30),
            learning=_switch(known, "TANGGAP_LEARNING", usual=True),
            nominatim_url=known.get("TANGGAP_NOMINATIM") or None,
            public_url=known.get("TANGGAP_URL") or None,
            chromium=Path(chromium) if chromium else None,
        )


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where the installation keeps what it makes."""
    return Path(environ.get("TANGGAP_VAR") or ROOT / "var")


def known_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, and beneath it what var/env says."""
    return _env_file(state_folder(environ) / "env") | dict(environ)


def _needed(known: Mapping[str, str], name: str) -> str:
    if not known.get(name):
        raise MissingSetting(
            f"{name} is not set, and var/env does not name it: run ./run --no-serve first"
        )
    return known[name]


def _switch(known: Mapping[str, str], name: str, *, usual: bool) -> bool:
    """Whether it is on. Raises BadSetting."""
    word = (known.get(name) or ("on" if usual else "off")).strip().lower()
    if word not in _SWITCHES:
        raise BadSetting(f"{name}={word}: give on or off")
    return _SWITCHES[word]


def _env_file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; an empty mapping where there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text().splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}
