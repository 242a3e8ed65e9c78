"""What can be said of where a point lies: its village, the border near by, the land it is on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VillageRef:
    """A village by name and code, without its shape."""

    id: int  # of the row, which belongs to one edition
    code: str
    name: str
    kind: str  # desa, kelurahan
    district_code: str
    district: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """The village nearest to a point that no village covers."""

    village: VillageRef
    distance_m: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a point lies under one edition of the boundaries.

    village       that covers it; on a shared border the one with the lowest code; None off all
    border_m      to the nearest border of that village; None when village is None
    neighbour     the village beyond that border; None where the sea or another regency begins
    nearest       only when village is None, and one lies within 50 km
    land_mass_id  the land it is on, or the nearest within 1 km; None at sea
    edition, status   key and status (resmi, terbitan, indikatif) of the edition asked
    """

    village: VillageRef | None
    border_m: float | None
    neighbour: VillageRef | None
    nearest: Nearest | None
    land_mass_id: int | None
    edition_id: int
    edition: str
    status: str
