"""Pictures from phones made plain: a small JPEG with nothing in it but what is to be seen."""

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

# The three are named so that they are there before a thread needs them.
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from dispatch.errors import BadImage

MOST_BYTES_IN = 15_000_000
MOST_BYTES = 2_000_000  # also a CHECK of the table
MOST_PIXELS = 64_000_000  # of what comes in: more would be a bomb, no camera of a crew
LONGEST_SIDE = 1600
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
