"""What the check of a proof finds: place, time and photo against the case; it forbids nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dispatch.rules.doubt import HAND_RADIUS_M, UNSURE
from geo.point import Point

# A pin says where it was called from or meant; the work may be done along a street.
NEAR_M = 250.0
PLACE_RADIUS_M = 300.0  # of a pin that is the middle of a place of which nobody said how large
UNSURE_M = 1000.0  # more, where the village itself is not certain
MOST_UNSURE_M = 3000.0  # beyond this a radius would excuse everything
CLOCK_OFF = timedelta(minutes=15)  # phones' clocks are wrong by so much without anybody's fault
OLD = timedelta(days=7)  # between photo and upload

# A perceptual hash has 64 bits; re-saved, scaled and brightened pictures differ by 0 to 6.
SAME_BITS = 6
# The same for a picture with a margin cut off or put on: fewer, for each try may hit by chance.
SAME_BITS_CUT = 4
_BANDS, _BAND_BITS = 4, 16


class Found(StrEnum):
    """What was found in a photo."""

    NO_PLACE = "tanpa_lokasi"
    NO_TIME = "tanpa_waktu"
    FAR = "jauh"  # from the incident
    BEFORE = "sebelum_kejadian"  # taken before the case was opened
    FUTURE = "di_masa_depan"
    OLD = "lama"  # taken long before it was sent
    SAME = "sama"  # the same photo was used before


# What a leader should look at. That a photo names no time or place is usual: messengers strip it.
_FLAGGED = (Found.FAR, Found.SAME, Found.BEFORE, Found.FUTURE, Found.OLD)
FLAG = "bukti_"  # how all flags of this module begin


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """The case against which a photo is held.

    pin         None: nobody set one
    uncertain_m how far from the pin it may have been, see uncertain_m()
    """

    opened_at: datetime
    pin: Point | None
    uncertain_m: float


@dataclass(frozen=True, slots=True)
class Checked:
    """Codes in the order of Found, and metres from the case; None: one of the two says no place."""

    found: tuple[Found, ...]
    far_m: float | None


def check(
    scene: Scene,
    sent_at: datetime,
    *,
    taken_at: datetime | None,
    position: Point | None,
    off_village_m: float | None = None,
    used_before: bool = False,
) -> Checked:
    """What speaks against the photo.

    off_village_m  how far it was taken outside the case's village, where there is no pin
    """
    far_m = off_village_m
    if position is not None and scene.pin is not None:
        far_m = position.distance_m(scene.pin)
    holds = {
        Found.NO_PLACE: position is None,
        Found.NO_TIME: taken_at is None,
        Found.FAR: far_m is not None and far_m > NEAR_M + scene.uncertain_m,
        Found.SAME: used_before,
    }
    if taken_at is not None:
        holds[Found.BEFORE] = taken_at < scene.opened_at - CLOCK_OFF
        holds[Found.FUTURE] = taken_at > sent_at + CLOCK_OFF
        holds[Found.OLD] = taken_at < sent_at - OLD
    return Checked(tuple(code for code in Found if holds.get(code)), far_m)


def uncertain_m(location: Mapping[str, Any] | None, pinned_by: str | None, doubt: float) -> float:
    """How far from its pin a case may be: its radius, and more while its village is in doubt."""
    said = (location or {}).get("radius_m")
    radius = PLACE_RADIUS_M if pinned_by == "tempat" else HAND_RADIUS_M
    if isinstance(said, int | float) and said >= 0:
        radius = float(said)
    return min(radius + (UNSURE_M if doubt > UNSURE else 0.0), MOST_UNSURE_M)


def flags(
    had: Iterable[str], photos: Sequence[tuple[Collection[str], bool | None]]
) -> tuple[str, ...]:
    """The flags of a ticket, in order: those of others stay, ours follow from its photos.

    photos   of each: codes of what was found, and whether the room took it (None: not looked at)
    """
    kept = [found for found, accepted in photos if accepted is not False]
    ours = {f"{FLAG}{code}" for code in _FLAGGED for found in kept if code in found}
    if kept and all(Found.NO_PLACE in found for found in kept):
        ours.add(f"{FLAG}{Found.NO_PLACE}")
    return tuple(sorted({flag for flag in had if not flag.startswith(FLAG)} | ours))


def bands(phash: int) -> list[int]:
    """Four parts of a hash, each with its number: near hashes share one, or nearly."""
    return [_band(phash, n) for n in range(_BANDS)]


def near_bands(hashes: Iterable[int]) -> list[int]:
    """Bands of all hashes within 7 bits of one of these: one band is met within one bit."""
    met: set[int] = set()
    for phash in hashes:
        for band in bands(phash):
            met.add(band)
            met.update(band ^ (1 << bit) for bit in range(_BAND_BITS))
    return sorted(met)


def file_band(sha256: bytes) -> int:
    """One more band, of the file itself: the very same file is found in the same index."""
    return (_BANDS << _BAND_BITS) | int.from_bytes(sha256[:2], "big")


def bits_apart(one: int, other: int) -> int:
    """In how many of 64 bits two hashes differ."""
    apart: int = (one ^ other) & (2**64 - 1)
    return apart.bit_count()


def signed(phash: int) -> int:
    """The 64 bits as a bigint of the database has them."""
    return phash - 2**64 if phash >= 2**63 else phash


def _band(phash: int, number: int) -> int:
    part: int = (phash >> (_BAND_BITS * number)) & (2**_BAND_BITS - 1)
    return (number << _BAND_BITS) | part
