"""Where is that? From a caller's words, a pin or a phone's circle to places, villages, a question.

All in the process: a Finder is read once and asked without a database session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo import address, plus_code
from geo.address.said import Said
from geo.coordinates import Typed
from geo.elsewhere import VENDOR, Country
from geo.errors import BadPoint
from geo.finding import Asking, Candidate, Evidence, Found, Heard, Weighed
from geo.gazetteer.entries import Entry, read_entries, read_learned
from geo.locator import Locator
from geo.point import Point, pin_at
from geo.schema import Village
from geo.search import asking, candidates
from geo.search.clues import clues_in
from geo.search.hypotheses import SOMEWHERE, Hypothesis, Postcodes, before_all, weigh
from geo.search.names import Names
from geo.territory import SeaEdge, Territory
from geo.uncertainty.chances import Chances
from geo.uncertainty.location import InVillages, Location, circle
from geo.uncertainty.questions import (
    ACCEPT,
    UNSURE,
    Belief,
    Road,
    RtArea,
    Side,
    accepted,
    best_question,
)

PIN_RADIUS_M = 40.0  # 68 % of the pins that a hand puts on a map lie within it
_DEGREE_M = 111_000.0
_BORDER_M = 100.0  # so far off may a village be that words name beside a point
_WIDE_M = 150.0  # from this radius on words count beside a circle
_UNSAID = 0.05  # what a village counts for that was not named
_MOST_OTHERS = 24
_POINTS = 1024  # of a belief; its chances before any answer are exact
_FIGURES = "koordinat"  # source of a place that was given in figures
BEYOND = "luar wilayah"  # where no name is known for what lies beyond
_MOST_CHOSEN = 12  # answers among which a chosen one is looked for
_MOST_UNSURE = 3  # who knows three answers in a row not, is not asked a fourth
_NEVER_SURE = 0.02  # of words: what is left for a place that nobody thought of
_ELSEWHERE = 0.5  # from here on the answer is "luar wilayah"


_SPOT_WORDS = {
    "id": {
        "typed": "Koordinat disebut",
        "plus": "Plus code disebut",
        "swapped": "Lintang dan bujur tampak tertukar; dibaca terbalik",
    },
    "en": {
        "typed": "Coordinates were given",
        "plus": "A plus code was given",
        "swapped": "Latitude and longitude look swapped; read the other way round",
    },
}


@dataclass(frozen=True, slots=True)
class _Spot:
    """A point given in figures, how exactly, and how it was read: typed, plus, swapped."""

    point: Point
    exact_m: float
    how: str


@dataclass(frozen=True, slots=True)
class Finder:
    """The names, villages and borders of one regency, ready to be asked. Threads may share it."""

    locator: Locator
    territory: Territory
    country: Country
    _names: Names
    _before: Mapping[str, float]
    _seats: Mapping[str, tuple[Point, float]]
    _postcodes: Postcodes
    _spots: asking.Spots

    @classmethod
    def read(
        cls,
        session: Session,
        locator: Locator | None = None,
        sea: SeaEdge | None = None,
        country: Path = VENDOR,
    ) -> Finder:
        """Everything from the edition in force. Raises NoEdition where there is none."""
        locator = locator or Locator.read(session)
        entries = read_entries(session)
        names = Names(locator.villages, entries)
        return cls(
            locator=locator,
            territory=Territory.read(session, locator, sea),
            country=Country.read(_home(locator), country),
            _names=names,
            _before=before_all(names.by_code, names.things),
            _seats=_seats(entries),
            _postcodes=_postcodes(session, locator.edition_id),
            _spots=asking.Spots.of(entries),
        )

    def with_learned(self, session: Session, now: datetime) -> Finder:
        """The same with the learned names as they stand now."""
        return replace(self, _names=self._names.beside(read_learned(session, now)))

    def locate(
        self, text: str, limit: int = 8, language: str = "id", *, typing: bool = False
    ) -> Found:
        """Places that the words can mean, best first; or the other regency that they name.

        typing  the last word may not be finished
        A text with coordinates, a map link or a plus code in it has that one answer.
        Never raises for what is in the text.
        """
        said = address.read(text)
        found = self._hypotheses(said, typing=typing)
        if (spot := self._point_said(said)) is not None:
            return self._pinned(spot, found, language)
        ours = candidates.candidates_of(said, found, self._ground(), limit, language)
        return Found(tuple(ours), self._outside(found))

    def candidate(self, text: str, key: str, language: str = "id") -> Candidate | None:
        """The answer to the text that has this key, also where its last word was cut short."""
        for typing in (False, True):
            found = self.locate(text, _MOST_CHOSEN, language, typing=typing).candidates
            if (chosen := next((one for one in found if one.key == key), None)) is not None:
                return chosen
        return None

    def knows_regency(self, name: str) -> bool:
        """Whether that is the official name of a regency or a province, or "luar wilayah"."""
        named = (*(one.name for one in self.country.regencies.values()), BEYOND)
        provinces = self.country.province_names.values()
        return name in named or name.removeprefix("Provinsi ") in provinces

    def placed(self, candidate: Candidate) -> Candidate:
        """A candidate of another source, with the villages that it may lie in."""
        chances = self.territory.chances(candidate.location)
        villages = candidates.village_chances(dict(chances.villages), self._names)
        return replace(candidate, villages=villages)

    def heard(self, text: str) -> Heard:
        """What the words alone say of village and regency."""
        said = address.read(text)
        found = self._hypotheses(said)
        if (spot := self._point_said(said)) is not None:
            pinned = self._pinned(spot, found, "id")
            villages = pinned.candidates[0].villages if pinned.candidates else ()
            return Heard(villages=villages, outside=self._outside(found))
        told = [one for one in found if one.is_village and one.used]
        chances = {one.code: one.p for one in told}
        return Heard(
            villages=candidates.village_chances(chances, self._names),
            outside=self._outside(found),
        )

    def weigh(self, evidence: Evidence, language: str = "id") -> Weighed:
        """What pin, words, choice and answers come to together, and what to ask next.

        Raises BadQuestion for an answer to a question that was never asked.
        """
        where = self._where(evidence, language)
        if where is None:
            outside = float(self.heard(evidence.text).outside is not None)
            return Weighed(
                location=None, villages=(), sea=0.0, outside=outside, accepted=None,
                question=None, shape=None,
            )  # fmt: skip
        location, likeliest = where
        chances = self.territory.chances(location)
        sure = _sure(chances)
        if evidence.pin is not None and not evidence.answers and sure is not None:
            return self._weighed(where, chances, sure, None)
        sides, rts = self._near(likeliest)
        belief = self._told(Belief.of(self.territory, location, _POINTS), evidence)
        belief = belief.after(evidence.answers, sides, rts)
        asked = [question for question, _ in evidence.answers]
        tired = sum(option == UNSURE for _, option in evidence.answers) >= _MOST_UNSURE
        question = None if tired else best_question(belief, asked, sides, rts)
        in_words = asking.in_words(question, self._names, language) if question else None
        return self._weighed(where, belief.chances, accepted(belief), in_words)

    def _weighed(
        self,
        where: tuple[Location, Location],
        chances: Chances,
        sure: str | None,
        question: Asking | None,
    ) -> Weighed:
        return Weighed(
            location=where[0],
            villages=candidates.village_chances(dict(chances.villages), self._names),
            sea=chances.sea,
            outside=chances.outside,
            accepted=sure,
            question=question,
            shape=self.territory.outline(where[1]),
        )

    def _told(self, belief: Belief, evidence: Evidence) -> Belief:
        """A wide circle, or a place near a border, lies sooner in the village that was named."""
        hand = evidence.pin is not None and (evidence.radius_m or 0.0) < _WIDE_M
        if hand or not evidence.text or (evidence.pin is None and evidence.key is None):
            return belief
        said = {village.code: village.p for village in self.heard(evidence.text).villages}
        factor = np.array([_UNSAID + said.get(place, 0.0) for place in belief.cloud.places])
        weight = belief.weight * factor[belief.cloud.place]
        return replace(belief, weight=weight / weight.sum())

    def _ground(self) -> candidates.Ground:
        areas = {v.code: a for v, a in zip(self.locator.villages, self.locator.areas, strict=True)}
        return candidates.Ground(self._names, self.territory, self._seats, areas)

    def _near(self, location: Location) -> tuple[list[Side | Road], list[RtArea]]:
        """Landmarks, roads and RT that can be asked about."""
        centre, radius_m = self.territory.middle(location), self.territory.radius_68_m(location)
        if centre is None or radius_m is None:
            return [], []
        return self._spots.near(centre, radius_m)

    def _where(self, evidence: Evidence, language: str) -> tuple[Location, Location] | None:
        """All of where it may be, and the likeliest part of that; None when nobody knows."""
        if evidence.pin is not None:
            radius_m = PIN_RADIUS_M if evidence.radius_m is None else evidence.radius_m
            location = circle(evidence.pin, radius_m, evidence.confidence)
            return location, location
        if evidence.key is not None:
            chosen = self.candidate(evidence.text, evidence.key, language)
            if chosen is not None:
                return chosen.location, chosen.location
        found = self.locate(evidence.text, language=language).candidates
        if found and found[0].source == _FIGURES:
            return found[0].location, found[0].location
        if not found:
            return None
        said = [village.code for village in self.heard(evidence.text).villages]
        return mixture(found, self._others(said)), found[0].location

    def _others(self, said: Sequence[str]) -> tuple[str, ...]:
        """Villages for what the candidates leave over: said, else where most is known."""
        busy = sorted(self._before, key=lambda code: -self._before[code])
        return tuple(dict.fromkeys([*said, *busy]))[:_MOST_OTHERS]

    def _point_said(self, said: Said) -> _Spot | None:
        """A point that the text gives in figures."""
        try:
            if said.coordinates is not None:
                return _pin(said.coordinates)
            if said.plus_code is not None:
                return self._plus(said.plus_code)
        except (BadPoint, plus_code.BadPlusCode):  # still being typed, or of another country
            return None
        return None

    def _plus(self, code: str) -> _Spot:
        """A short code is meant near the middle of our ground."""
        west, south, east, north = shapely.total_bounds(list(self.locator.areas)).tolist()
        near = Point(lon=(west + east) / 2, lat=(south + north) / 2)
        area = plus_code.decode(plus_code.recover(code, near))
        point = pin_at(area.middle.lon, area.middle.lat)
        return _Spot(point, max(area.diagonal_m / 2, 3.0), "plus")

    def _pinned(self, spot: _Spot, found: Sequence[Hypothesis], language: str) -> Found:
        """The point; a village that the words name as well counts where the border is near."""
        point, exact_m = spot.point, spot.exact_m
        location = circle(point, exact_m)
        chances = self.territory.chances(circle(point, max(exact_m, _BORDER_M)))
        named = {one.code: one.p for one in found if one.is_village and one.used}
        weights = {code: p * (0.05 + named.get(code, 0.0)) for code, p in chances.villages}
        total, inside = sum(weights.values()) or 1.0, 1.0 - chances.sea - chances.outside
        if named:
            shares = {code: inside * weight / total for code, weight in weights.items()}
        else:
            shares = dict(self.territory.chances(location).villages)
        villages = candidates.village_chances(shares, self._names)
        beyond = self._outside(found)
        if beyond is None and chances.outside > _ELSEWHERE:
            beyond = BEYOND
        context = f"{villages[0].name}, {villages[0].district}" if villages else ""
        candidate = Candidate(
            key=f"koordinat:{point.lat:.6f},{point.lon:.6f}",
            label=f"{point.lat:.6f}, {point.lon:.6f}",
            kind="koordinat",
            context=context or beyond or "",
            point=point,
            radius_m=exact_m,
            location=location,
            p=1.0,
            villages=villages,
            why=_SPOT_WORDS.get(language, _SPOT_WORDS["id"])[spot.how],
            source=_FIGURES,
        )
        return Found((candidate,), beyond)

    def _hypotheses(self, said: Said, *, typing: bool = False) -> list[Hypothesis]:
        clues = clues_in(said, self._names, self.country, typing=typing)
        return weigh(said, clues, self._before, self.country.home, self._postcodes)

    def _outside(self, found: Sequence[Hypothesis]) -> str | None:
        """The regency that the words speak of, where that is likelier than all of ours."""
        beyond = [one for one in found if not one.is_village]
        if not beyond or sum(one.p for one in beyond) < _ELSEWHERE:
            return None
        best = beyond[0].code
        if best == SOMEWHERE:
            return "kabupaten lain"
        if best in self.country.province_names:
            return f"Provinsi {self.country.province_names[best]}"
        near = {one.code: one.score for one in beyond}
        twins = self.country.by_name[self.country.regencies[best].bare]
        meant = {clue.regency for one in beyond for clue in one.used if clue.regency in twins}
        chosen = max(twins, key=lambda code: (near.get(code, -99.0), code in meant))
        return self.country.regencies[chosen].name


def _sure(chances: Chances) -> str | None:
    """The village that is accepted without looking closer: no answers, no words to weigh."""
    best = chances.weighed().best
    return best[0] if best is not None and best[1] >= ACCEPT else None


def mixture(found: Sequence[Candidate], others: tuple[str, ...]) -> Location:
    """All candidates as one location, each with its share.

    What they leave over, and some doubt always, goes to these villages.
    """
    total = sum(candidate.p for candidate in found)
    sure = min(total, 1.0 - _NEVER_SURE)
    parts = [
        (candidate.p / total * sure * weight, part)
        for candidate in found
        for weight, part in candidate.location.parts
    ]
    return Location((*parts, (1.0 - sure, InVillages(codes=others))))


def _pin(typed: Typed) -> _Spot:
    """The point that was typed; with its axes turned round, and said so, where only that fits."""
    exact_m = max(typed.fine_deg * _DEGREE_M, 1.0)
    try:
        return _Spot(pin_at(typed.lon, typed.lat), exact_m, "typed")
    except BadPoint:
        return _Spot(pin_at(typed.lat, typed.lon), exact_m, "swapped")


def _home(locator: Locator) -> str:
    """Code of the regency: the first two parts of its villages' codes."""
    return ".".join(locator.villages[0].code.split(".")[:2]) if locator.villages else ""


def _seats(entries: Sequence[Entry]) -> dict[str, tuple[Point, float]]:
    return {
        entry.villages[0]: (entry.point, entry.spread_m)
        for entry in entries
        if entry.source.startswith("edition:") and entry.kind != "kecamatan" and entry.point
    }


def _postcodes(session: Session, edition_id: int) -> Postcodes:
    rows = session.execute(
        select(Village.code, Village.postal_code).where(Village.edition_id == edition_id)
    ).all()
    of = {code: post for code, post in rows if post}
    return Postcodes(of, frozenset(post[:3] for post in of.values()))
