"""Whose the thing is that a report speaks of: said, found by its name, or by the class of road."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.naming import normalise

_ROAD = re.compile(r"\b(?:jalan|jln|jl)\b(?: raya\b)?")


class By(StrEnum):
    """How the owner was found, the surest first."""

    SAID = "petugas"  # the operator said so
    WORDS = "kata"  # the caller named the owner: "jalan provinsi", "tiang PLN"
    NAME = "nama"  # a thing of the register was named
    ROAD = "jalan"  # the class of the only road that can be meant
    NOBODY = "tidak_diketahui"


@dataclass(frozen=True, slots=True)
class OwnerKind:
    """An owner as the regency's files name it."""

    code: str  # jalan_provinsi
    name: str  # "jalan provinsi"
    words: tuple[str, ...] = ()  # as callers say it


@dataclass(frozen=True, slots=True)
class AssetName:
    """A thing of the register that has an owner."""

    kind: str
    owner: str
    name: str
    source: str = ""

    @property
    def assumed(self) -> bool:
        """Whether the register itself only thinks so."""
        return "diandaikan" in self.source.lower()


@dataclass(frozen=True, slots=True)
class Found:
    """Whose it is. `code` None: nobody knows, and the rules without an owner decide."""

    code: str | None
    by: By
    feature: str | None = None  # the thing or road that was looked at, by name
    assumed: bool = False

    def record(self) -> dict[str, str | bool | None]:
        """What is kept with the ticket."""
        return {
            "owner": self.code,
            "by": self.by.value,
            "feature": self.feature,
            "assumed": self.assumed,
        }


NOBODY = Found(None, By.NOBODY)


class Register:
    """Names of owners and things, ready to be looked for in words. Threads may share it."""

    def __init__(self, kinds: Iterable[OwnerKind], assets: Iterable[AssetName]) -> None:
        self.kinds = {kind.code: kind for kind in kinds}
        said = [(_tidy(w), kind.code) for kind in self.kinds.values() for w in kind.words]
        self._words = sorted(said, key=_longest)
        named = [(_tidy(asset.name), asset) for asset in assets]
        # One word alone ("jalan") is said of everything.
        self._assets = sorted((n for n in named if " " in n[0]), key=_longest)

    def name_of(self, code: str | None) -> str | None:
        """The owner in words; the code itself where the files do not name it."""
        if code is None:
            return None
        return self.kinds[code].name if code in self.kinds else code.replace("_", " ")

    def in_words(self, texts: Sequence[str]) -> Found:
        """The owner that the words name, else that of a thing that they name."""
        spoken = f" {' '.join(_tidy(text) for text in texts)} "
        for words, code in self._words:
            if f" {words} " in spoken:
                return Found(code, By.WORDS, words)
        for name, asset in self._assets:
            if f" {name} " in spoken:
                return Found(asset.owner, By.NAME, asset.name, asset.assumed)
        return NOBODY


def by_road(near: Sequence[tuple[str, str]], owner_of: Mapping[str, str]) -> Found:
    """The owner by the class of the roads that can be meant.

    near      (class, name) of each road within the uncertainty of the place
    owner_of  owner by class, as the table [road_owner] says
    Roads of two owners within reach settle nothing.
    """
    owners = {owner_of.get(kind.removesuffix("_link")) for kind, _ in near}
    if len(owners) != 1 or None in owners:
        return NOBODY
    kind, name = near[0]
    return Found(owners.pop(), By.ROAD, name or kind, assumed=True)


def _tidy(text: str) -> str:
    """As names are compared; every way to write "jalan" is one, "raya" is left out after it."""
    return " ".join(_ROAD.sub("jalan", normalise(text)).split())


def _longest(entry: tuple[str, object]) -> tuple[int, str]:
    """Of two names that both stand there the longer one is meant."""
    return -len(entry[0]), entry[0]
