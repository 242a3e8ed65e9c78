"""What prints are made of: cases with their sums, figures of a village, headings in words."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import i18n
from app.api.exports import case_of
from app.auth.guard import me
from app.auth.sessions import Person
from app.pages.prints_form import Wish
from app.paper.cases import MOST_SIGNS, ROWS, Gathered
from app.paper.frame import Line, age, number
from app.paper.ground import Shape
from app.paper.page import Heading
from app.parts import parts
from dispatch import exports, neighbourhoods
from dispatch.exports import Asked
from dispatch.ground import Ground
from dispatch.load import VillageLoad
from dispatch.scope import Role

K = TypeVar("K")
_GRID = 30  # squares along a map's longer side, where single signs would hide each other
_LOCAL = ("localhost", "127.0.0.1", "::1")


def gather(
    session: Session, asked: Asked, ground: Ground, person: Person, oldest_first: bool = False
) -> Gathered:
    """The cases that are asked for, as a print shows them."""
    now, catalogue = parts().now(), ground.catalogue
    sums = exports.sums(session, asked, now, catalogue)
    west, south, east, north = _bounds(asked, ground)
    # So fine that each case has its own, where there are few; else as the eye can tell apart.
    side = max(east - west, north - south) / (_GRID if sums.n > MOST_SIGNS else 20_000)
    rows = next(exports.cases(session, asked, now, catalogue, ROWS, oldest_first), [])
    language, hides = i18n.language(), person.role == Role.FIELD_UNIT
    names = {code: catalogue.category(code).name(language) for code in sums.by_category}
    shorts = {one: catalogue.shorts([one])[0] for one in sums.by_agency}
    listed = [case_of(row, ground, person.scope, now) for row in rows]
    for case in listed:
        case["category_name"] = case["category_name_en" if language == "en" else "category_name"]
    return Gathered(
        sums=sums,
        cells=exports.cells(session, asked, now, catalogue, side, (south + north) / 2),
        listed=listed,
        # What a crew's sensitive case is about would stand in the sums.
        categories=[] if hides else _most_first(sums.by_category, names),
        agencies=[] if hides else _most_first(sums.by_agency, shorts),
        closed=asked.closed,
        now=now.astimezone(parts().regency.hours.zone),
    )


def _most_first(counts: Mapping[K, int], names: Mapping[K, str]) -> list[tuple[str, int]]:
    return sorted(((names[key], n) for key, n in counts.items()), key=lambda p: (-p[1], p[0]))


def _bounds(asked: Asked, ground: Ground) -> tuple[float, float, float, float]:
    if asked.village is None:
        return ground.bounds
    at = next(i for i, v in enumerate(ground.locator.villages) if v.code == asked.village)
    west, south, east, north = ground.locator.areas[at].bounds
    return west, south, east, north


def counts_by_part(session: Session, code: str) -> list[Line]:
    """Counts by dusun, RW and RT; empty where no register was imported or none is known."""
    told = neighbourhoods.count_open(session, code)
    rows = [Line((p.dusun, p.rw, p.rt, number(n))) for p, n in told.parts if n]
    if rows and told.unknown:
        rows.append(Line((str(_("belum diketahui")), "", "", number(told.unknown))))
    return rows


def shape_of(of: exports.Outlined) -> Shape:
    """As the drawing takes it."""
    return Shape(of.code, of.name, of.kind, of.district, of.district_code, of.area, of.population)


def facts_of(own: Shape, there: VillageLoad, closed: int | None) -> Sequence[tuple[str, str]]:
    """What stands above a village's map: names and values in words."""
    now, people = parts().now(), own.population
    facts = [
        (_("Terbuka"), number(there.open)),
        (_("Lewat waktu"), number(there.late)),
        (_("Terlama"), age(there.oldest_at, now)),
        (_("Penduduk"), number(people) if people else _("belum diketahui")),
    ]
    if people:
        facts.append((_("Per 1.000 penduduk"), number(1000 * there.open / people, 2)))
    if closed is not None:
        facts.append((_("Ditutup 30 hari terakhir"), number(closed)))
    return [(str(name), str(value)) for name, value in facts]


def heading_of(title: str, wish: Wish, ground: Ground, demo: bool) -> Heading:
    """Title, time, what is left out, and on which boundaries."""
    regency, person = parts().regency, me()
    notes = [
        _("Batas desa: %(title)s (%(status)s).", title=ground.title, status=ground.locator.status)
    ]
    if person.role in (Role.AGENCY_OFFICER, Role.FIELD_UNIT):
        notes.append(_("Hanya kejadian yang menjadi tugas Anda."))
    if person.role == Role.PLANNER:
        notes.append(_("Kejadian yang peka tidak ikut dihitung."))
    return Heading(
        title=str(title),
        service=regency.service,
        as_of=parts().now().astimezone(regency.hours.zone),
        zone=regency.hours.zone_name,
        notes=notes,
        sub=" · ".join(_filter_words(wish, ground)),
        demo=demo,
        paper=wish.paper,
        picture=wish.form == "png",
    )


def _filter_words(wish: Wish, ground: Ground) -> list[str]:
    """What was asked for, as words under the title: a print must say what it leaves out."""
    asked, catalogue, language = wish.filter, ground.catalogue, i18n.language()
    words = [wish.period, {"darurat": _("darurat"), "aduan": _("aduan")}.get(asked.kind or "", "")]
    words += sorted(catalogue.category(code).name(language) for code in asked.categories)
    words += [a.short for a in catalogue.agencies.values() if a.code == asked.agency]
    words += [f"{_('prioritas')} {', '.join(map(str, sorted(asked.priorities)))}"] * bool(
        asked.priorities
    )
    words += [asked.channel or "", _("hanya yang lewat waktu") if asked.late else ""]
    if wish.village and (named := ground.by_code.get(wish.village)):
        words.append(f"{named.kind.capitalize()} {named.name}")
    return [str(word) for word in words if word]


def public_address(code: str) -> str | None:
    """Of the village's public page, as the one who asks reached us; None: nothing is public."""
    if not parts().regency.public.shown:
        return None
    return f"{request.url_root.rstrip('/')}/sematan/{code}"


def poster_hint() -> str:
    """A word to who would print an address that nobody else knows."""
    host = urlsplit(request.url_root).hostname
    if host not in _LOCAL:
        return ""
    return str(
        _("Kode ini memuat alamat komputer ini saja. Buka halaman ini lewat alamat yang "
          "dikenal warga, lalu cetak.")
    )  # fmt: skip
