"""What an analysis says in a sentence or two, in two languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from dispatch.reports.ask import Against, Ask, Method, Unit
from dispatch.reports.caveats import Caveat, number

Json = dict[str, Any]
_NAMED = 5  # places that a sentence names
RECENT_DAYS = 7  # days of an alarm that count as now

UNITS = {
    Unit.VILLAGE: ("desa", "villages"),
    Unit.DISTRICT: ("kecamatan", "districts"),
    Unit.HEXAGON: ("petak", "cells"),
}
AGAINST = {
    Against.NOTHING: ("", ""),
    Against.PEOPLE: (" menurut jumlah penduduk", " for their people"),
    Against.AREA: (" menurut luasnya", " for their area"),
    Against.ROADS: (" menurut panjang jalannya", " for their roads"),
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "lebih": ("lebih banyak kejadian dari yang wajar", "more happens than chance would have it"),
    "kurang": ("lebih sedikit", "less"),
    "panas": (
        "kejadian berkumpul lebih dari yang wajar",
        "incidents gather more than chance would have it",
    ),
    "dingin": ("jauh lebih sepi dari yang wajar", "it is quieter than chance would have it"),
    "tinggi_tinggi": ("banyak, dan sekitarnya juga banyak", "many, and many around"),
    "rendah_rendah": ("sedikit, dan sekitarnya juga sedikit", "few, and few around"),
    "tinggi_rendah": ("banyak sendirian di antara yang sepi", "many alone among the quiet"),
    "rendah_tinggi": ("sepi di antara yang banyak", "quiet among the busy"),
    "baru": ("baru menjadi titik rawan", "a hotspot is new"),
    "tumbuh": ("titik rawan makin parah", "a hotspot grows"),
    "tetap": ("titik rawan menetap", "a hotspot stays"),
    "memudar": ("titik rawan mereda", "a hotspot fades"),
    "sporadis": ("titik rawan hilang-timbul", "a hotspot comes and goes"),
    "alarm": ("mendadak lebih banyak dari biasanya", "suddenly more than usual"),
}


def sentences(
    ask: Ask,
    places: Sequence[Json],
    totals: Json,
    alarms: Sequence[Json],
    clusters: Sequence[Json],
    missing: Sequence[Caveat],
) -> tuple[str, str]:
    """What was found, in Indonesian and in English."""
    said = [_says(ask, places, totals, alarms, clusters, missing, at) for at in (0, 1)]
    return said[0], said[1]


def _says(
    ask: Ask,
    places: Sequence[Json],
    totals: Json,
    alarms: Sequence[Json],
    clusters: Sequence[Json],
    missing: Sequence[Caveat],
    at: int,
) -> str:
    language = ("id", "en")[at]
    if not totals["n"]:
        return _EMPTY[any(totals[kept] for kept in ("withheld", "few", "coarse"))][at]
    head = _HEAD[at].format(n=number(totals["n"], language), days=number(totals["days"], language))
    parts = [head]
    if missing:
        parts += [one.to_json()[("text", "text_en")[at]] for one in missing]
    else:
        parts.append(_found(ask, places, alarms, clusters, at))
    if ask.compare:
        parts.append(_change(ask, places, at))
    return " ".join(part for part in parts if part)


_EMPTY = {
    False: (
        "Tidak ada kejadian yang cocok dalam periode ini. Coba periode lain atau kategori lain.",
        "No incident of this period matches. Try another period or other categories.",
    ),
    True: (
        "Yang cocok terlalu jarang atau terlalu rinci untuk ditampilkan (di bawah 5). "
        "Coba periode lebih panjang dari minggu penuh, atau per kecamatan.",
        "What matches is too rare or too close to be shown (fewer than 5). "
        "Try a longer period of whole weeks, or districts.",
    ),
}
# Both look at an area with its neighbours: one alone does not show.
_NO_GROUP = (
    "Tidak ada kumpulan {unit} yang terbukti menonjol. Satu {unit} sendirian bisa tetap menonjol: "
    "lihat “Di mana berapa banyak?”.",
    "No group of {unit} proves to stand out. A single one still may: see "
    "“How many are there where?”.",
)
_HEAD = ("{n} kejadian dalam {days} hari.", "{n} incidents in {days} days.")


def _found(
    ask: Ask, places: Sequence[Json], alarms: Sequence[Json], clusters: Sequence[Json], at: int
) -> str:
    if ask.method is Method.CUSUM:
        return _alarms(ask, alarms, at)
    if ask.method is Method.SCAN:
        return _surges(ask, clusters, at)
    if ask.method in (Method.CLUSTERS, Method.CLUSTERS_H):
        return _clusters(clusters, at)
    groups: dict[str, list[str]] = {}
    for one in sorted(places, key=lambda p: -abs(p["z"] or 0)):
        if one["sure"] and one["class"] in _KINDS:
            groups.setdefault(one["class"], []).append(one["name"])
    if not groups and ask.method in (Method.GI, Method.MORAN):
        return _NO_GROUP[at].format(unit=UNITS[ask.unit][at])
    if not groups:
        return (
            "Tidak ada tempat yang menonjol: beda seperti ini bisa karena kebetulan.",
            "No place stands out: such differences may be chance.",
        )[at]
    unit = UNITS[ask.unit][at]
    against = AGAINST[ask.against][at]
    said = [
        ("Di {k} {unit} {what}{against}: {names}.", "In {k} {unit} {what}{against}: {names}.")[
            at
        ].format(
            k=len(names), unit=unit, what=_KINDS[kind][at], against=against, names=listed(names, at)
        )
        for kind, names in ((kind, groups[kind]) for kind in _KINDS if kind in groups)
    ]
    return " ".join(said)


def _surges(ask: Ask, clusters: Sequence[Json], at: int) -> str:
    sure = [one for one in clusters if one["sure"]]
    if not sure:
        return (
            "Tidak ada lonjakan pada hari-hari terakhir yang melebihi kebetulan.",
            "No surge in the last days beyond chance.",
        )[at]
    unit, language = UNITS[ask.unit][at], ("id", "en")[at]
    said = [
        ("sekitar {name} ({k} {unit}), {n} kejadian, wajarnya {expected}",
         "about {name} ({k} {unit}), {n} incidents where {expected} are usual")[at].format(
            name=one["name"], k=len(one["places"]), unit=unit, n=number(round(one["n"]), language),
            expected=number(round(one["expected"]), language),
        )
        for one in sure[:_NAMED]
    ]  # fmt: skip
    return (f"Melonjak: {'; '.join(said)}.", f"A surge: {'; '.join(said)}.")[at]


def _alarms(ask: Ask, alarms: Sequence[Json], at: int) -> str:
    ringing = [one["name"] if at == 0 else one["name_en"] for one in alarms if one["now"]]
    if not ringing:
        return (
            "Pada akhir periode tidak ada kategori yang mendadak naik.",
            "At the end of the period no category rises suddenly.",
        )[at]
    # An alarm rings for a week: so many do so by chance, whenever somebody looks.
    chance = number(float(f"{len(alarms) * RECENT_DAYS / ask.quiet_days:.1g}"), ("id", "en")[at])
    return (
        f"Pada akhir periode mendadak naik: {listed(ringing, at)}. Dari {len(alarms)} jenis yang "
        f"dijaga, kira-kira {chance} berbunyi karena kebetulan saja: periksa dulu.",
        f"Rising suddenly at the end of the period: {listed(ringing, at)}. Of {len(alarms)} kinds "
        f"that are watched, about {chance} ring by chance alone: look first.",
    )[at]


def _clusters(clusters: Sequence[Json], at: int) -> str:
    if not clusters:
        return (
            "Tidak ada kelompok: tidak cukup banyak yang berdekatan.",
            "No cluster: too few lie close together.",
        )[at]
    language = ("id", "en")[at]
    most = number(round(clusters[0]["n"]), language)
    names = listed([one["name"] for one in clusters if one["name"]], at)
    return (
        f"{len(clusters)} kelompok; terbesar {most} kejadian. Di sekitar {names}.",
        f"{len(clusters)} clusters, the largest of {most} incidents. Around {names}.",
    )[at]


def _change(ask: Ask, places: Sequence[Json], at: int) -> str:
    unit = UNITS[ask.unit][at]
    told = [one for one in places if one["before"]]
    up = [one["name"] for one in told if one["before"]["class"] == "naik"]
    down = [one["name"] for one in told if one["before"]["class"] == "turun"]
    said = []
    if up:
        said.append(
            (
                f"naik di {len(up)} {unit} ({listed(up, at)})",
                f"up in {len(up)} {unit} ({listed(up, at)})",
            )[at]
        )
    if down:
        said.append(
            (
                f"turun di {len(down)} {unit} ({listed(down, at)})",
                f"down in {len(down)} {unit} ({listed(down, at)})",
            )[at]
        )
    if not said:
        return (
            "Dibanding periode kedua: tidak ada beda yang lebih dari kebetulan.",
            "Against the second period: no difference beyond chance.",
        )[at]
    return (
        f"Dibanding periode kedua: {'; '.join(said)}.",
        f"Against the second period: {'; '.join(said)}.",
    )[at]


def listed(names: Sequence[str], at: int) -> str:
    """A, B dan C; after five: dan 4 lainnya. Each name once."""
    told = list(dict.fromkeys(names))
    shown, more = told[:_NAMED], len(told) - _NAMED
    both = ("dan", "and")[at]
    if more > 0:
        return f"{', '.join(shown)} {both} {more} {('lainnya', 'more')[at]}"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {both} {shown[-1]}"
