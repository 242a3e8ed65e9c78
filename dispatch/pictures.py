"""Pictures from phones made plain: a small JPEG with nothing in it but what is to be seen.

Of a photo that is to prove something, what the camera wrote is read before, for the seal alone.
"""

import hashlib
import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

import imagehash
import numpy as np

# The three are named so that they are there before a thread needs them.
from PIL import ExifTags, Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from dispatch.errors import BadImage
from dispatch.rules import camera, photo_file
from geo.point import Point

MOST_BYTES_IN = 15_000_000
MOST_BYTES_PROOF = 10_000_000
MOST_BYTES = 2_000_000  # also a CHECK of the table
MOST_PIXELS = 64_000_000  # of what comes in: more would be a bomb, no camera of a crew
LONGEST_SIDE = 1600
HASHED_SIDE = 320  # more is not seen by the hash, which looks at 32 x 32
# A margin of a part of the side, cut off (above zero) or put on: a crop undone, roughly.
MARGINS = (0.013, 0.026, -0.013, -0.026)
# Spread of the greys below which a picture shows nothing: all such pictures look alike.
FLAT = 4.0
QUALITIES = (82, 70, 55, 40, 25)  # the next where the one before is too many bytes
FORMATS = tuple(
    reader.format
    for reader in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)

# Pillow only warns of a bomb; plain() refuses it, by a bound of its own.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG that was written here."""

    image: bytes
    width: int
    height: int


class Why(StrEnum):
    """Why a photo cannot be taken as proof."""

    TOO_LARGE = "terlalu_besar"
    TOO_MANY_PIXELS = "terlalu_banyak_piksel"
    NO_PHOTO = "bukan_foto"
    BROKEN = "rusak"
    MOVING = "bergerak"
    TWO_FILES = "dua_berkas"


class BadPhoto(BadImage):
    """The photo cannot be taken as proof."""

    def __init__(self, why: Why, detail: str = "") -> None:
        self.why = why
        super().__init__(f"photo: {why} {detail}".strip())


@dataclass(frozen=True, slots=True)
class Looks:
    """Perceptual hashes (64 bits) of a picture.

    cut   of the same with a margin cut off or put on, to know a crop by
    """

    phash: int
    cut: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """What a photo said of itself before it was drawn anew. Never shown, see ProofSeal."""

    sha256: bytes  # of the file as it was sent
    looks: Looks | None  # None: it shows nothing, every such picture looks the same
    taken_at: datetime | None
    position: Point | None


@dataclass(frozen=True, slots=True)
class SealedPhoto:
    """A photo as it may be shown, and what it said of itself."""

    picture: Picture
    seal: Seal


def plain(sent: bytes) -> Picture:
    """The picture upright, at most LONGEST_SIDE, drawn anew: no Exif, place, profile or comment.

    Whatever else the file carried is not copied. Raises BadImage for what is no whole JPEG, PNG or
    WebP, or too large.
    """
    if len(sent) > MOST_BYTES_IN:
        raise BadImage(f"image: {len(sent)} bytes; give at most {MOST_BYTES_IN}")
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            small = _small(opened)
    except BadImage:
        raise
    except Exception as error:  # Pillow's readers raise whatever they stumble on
        raise BadImage(f"image: cannot be read ({type(error).__name__})") from None
    return Picture(_jpeg(small), small.width, small.height)


def sealed(sent: bytes, zone: tzinfo) -> SealedPhoto:
    """As plain(), with what the file said of itself; stricter, for it comes from outside, too.

    zone   of wall times that name no offset
    Raises BadPhoto: more than MOST_BYTES_PROOF or MOST_PIXELS, no whole JPEG, PNG or WebP, moving,
    or a page, an archive or a document at the same time.
    """
    if len(sent) > MOST_BYTES_PROOF:
        raise BadPhoto(Why.TOO_LARGE, f"{len(sent)} bytes; give at most {MOST_BYTES_PROOF}")
    if photo_file.is_two_files(sent):
        looks_whole = photo_file.begins_as_photo(sent)
        raise BadPhoto(Why.TWO_FILES if looks_whole else Why.NO_PHOTO)
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            _check_still(opened)
            taken_at, position = _told_by_camera(opened, zone)
            small = _small(opened)
    except BadPhoto:
        raise
    except Exception as error:  # Pillow's readers raise whatever they stumble on
        begun = photo_file.begins_as_photo(sent)
        raise BadPhoto(Why.BROKEN if begun else Why.NO_PHOTO, type(error).__name__) from None
    seal = Seal(hashlib.sha256(sent).digest(), looks_of(small), taken_at, position)
    return SealedPhoto(Picture(_jpeg(small), small.width, small.height), seal)


def looks_of(picture: Any) -> Looks | None:
    """The hashes of an upright picture; None where it shows nothing to know it by."""
    grey = picture.convert("L")
    grey.thumbnail((HASHED_SIDE, HASHED_SIDE))
    shades = np.asarray(grey)
    if float(shades.std()) < FLAT:
        return None
    return Looks(_phash(shades), tuple(_phash(_with_margin(shades, m)) for m in MARGINS))


def _phash(shades: np.ndarray) -> int:
    return int(str(imagehash.phash(Image.fromarray(shades))), 16)


def _with_margin(shades: np.ndarray, part: float) -> np.ndarray:
    """The picture with its edges cut off, or drawn on outwards."""
    down, right = (max(1, round(abs(part) * side)) for side in shades.shape)
    if part > 0:
        return shades[down:-down, right:-right] if min(shades.shape) > 4 else shades
    return np.pad(shades, ((down, down), (right, right)), mode="edge")


def _check_still(opened: Any) -> None:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise BadPhoto(Why.TOO_MANY_PIXELS, f"{width} x {height}; give at most {MOST_PIXELS}")
    # A JPEG with more than one picture holds a depth map or a preview: phones do that.
    if opened.format in ("PNG", "WEBP") and getattr(opened, "is_animated", False):
        raise BadPhoto(Why.MOVING)


def _told_by_camera(opened: Any, zone: tzinfo) -> tuple[datetime | None, Point | None]:
    """Time and place."""
    taken_at = camera.taken_at(_tags(opened, ExifTags.IFD.Exif), zone)
    return taken_at, camera.position(_tags(opened, ExifTags.IFD.GPSInfo))


def _tags(opened: Any, directory: int) -> dict[int, Any]:
    """Of one directory of the Exif; broken Exif says nothing, the picture itself may be whole."""
    try:
        return dict(opened.getexif().get_ifd(directory))
    except Exception:
        return {}


def _small(opened: Any) -> Any:
    """A fresh RGB image: nothing but the pixels goes over."""
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise BadImage(f"image: {width} x {height} pixels; give at most {MOST_PIXELS}")
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at a part of its size
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = opened
    with suppress(Exception):  # broken Exif: the picture itself is whole
        upright = ImageOps.exif_transpose(opened)
    clean = Image.new("RGB", upright.size, "white")
    seen = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    clean.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return clean


def _jpeg(small: Any) -> bytes:
    for quality in QUALITIES:
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise BadImage(f"image: does not become smaller than {MOST_BYTES} bytes")
