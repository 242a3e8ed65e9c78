"""Invented photographs of streets: drawn, so that their copies and their neighbours are known."""

import io
import random
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

SIZE = (1200, 900)


@dataclass(frozen=True)
class Scene:
    """A street as it stands, and where one stands to photograph it."""

    place: int  # houses, trees and sky follow from it
    repaired: bool = False
    step: float = 0.0  # to the right, as a part of the picture's width
    nearer: float = 1.0
    light: float = 1.0
    shot: int = 0  # noise of the sensor

    def drawn(self) -> Image.Image:
        """The photograph."""
        chance = random.Random(self.place)  # noqa: S311 - a picture, no secret
        picture = Image.new("RGB", SIZE, _mixed((120, 160, 210), (210, 220, 230), chance.random()))
        draw = ImageDraw.Draw(picture)
        horizon = int(SIZE[1] * chance.uniform(0.3, 0.5))
        ground = _mixed((70, 110, 50), (170, 150, 110), chance.random())
        draw.rectangle((0, horizon, *SIZE), ground)
        _clouds(draw, chance, horizon)
        _houses(draw, chance, horizon)
        _road(draw, chance, horizon, self.repaired)
        _trees(draw, chance, horizon)
        return self._seen(picture)

    def _seen(self, picture: Image.Image) -> Image.Image:
        wide, high = SIZE
        w, h = wide / self.nearer * 0.85, high / self.nearer * 0.85
        left = (wide - w) / 2 + self.step * wide
        box = (left, (high - h) / 2, left + w, (high + h) / 2)
        picture = picture.transform(SIZE, Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
        picture = ImageEnhance.Brightness(picture).enhance(self.light)
        grain = Image.effect_noise((SIZE[0], SIZE[1]), 24).convert("RGB")
        return Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), grain, 0.08)


def jpeg(picture: Image.Image, quality: int = 88, **more: object) -> bytes:
    """The file that a phone would send."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def copies(picture: Image.Image) -> dict[str, Image.Image]:
    """The same photograph after what messengers and people do to it."""
    wide, high = picture.size
    edge_x, edge_y = int(wide * 0.025), int(high * 0.025)
    saved = Image.open(io.BytesIO(jpeg(picture, quality=45)))
    return {
        "disimpan ulang, mutu 45": saved,
        "diperkecil ke 640": picture.resize((640, 480), Image.Resampling.LANCZOS),
        "dipotong 5 %": picture.crop((edge_x, edge_y, wide - edge_x, high - edge_y)),
        "dipotong 5 % dari satu sisi": picture.crop((0, 0, wide - 2 * edge_x, high)),
        "lebih terang 30 %": ImageEnhance.Brightness(picture).enhance(1.3),
        "lebih kontras 30 %": ImageEnhance.Contrast(picture).enhance(1.3),
    }


def neighbours(place: int) -> dict[str, Image.Image]:
    """Other photographs of the same street: honest ones, which must not be taken for copies."""
    here = Scene(place)
    return {
        "langkah ke kanan": replace(here, step=0.06, shot=1).drawn(),
        "lebih dekat": replace(here, nearer=1.35, shot=2).drawn(),
        "sesudah diperbaiki": replace(here, repaired=True, step=0.03, nearer=1.1).drawn(),
        "sore hari": replace(here, repaired=True, step=-0.05, light=0.55).drawn(),
    }


def _clouds(draw: ImageDraw.ImageDraw, chance: random.Random, horizon: int) -> None:
    for _ in range(chance.randint(2, 7)):
        x, y = chance.randint(0, SIZE[0]), chance.randint(0, horizon)
        w, h = chance.randint(120, 420), chance.randint(30, 90)
        draw.ellipse((x, y, x + w, y + h), (235, 238, 240))


def _houses(draw: ImageDraw.ImageDraw, chance: random.Random, horizon: int) -> None:
    for _ in range(chance.randint(3, 8)):
        x, w = chance.randint(-50, SIZE[0]), chance.randint(90, 260)
        top = horizon - chance.randint(40, 180)
        wall = tuple(chance.randint(90, 240) for _ in range(3))
        draw.rectangle((x, top, x + w, horizon + chance.randint(0, 60)), wall)
        roof = (chance.randint(120, 190), 70, 50)
        draw.polygon(((x - 20, top), (x + w + 20, top), (x + w / 2, top - w * 0.35)), roof)
        for n in range(chance.randint(1, 3)):
            left = x + 20 + n * 60
            draw.rectangle((left, top + 30, left + 30, top + 70), (50, 60, 70))


def _road(draw: ImageDraw.ImageDraw, chance: random.Random, horizon: int, repaired: bool) -> None:
    middle, wide = chance.randint(350, 850), chance.randint(260, 520)
    grey = chance.randint(70, 130)
    corners = ((middle - 20, horizon), (middle + 20, horizon))
    base = ((middle + wide, SIZE[1]), (middle - wide, SIZE[1]))
    draw.polygon((*corners, *base), (grey, grey, grey))
    for _ in range(chance.randint(2, 5)):
        x = middle + chance.randint(-wide // 3, wide // 3)
        y = chance.randint(horizon + 150, SIZE[1] - 60)
        w = chance.randint(60, 200)
        hole = (grey - 25, grey - 22, grey - 20) if repaired else (60, 48, 36)
        draw.ellipse((x, y, x + w, y + w * 0.4), hole)


def _trees(draw: ImageDraw.ImageDraw, chance: random.Random, horizon: int) -> None:
    for _ in range(chance.randint(1, 6)):
        x, high = chance.randint(0, SIZE[0]), chance.randint(120, 420)
        foot = horizon + chance.randint(20, 200)
        draw.rectangle((x - 9, foot - high, x + 9, foot), (80, 60, 40))
        wide = chance.randint(60, 150)
        crown = (chance.randint(20, 70), chance.randint(80, 130), chance.randint(20, 60))
        draw.ellipse((x - wide, foot - high - wide, x + wide, foot - high + wide * 0.7), crown)


def _mixed(
    one: tuple[int, int, int], other: tuple[int, int, int], share: float
) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
