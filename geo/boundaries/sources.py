"""Which editions a place knows, in order of preference, and the first that can be had."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geo.boundaries.download import TIMEOUT_S, fetch
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Fields
from geo.boundaries.publish import About
from geo.boundaries.register import Register, read_register

STATUSES = ("resmi", "terbitan", "indikatif")


class Form(StrEnum):
    """Where an edition comes from."""

    FILE = "file"  # a path from the checkout
    DOWNLOAD = "download"  # an address, pinned by SHA-256
    INDICATIVE = "indicative"  # made from the register


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One edition that the manifest names."""

    form: Form
    key: str
    title: str
    status: str
    source: str
    licence: str
    path: str = ""
    url: str = ""
    sha256: str = ""  # FILE may go without: then any file of that name is taken
    most_bytes: int = 0
    fields: Fields = field(default_factory=Fields)
    layer: str | None = None  # of a GeoPackage with several
    drop_uncoded: bool = False  # leave out features without a village code
    weight: float = 0.0  # of a second opinion: how far it is believed, above 0 and below 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """The editions of a place in order of preference, and its register."""

    place: str
    register_path: Path
    sources: tuple[Source, ...]
    second: Source | None = None  # drawn by others: where the two disagree, a place is in doubt

    def register(self) -> Register:
        """The register, read anew. Raises Unusable."""
        return read_register(self.register_path)


@dataclass(frozen=True, slots=True)
class Found:
    """The first edition that can be had; `skipped` tells why each one before it cannot."""

    source: Source
    path: Path | None  # None: made from the register
    sha256: str  # of the file; of the register when there is none
    skipped: tuple[tuple[str, Unusable], ...]

    def about(self) -> About:
        """What the edition will say of itself."""
        one = self.source
        return About(one.key, one.title, one.status, one.source, one.licence, self.sha256)


def read_manifest(folder: Path) -> Manifest:
    """manifest.toml of a folder such as data/village_boundaries.

    Raises Unusable (BAD_MANIFEST) naming the edition and the entry.
    """
    path = folder / "manifest.toml"
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Unusable(Fault.MISSING, where=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(Fault.BAD_MANIFEST, where=path, detail=str(error)) from error
    editions = written.get("edition", [])
    sources = tuple(_source(one, f"{path} edition {n}") for n, one in enumerate(editions, 1))
    if not sources:
        raise Unusable(Fault.BAD_MANIFEST, where=path, detail="names no [[edition]]")
    return Manifest(
        place=str(written.get("place", "")),
        register_path=folder / str(written.get("register", "register.csv")),
        sources=sources,
        second=_second(written, path),
    )


def _second(written: Mapping[str, Any], path: Path) -> Source | None:
    if "second" not in written:
        return None
    source = _source(written["second"], f"{path} second")
    if not 0 < source.weight < 1:
        raise Unusable(
            Fault.BAD_MANIFEST, where=f"{path} second", detail="weight: give above 0 and below 1"
        )
    return source


def first_available(
    manifest: Manifest,
    checkout: Path,
    state: Path,
    named: Source | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Found:
    """The file that a user named, or the first edition of the manifest that can be had.

    checkout   folder that the manifest's paths start from
    state      folder that keeps downloads
    A named file that cannot be had raises Unusable: nothing else is taken in its place.
    """
    if named is not None:
        return _obtain(named, manifest, checkout, state, timeout_s, ())
    skipped: list[tuple[str, Unusable]] = []
    for source in manifest.sources:
        try:
            return _obtain(source, manifest, checkout, state, timeout_s, tuple(skipped))
        except Unusable as reason:
            skipped.append((source.key, reason))
    raise skipped[-1][1]


def named_file(path: Path, **about: Any) -> Source:
    """A file that a user brings; what is not said of it is filled in honestly.

    about   any of key, title, status, source, licence, fields, layer, drop_uncoded
    """
    stated = {
        "key": path.stem.lower(),
        "title": path.name,
        "status": "terbitan",
        "source": path.name,
        "licence": "tidak dinyatakan",
    } | {name: value for name, value in about.items() if value}
    return Source(form=Form.FILE, path=str(path.resolve()), **stated)


def available(
    source: Source, manifest: Manifest, checkout: Path, state: Path, timeout_s: float = TIMEOUT_S
) -> Found:
    """That very source. Raises Unusable where it cannot be had."""
    return _obtain(source, manifest, checkout, state, timeout_s, ())


def _obtain(
    source: Source,
    manifest: Manifest,
    checkout: Path,
    state: Path,
    timeout_s: float,
    skipped: tuple[tuple[str, Unusable], ...],
) -> Found:
    match source.form:
        case Form.INDICATIVE:
            return Found(source, None, manifest.register().sha256, skipped)
        case Form.DOWNLOAD:
            path = fetch(source.url, source.sha256, source.most_bytes, state, timeout_s)
            return Found(source, path, source.sha256, skipped)
    path = checkout / source.path  # an absolute path stays as it is
    if not path.is_file():
        raise Unusable(Fault.MISSING, where=path)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if source.sha256 and found != source.sha256:
        raise Unusable(Fault.WRONG_CHECKSUM, where=path, found=found, wanted=source.sha256)
    return Found(source, path, found, skipped)


def _source(written: Mapping[str, Any], where: str) -> Source:
    """One [[edition]], every entry checked: a wrong word must not wait for the day of need."""
    names = dict(written)
    fields = names.pop("fields", {})
    try:
        names["form"] = Form(names["form"])
        source = Source(**names, fields=Fields(**{key: tuple(v) for key, v in fields.items()}))
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(Fault.BAD_MANIFEST, where=where, detail=str(error)) from error
    complaint = _complaint(source)
    if complaint:
        raise Unusable(Fault.BAD_MANIFEST, where=where, detail=complaint)
    return source


def _complaint(source: Source) -> str:
    address = urlsplit(source.url)
    if source.status not in STATUSES:
        return f"status {source.status!r}: give one of {', '.join(STATUSES)}"
    if source.form is Form.FILE and not source.path:
        return "path is missing"
    if source.sha256 and not _is_sha256(source.sha256):
        return f"sha256 {source.sha256!r}: give 64 hexadecimal digits"
    if source.form is Form.DOWNLOAD:
        loopback = address.scheme == "http" and address.hostname == "127.0.0.1"
        if not (address.scheme == "https" or loopback):
            return f"url {source.url!r}: give an https address"
        if not source.sha256 or source.most_bytes <= 0:
            return "a download needs sha256 and most_bytes"
    return ""


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
