"""Puts words into the mouths of people who do not exist."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from dispatch.calls import CallReport
from dispatch.demo import words
from dispatch.regency import CategoryEntry
from dispatch.rules.workflow import CallClass, Channel
from geo.point import Point

UNPINNED_SHARE = 0.12
RESTRICTED_SHARE = 0.04
# +62 000 112 xxxxx cannot ring: after +62 a national number never begins with 0.
PHONE = "+62000112{:05d}"
# How often, beside the usual 1; by category code where a regency has it.
HOW_OFTEN = {
    "kesehatan": 6.0,
    "lalu_lintas": 5.0,
    "kebakaran": 3.0,
    "penyelamatan": 2.0,
    "pohon_tumbang": 2.0,
    "air": 4.0,
    "jalan": 4.0,
    "listrik": 3.0,
    "sampah": 3.0,
    "lampu_jalan": 2.0,
    "laka_laut": 1e-9,  # comes once, at sea
    "tenggelam": 0.4,
    "longsor": 0.3,
}
AT_SEA = "laka_laut"


@dataclass(frozen=True, slots=True)
class DemoVillage:
    """A village that calls may come from."""

    code: str
    name: str
    district: str
    area: BaseGeometry  # WGS 84
    weight: float  # relative number of people
    island: bool = False  # not on the main land
    watched: bool = False  # its head has a screen, which shall not be empty


class Teller:
    """Makes up reports; the same chance makes up the same ones."""

    def __init__(
        self,
        chance: random.Random,
        villages: Sequence[DemoVillage],
        categories: Sequence[CategoryEntry],
    ) -> None:
        self.chance, self.villages, self.categories = chance, villages, categories

    def village(self, among: Sequence[DemoVillage] | None = None) -> DemoVillage:
        """One of them, the populous more often."""
        among = among or self.villages
        return self.chance.choices(among, [v.weight for v in among])[0]

    def category(self, kind: str) -> CategoryEntry:
        """One of that kind, as often as it happens; sensitive ones seldom."""
        of_kind = [c for c in self.categories if c.kind == kind] or list(self.categories)
        open_ones = [c for c in of_kind if c.group is None or c.group == "medis"]
        others = [c for c in of_kind if c not in open_ones]
        if others and (not open_ones or self.chance.random() < RESTRICTED_SHARE):
            return self.chance.choice(others)
        return self.chance.choices(open_ones, [HOW_OFTEN.get(c.code, 1.0) for c in open_ones])[0]

    def tells(
        self, category: CategoryEntry, village: DemoVillage, *, pinned: bool = False
    ) -> CallReport:
        """A first call about an event in the village; `pinned`: surely with a pin."""
        vague = not pinned and self.chance.random() < UNPINNED_SHARE
        known = not vague or self.chance.random() < 0.4  # without pin, but the village is said
        return self._report(
            where=self._where(village) if known else self.chance.choice(words.VAGUE_PLACES),
            what=self._said(category),
            category=category.code,
            life_at_risk=category.priority > 1 and self.chance.random() < 0.05,
            pin=None if vague else self._inside(village.area),
            pinned_by=None if vague else self.chance.choice(("petugas", "petugas", "tempat")),
            said_village=village.code if known else None,
        )

    def at_sea(self, point: Point) -> CallReport:
        """A call from the water."""
        codes = {c.code: c for c in self.categories}
        category = codes.get(AT_SEA) or self.category("darurat")
        return self._report(
            where=self.chance.choice(words.SEA_PLACES),
            what=self._said(category),
            category=category.code,
            pin=point,
            pinned_by="petugas",
        )

    def again(self, first: CallReport) -> CallReport:
        """Somebody else who tells of the same event."""
        return self._report(
            where=first.where,
            what=self.chance.choice(words.AGAIN),
            category=first.category,
            pin=first.pin and self._near(first.pin),
            pinned_by=first.pinned_by,
            said_village=first.said_village,
        )

    def prank(self) -> CallReport:
        """A call that is none."""
        kind = self.chance.choice((CallClass.GHOST, CallClass.PRANK))
        said = words.GHOST if kind is CallClass.GHOST else words.PRANK
        return self._report(
            call_class=kind,
            what=self.chance.choice(said),
            caller=None,
            channel=Channel.PHONE_112,
        )

    def information(self) -> CallReport:
        """A question that is answered on the spot."""
        return self._report(
            call_class=CallClass.INFORMASI, what=self.chance.choice(words.INFORMATION)
        )

    def _report(self, **said: object) -> CallReport:
        channel = self.chance.choices(list(Channel), [88, 5, 2, 3, 2])[0]
        name = f"{self.chance.choice(words.FIRST_NAMES)} {self.chance.choice(words.LAST_NAMES)}"
        usual = {
            "channel": channel,
            # Few numbers in all, so that some callers have a history.
            "phone": PHONE.format(self.chance.randrange(400)),
            "caller": name.strip() if self.chance.random() < 0.7 else None,
            "demo": True,
        }
        return CallReport(**{**usual, **said})  # type: ignore[arg-type]

    def _where(self, village: DemoVillage) -> str:
        return self.chance.choice(words.PLACES).format(
            desa=village.name,
            kec=village.district,
            patokan=self.chance.choice(words.LANDMARKS),
            rt=self.chance.randint(1, 9),
            rw=self.chance.randint(1, 6),
        )

    def _said(self, category: CategoryEntry) -> str:
        return self.chance.choice(
            words.SAID.get(category.code) or words.SAID_BY_KIND[category.kind]
        )

    def _inside(self, area: BaseGeometry) -> Point:
        """A random point of the area, 6 decimals (0.1 m)."""
        west, south, east, north = area.bounds
        for _ in range(2000):
            lon = round(self.chance.uniform(west, east), 6)
            lat = round(self.chance.uniform(south, north), 6)
            if shapely.contains_xy(area, lon, lat):
                return Point(lon=lon, lat=lat)
        inside = area.representative_point()  # a sliver that chance does not hit
        return Point(lon=inside.x, lat=inside.y)

    def _near(self, point: Point) -> Point:
        """Up to some 200 m off: another sees it from elsewhere."""
        return Point(
            lon=round(point.lon + self.chance.gauss(0, 0.0007), 6),
            lat=round(point.lat + self.chance.gauss(0, 0.0007), 6),
        )
