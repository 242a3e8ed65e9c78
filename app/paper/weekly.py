"""The weekly report on paper: sentence, figures, two maps, agencies, what is late, the trend."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import folium
from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.paper import scale
from app.paper.frame import Line, number, signs
from app.paper.ground import Shape, sheet_of
from app.paper.page import Heading, page
from dispatch.figures import Figures
from dispatch.ground import Ground
from dispatch.leaders import Ranked
from dispatch.rows import AnyRow
from dispatch.rules.clocks import Clocks
from dispatch.rules.ticketing import WITH_ROOM, TicketKind
from dispatch.ticket_file import ListedTicket
from dispatch.weekly import Weekly

_MOST_COUNTS = 30  # numbers on a map
_TREND_WIDE, _TREND_HIGH = 640.0, 120.0
_HOUR_S = 3600

Measure = Callable[[Figures], int]


@dataclass(frozen=True, slots=True)
class Told:
    """The week with what is needed to say it."""

    weekly: Weekly
    shapes: Sequence[Shape]
    ground: Ground
    now: datetime
    language: str
    state_name: Callable[[str], str]


def weekly_sheet(heading: Heading, told: Told) -> str:
    """HTML of the report, whole in itself."""
    weekly = told.weekly
    total, clocks = weekly.overview.total, told.ground.regency.clocks
    return page(
        heading,
        render_template(
            "print_weekly.html",
            sentence=_sentence(told),
            facts=_facts(weekly, clocks),
            maps=[
                _map(told, _("Lewat batas sekarang"), lambda of: of.late),
                _map(told, _("Masuk minggu itu"), lambda of: of.received),
            ],
            agencies=[_agency(row, clocks) for row in weekly.overview.rows],
            categories=[_category(row) for row in weekly.categories if row.figures.received][:15],
            late=[_late(of, told) for of in weekly.late],
            late_left_out=max(0, total.late - len(weekly.late)),
            trend=_trend(weekly),
            left_out=weekly.overview.left_out,
            number=number,
        ),
    )


def worked(seconds: float | None, kind: str, clocks: Clocks) -> str:
    """12 hari kerja, 5 jam kerja; a dash where it is not known."""
    if seconds is None:
        return "–"
    days, hours = round(seconds / clocks.day_s(kind)), round(seconds / _HOUR_S)
    if clocks.is_wall(kind):
        if hours < 48:
            return str(_("%(n)s jam", n=number(max(1, hours))))
        return str(_("%(n)s hari", n=number(days)))
    if seconds >= clocks.day_s(kind):
        return str(_("%(n)s hari kerja", n=number(days)))
    return str(_("%(n)s jam kerja", n=number(max(1, hours))))


def share_words(of: Figures) -> str:
    """62 % (41–79 %), 40 dari 64; too few are told as counts."""
    share = of.share()
    if share is None:
        return str(_("%(k)s dari %(n)s: terlalu sedikit", k=of.on_time, n=of.timed + of.late))
    p, low, high = (number(100 * part) for part in (share.p, share.low, share.high))
    return f"{p}% ({low}–{high}%), {number(share.k)}/{number(share.n)}"


def _sentence(told: Told) -> str:
    total, rows = told.weekly.overview.total, told.weekly.overview.rows
    said = _(
        "%(received)s tiket masuk dan %(closed)s selesai dalam minggu itu.",
        received=number(total.received),
        closed=number(total.closed),
    )
    if not total.late or not told.weekly.late:
        return f"{said} {_('Tidak ada yang lewat batas saat ini.')}"
    first, clocks = told.weekly.late[0].row, told.ground.regency.clocks
    over_s = clocks.working_s(first.due_at, told.now, first.kind)
    late = _(
        "%(n)s tiket lewat batas saat ini di %(agencies)s instansi, terlama %(span)s di "
        "%(agency)s: %(what)s di %(place)s.",
        n=number(total.late),
        agencies=number(sum(row.figures.late > 0 and bool(row.name) for row in rows)),
        span=worked(over_s, first.kind, clocks),
        agency=_with(first, told.ground),
        what=told.ground.catalogue.category(first.category_code).name(told.language),
        place=_place(first.village_code, told.ground),
    )
    return f"{said} {late}"


def _facts(weekly: Weekly, clocks: Clocks) -> list[tuple[str, str]]:
    total, before = weekly.overview.total, weekly.before
    median_s, p90_s = total.times_s()
    stars = total.stars()
    kind = TicketKind.COMPLAINT
    return [
        (_("Masuk"), _then(total.received, before.received)),
        (_("Selesai"), _then(total.closed, before.closed)),
        (_("Tepat waktu"), share_words(total)),
        (_("Lewat batas sekarang"), _of(total.late, total.open, _("terbuka"))),
        (_("Separuh selesai dalam"), worked(median_s, kind, clocks)),
        (_("Sembilan dari sepuluh dalam"), worked(p90_s, kind, clocks)),
        (_("Dibuka lagi dalam 14 hari"), _of(total.reopened, total.received, _("masuk"))),
        (_("Bukan wewenang"), _of(total.returned, total.received, _("masuk"))),
        (_("Tanpa bukti yang diminta"), _of(total.no_proof, total.closed, _("selesai"))),
        (_("Bukti meragukan"), _of(total.elsewhere, total.closed, _("selesai"))),
        (_("Penilaian pelapor"), f"{number(stars, 1)} / 5 ({number(total.star_n)})"),
    ]


def _then(now: int, before: int) -> str:
    return str(_("%(n)s (minggu sebelumnya %(before)s)", n=number(now), before=number(before)))


def _of(n: int, of: int, what: str) -> str:
    return str(_("%(n)s dari %(of)s %(what)s", n=number(n), of=number(of), what=what))


def _agency(row: Ranked, clocks: Clocks) -> Line:
    of = row.figures
    median_s, _p90 = of.times_s()
    return Line(
        (
            None if row.rank is None else str(row.rank), row.name or str(_("Ruang 112")),
            share_words(of),
            number(of.late), number(of.open), number(of.received), number(of.closed),
            worked(median_s, TicketKind.COMPLAINT, clocks), number(of.reopened),
            number(of.returned), number(of.no_proof + of.elsewhere),
        )
    )  # fmt: skip


def _category(row: Ranked) -> Line:
    of = row.figures
    return Line((row.name, number(of.received), number(of.closed), number(of.late)))


def _late(listed: ListedTicket, told: Told) -> Line:
    of, clocks = listed.row, told.ground.regency.clocks
    return Line(
        (
            f"#{of.id}",
            told.ground.catalogue.category(of.category_code).name(told.language),
            _place(of.village_code, told.ground),
            of.place_text or None,
            _with(of, told.ground),
            told.state_name(of.state.value),
            worked(clocks.working_s(of.due_at, told.now, of.kind), of.kind, clocks),
        )
    )


def _with(of: AnyRow, ground: Ground) -> str:
    """Who has it: the room, while no agency was told."""
    if of.state in WITH_ROOM and of.kind != TicketKind.EMERGENCY:
        return str(_("Ruang 112"))
    return ground.catalogue.shorts([of.agency_id])[0]


def _place(code: str | None, ground: Ground) -> str:
    known = ground.by_code.get(code or "")
    return f"{known.name} ({known.district})" if known else str(_("desa belum diketahui"))


def _map(told: Told, title: str, measure: Measure) -> dict[str, object]:
    counts = {code: measure(of) for code, of in told.weekly.villages.items()}
    shades = scale.scale_for([float(n) for n in counts.values()], whole=True)
    labels = {shape.code: f"{title}: {number(counts.get(shape.code, 0))}" for shape in told.shapes}

    def above(shapes: Sequence[Shape]) -> Iterable[folium.GeoJson]:
        some = sorted(shapes, key=lambda s: -counts.get(s.code, 0))[:_MOST_COUNTS]
        spots = [(s.area.representative_point(), counts.get(s.code, 0)) for s in some]
        yield signs(
            [
                (p.x, p.y, {"className": "count", "iconSize": [0, 0], "html": f"<b>{n}</b>"})
                for p, n in spots
                if n
            ]
        )

    return {
        "title": title,
        "sheet": sheet_of(
            told.shapes,
            lambda code: f"load-{shades.shade(float(counts.get(code, 0)))}",
            above,
            labels,
        ),
        "legend": scale.legend(shades, unknown=False),
        "elsewhere": counts.get("", 0),
    }


def _trend(weekly: Weekly) -> Markup:
    """Bars of what came in and what was done, a week each; numbers only, so nothing to escape."""
    weeks = weekly.overview.trend
    most = max([1, *(w.received for w in weeks), *(w.closed for w in weeks)])
    step, high = _TREND_WIDE / len(weeks), _TREND_HIGH - 16
    bars = []
    for at, week in enumerate(weeks):
        for n, kind, off in ((week.received, "load-2", 0.1), (week.closed, "load-4", 0.5)):
            tall = high * n / most
            bars.append(
                f'<rect class="{kind}" x="{(at + off) * step:.1f}" y="{high - tall:.1f}"'
                f' width="{0.36 * step:.1f}" height="{tall:.1f}"/>'
            )
        if at % 5 == 0:
            bars.append(
                f'<text x="{at * step:.1f}" y="{_TREND_HIGH - 3:.1f}" font-size="9">'
                f"{week.week:%d.%m.}</text>"
            )
    label = escape(_("26 minggu terakhir"))
    return Markup(  # noqa: S704 - numbers of ours
        f'<svg class="trend" viewBox="0 0 {_TREND_WIDE:.0f} {_TREND_HIGH:.0f}" role="img"'
        f' aria-label="{label}">'
        f'<text x="{_TREND_WIDE - 40:.0f}" y="10" font-size="9">{most}</text>{"".join(bars)}</svg>'
    )
