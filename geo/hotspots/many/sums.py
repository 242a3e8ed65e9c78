"""Tables of whole numbers that add up to the same whatever the order: no sum is ever rounded.

Shares are kept in units of 2^-30, so a chance is off by less than one in a billion once, when it is
counted, and never again. 64 bits hold eight billion incidents in a single place of a table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.many.asking import Ask

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNIT = 1 << 30  # of a share: one whole incident
READ, PINLESS, OFF_HEXAGONS, OFF_CELLS = range(4)  # places of `seen`
TABLES = ("seen", "meant", "village", "hexagon", "cell", "doubt")


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What was counted. Every table is int64 and changes in place while it is added up.

    seen      incidents read; then of those counted finely: without a pin, outside the hexagons,
              outside the cells
    meant     (kinds + 1) incidents of each kind in the period; the last: of an unknown kind
    village   (villages, steps, kinds) shares, in units of 1/UNIT
    hexagon   (hexagons, steps, kinds) incidents by their pins, in the order of ask.hex_ids
    cell      (classes, rows, cols) incidents by their pins and by how doubtful the pin is
    doubt     (classes,) sum of the squares of spread_m
    """

    ask: Ask
    seen: Ints
    meant: Ints
    village: Ints
    hexagon: Ints
    cell: Ints
    doubt: Ints

    @classmethod
    def none(cls, ask: Ask) -> Sums:
        """Of no incident at all."""
        return cls(ask, **{name: np.zeros(s, np.int64) for name, s in ask.shapes.items()})

    def add(self, other: Sums) -> None:
        """Take in what another counted; both must have been asked the same."""
        if self.ask != other.ask:
            raise ValueError("sums of different questions cannot be added")
        for name in TABLES:
            getattr(self, name)[...] += getattr(other, name)

    def equals(self, other: Sums) -> bool:
        """Whether every number of every table is the same."""
        return self.ask == other.ask and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in TABLES
        )

    def digest(self) -> str:
        """Equal exactly where every number of every table is equal."""
        mark = hashlib.sha256()
        for name in TABLES:
            mark.update(getattr(self, name).astype("<i8").tobytes())
        return mark.hexdigest()[:16]

    @property
    def incidents(self) -> int:
        """How many are meant."""
        return int(self.meant.sum())

    def by_village(self) -> Floats:
        """(villages, steps, kinds) incidents, the doubtful shared by their chances."""
        return self.village / UNIT

    def elsewhere(self) -> float:
        """Shares of those that are meant in no village, whose place or kind nobody knows."""
        # In Python's whole numbers, so that a hundred million incidents do not round it.
        return (self.incidents * UNIT - int(self.village.sum())) / UNIT

    def spots(self) -> tuple[Floats, Floats, Floats]:
        """The cells as points, for geo.hotspots.density: xy (k, 2), w (k,), spread_m (k,).

        A cell's middle falls into the same cell, and each class has the mean variance of its
        members: so with a given bandwidth the surface is that of the incidents themselves.
        """
        if (grid := self.ask.grid) is None:
            return np.empty((0, 2)), np.empty(0), np.empty(0)
        kind, row, col = np.nonzero(self.cell)
        east, north = grid.centres()
        many = self.cell.sum(axis=(1, 2))
        spread_m = np.sqrt(self.doubt / np.maximum(many, 1))
        w = self.cell[kind, row, col].astype(np.float64)
        return np.column_stack((east[col], north[row])), w, spread_m[kind]


@dataclass(frozen=True, slots=True)
class Packed:
    """Sums as small as they go over the wire: places that hold something, in few bytes each."""

    ask: Ask
    places: tuple[NDArray[np.integer] | None, ...]  # None: all places
    values: tuple[NDArray[np.integer], ...]

    @classmethod
    def of(cls, sums: Sums) -> Packed:
        """Take them down; nothing is lost."""
        pairs = [_pack(getattr(sums, name).reshape(-1)) for name in TABLES]
        return cls(sums.ask, tuple(p for p, _ in pairs), tuple(v for _, v in pairs))

    @property
    def nbytes(self) -> int:
        """What it weighs."""
        return sum(a.nbytes for a in (*self.places, *self.values) if a is not None)

    def add_to(self, total: Sums) -> None:
        """Add what is in it; its question must be that of the total."""
        if self.ask != total.ask:
            raise ValueError("sums of different questions cannot be added")
        for name, places, values in zip(TABLES, self.places, self.values, strict=True):
            flat = getattr(total, name).reshape(-1)
            if places is None:
                flat += values
            else:
                flat[places] += values  # each place stands there once


def _pack(flat: Ints) -> tuple[NDArray[np.integer] | None, NDArray[np.integer]]:
    held = np.flatnonzero(flat)
    if 2 * len(held) > len(flat):
        return None, _least(flat)
    return _least(held), _least(flat[held])


def _least(values: Ints) -> NDArray[np.integer]:
    """The same numbers, none of them below 0, in as few bytes as hold the greatest."""
    most = int(values.max(initial=0))
    # Unsigned numbers of 64 bits and signed ones have no whole number in common in numpy.
    return values if most >> 32 else values.astype(np.min_scalar_type(most))
