"""Draws the pictures of a play: no photo of anything, and each says so."""

import io
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw

from geo.point import Point

SIZE = (640, 420)
_SKIES = ((188, 205, 214), (214, 200, 180), (170, 190, 220), (205, 214, 190))


def drawn_photo(number: int, place: Point | None, at: datetime) -> bytes:
    """JPEG of a mended road, with Exif as a telephone writes it: where, and when on its clock."""
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.DateTimeOriginal: f"{at:%Y:%m:%d %H:%M:%S}",
    }
    if place is not None:
        exif[ExifTags.IFD.GPSInfo] = {
            ExifTags.GPS.GPSLatitudeRef: "N" if place.lat >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _sexagesimal(place.lat),
            ExifTags.GPS.GPSLongitudeRef: "E" if place.lon >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _sexagesimal(place.lon),
        }
    out = io.BytesIO()
    drawn(number).save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()


def drawn(number: int) -> Image.Image:
    """A sketch of a mended road; another number, another sketch."""
    width, height = SIZE
    image = Image.new("RGB", SIZE, _SKIES[number % len(_SKIES)])
    draw = ImageDraw.Draw(image)
    horizon = height * (0.38 + number % 5 * 0.04)
    draw.rectangle((0, horizon, width, height), fill=(122, 134, 104))
    left = 190 + number % 6 * 30
    road = [(left, horizon), (left + 140, horizon), (left + 360, height), (left - 220, height)]
    draw.polygon(road, fill=(84, 86, 90))
    at = 130 + number % 7 * 40
    draw.polygon([(at, 300), (at + 130, 300), (at + 160, 360), (at - 20, 360)], fill=(44, 45, 48))
    draw.text((16, 14), "CONTOH PERAGAAN, bukan foto", fill=(20, 30, 40), font_size=26)
    return image


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = abs(degrees) % 1 * 60
    return float(int(abs(degrees))), float(int(minutes)), minutes % 1 * 60
