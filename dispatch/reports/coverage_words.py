"""What a table of coverage says in a sentence, and its caveats, in both languages."""

from collections.abc import Sequence
from typing import Any

from dispatch.reports.caveats import number
from dispatch.rules.reasons import in_english

Json = dict[str, Any]
MOST_NAMES = 5

CAVEATS: dict[str, tuple[str, str]] = {
    "penduduk_tak_diketahui": (
        "Jumlah penduduk {n} dari {of} desa belum diketahui; di sana luas desa dipakai sebagai"
        " gantinya. Hutan, tambak dan sawah ikut terhitung seakan-akan berpenghuni.",
        "The number of people of {n} of {of} villages is not known; there the area stands for it."
        " Forest, ponds and fields count as if people lived there.",
    ),
    "titik": (
        "Tiap desa diwakili {n} titik yang tersebar rata: bagian desa tidak lebih teliti dari itu.",
        "Each village is stood for by {n} evenly spread points: a share is no finer than that.",
    ),
    "garis_lurus": (
        "Jaringan jalan belum dimuat: waktu tempuh ditaksir dari {basis}.",
        "No road network is loaded: travel times are estimated from {basis}.",
    ),
    "asumsi_waktu": (
        "Kecepatan dan waktu bersiap awak adalah taksiran; waktu menunggu di 112 tidak ikut.",
        "Speeds and turnout times are assumed; waiting in the 112 queue is not in them.",
    ),
    "dari_pos": (
        "Unit dihitung berangkat dari posnya, bukan dari tempatnya saat ini.",
        "Units are taken to set out from their posts, not from where they are now.",
    ),
    "aturan": ("{law}. {note}", "{law}. {note_en}"),
    "tanpa_unit": (
        "Tidak ada unit yang bertugas dengan keahlian ini.",
        "No unit on duty has this skill.",
    ),
    "feri": (
        "Penyeberangan feri tidak ikut digambar.",
        "Ferry crossings are not in the drawing.",
    ),
    "kotak": (
        "Digambar dari kotak {n} m: tepinya teliti sampai kira-kira setengahnya.",
        "Drawn from squares of {n} m: the edge is exact to about half of that.",
    ),
    "kapal": (
        "Titik baru dicari untuk unit darat; pulau dan kapal tidak ikut diusulkan.",
        "New sites are sought for units on land; boats are not proposed.",
    ),
    "calon": (
        "Calon lokasi: {n} pos yang ada dan titik tengah desa. Lahan, jalan masuk dan biaya tidak"
        " dinilai.",
        "Candidates: {n} posts and the middles of villages. Ground, access and cost are not"
        " weighed.",
    ),
    "celah": (
        "Pilihan terbaik belum terbukti: bisa ada yang lebih baik sampai {n} %.",
        "Not proven to be the best: another choice may be better by up to {n} %.",
    ),
    "terlalu_jauh": (
        "Yang tidak terjangkau dalam {n} menit dihitung {n} menit.",
        "What is not reached within {n} minutes counts as {n} minutes.",
    ),
    "batas_desa": (
        "Batas desa: {title} ({status}).",
        "Village boundaries: {title} ({status}).",
    ),
}


def caveat(code: str, n: float | None = None, **values: str | float) -> Json:
    """Code, number and the sentence in both languages."""
    filled = {"n": n, **values}
    texts = [
        CAVEATS[code][at].format(**{k: _said(k, v, language) for k, v in filled.items()})
        for at, language in enumerate(("id", "en"))
    ]
    return {"code": code, "n": n, "text": texts[0], "text_en": texts[1]}


def _said(name: str, value: str | float | None, language: str) -> str:
    if name == "basis" and language == "en":
        return in_english(str(value))
    return number(value, language)


def percent(share: float, language: str) -> str:
    """63 %; under one per cent with a decimal."""
    value = round(share * 100, 0 if share == 0 or share >= 0.01 else 1)
    return f"{number(value, language)} %"


def coverage_words(
    minutes: int, share: float, missed: Sequence[Json], villages: int, people: bool
) -> tuple[str, str]:
    """missed: villages that do not count as reached, the heaviest first."""
    whom = ("penduduk", "of the people") if people else ("wilayah desa", "of the villages' area")
    names = ", ".join(one["name"] for one in missed[:MOST_NAMES])
    first = f"Dalam {minutes} menit {percent(share, 'id')} {whom[0]} terjangkau."
    second = f"{percent(share, 'en')} {whom[1]} is reached within {minutes} minutes."
    if not missed:
        return f"{first} Semua desa terjangkau.", f"{second} All villages are reached."
    more = len(missed) > MOST_NAMES
    return (
        f"{first} {len(missed)} dari {villages} desa tidak: {names}{' …' if more else '.'}",
        f"{second} {len(missed)} of {villages} villages are not: {names}{' …' if more else '.'}",
    )


def paper_words(only_circle: float, radius_km: float, minutes: int) -> tuple[str, str]:
    """How much the circles promise too much."""
    km = number(radius_km, "id"), number(radius_km, "en")
    return (
        f"{percent(only_circle, 'id')} ada di dalam lingkaran {km[0]} km tetapi tidak terjangkau"
        f" dalam {minutes} menit.",
        f"{percent(only_circle, 'en')} lies within a circle of {km[1]} km and is not reached in"
        f" {minutes} minutes.",
    )


def site_words(names: Sequence[str], minutes: int, before: Json, after: Json) -> tuple[str, str]:
    """What the sites change."""
    listed = ", ".join(names)
    share = [[percent(one["share"], at) for one in (before, after)] for at in ("id", "en")]
    mean = [round(one["mean_s"] / 60) for one in (before, after)]
    return (
        f"Terbaik: {listed}. Terjangkau dalam {minutes} menit: {share[0][0]} menjadi {share[0][1]};"
        f" rata-rata {mean[0]} menjadi {mean[1]} menit.",
        f"Best: {listed}. Reached within {minutes} minutes: {share[1][0]}, then {share[1][1]};"
        f" {mean[0]}, then {mean[1]} minutes on average.",
    )
