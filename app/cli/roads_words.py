"""What `tanggap roads` says of a network, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from geo.road_schema import RoadNetwork
from geo.roads import Report
from geo.roads.report import SIDES, length, part_sentence, whole

NONE_IN_FORCE = (
    "tidak ada jaringan jalan yang berlaku: waktu tempuh dihitung dari garis lurus;"
    " muat dengan `tanggap roads import FILE --clip boundaries+15km`"
)
NONE_KEPT = "belum ada jaringan jalan; muat dengan `tanggap roads import FILE`"
_PARTS_SHOWN = 8
_LEAST_OF_BEFORE = 0.8  # of the kilometres that were in force
_LEFT_OUT = {
    "jenis": "garis yang bukan jalan kendaraan (jalan kaki, sepeda, sedang dibangun)",
    "akses": "jalan tertutup untuk umum (access=private/no)",
    "bolak-balik": "jalan yang arahnya berganti menurut jam",
    "titik tanpa letak": "titik tanpa letak di berkas (tepi potongan)",
    "tiang penghalang": "tiang atau balok di jalan: jalannya buntu di sana (barrier=bollard)",
    "larangan belok lewat ruas": "larangan belok lewat sebuah ruas",
    "sambungan tanpa simpul": "sambungan ke simpul yang tidak ada di berkas",
}


def lines_of(report: Report) -> Iterator[str]:
    """A report, line by line."""
    yield (
        f"{whole(report['roads'])} ruas jalan, {whole(report['junctions'])} simpang,"
        f" {length(report['km'])} (dari {whole(report['ways'])} garis di berkas)"
    )
    yield (
        f"satu arah: {whole(report['oneway_roads'])} ruas, {length(report['oneway_km'])};"
        f" batas kecepatan tertulis di {length(report['signed_km'])};"
        f" lampu lalu lintas di {whole(report['signals'])} simpang;"
        f" larangan belok: {whole(report['turn_bans'])}"
    )
    kinds = ", ".join(f"{kind} {length(km)}" for kind, km in report["km_by_kind"].items())
    yield f"menurut kelas: {kinds}"
    yield from _parts(report)
    yield from _ferries(report)
    for reason, count in report["left_out"].items():
        yield f"dilewati: {whole(count)} {_LEFT_OUT.get(reason, reason)}"


def shrunk(report: Report, before: RoadNetwork | None) -> list[str]:
    """A warning where much less is there than before: a file may break off without a sign of it."""
    was_km = 0.0 if before is None else before.report.get("km", 0.0)
    if before is None or report["km"] >= _LEAST_OF_BEFORE * was_km:
        return []
    return [
        f"yang berlaku sekarang ({before.key}) {length(was_km)}, yang ini hanya"
        f" {length(report['km'])}: apakah berkasnya utuh dan --clip-nya sama?"
        f" Kembali dengan `tanggap roads use {before.key}`"
    ]


def outcome(key: str, use: bool, dry_run: bool) -> str:
    """What became of an import."""
    if dry_run:
        return f"{key}: terbaca, tidak ditulis"
    if use:
        return f"{key}: ditulis dan berlaku"
    return f"{key}: ditulis, belum berlaku; pakai dengan `tanggap roads use {key}`"


def row_of(row: RoadNetwork) -> str:
    """One network in a list."""
    mark = "berlaku" if row.in_force else "-"
    roads, km = row.report.get("roads", 0), row.report.get("km", 0.0)
    return (
        f"{mark:8s} {row.key:40s} {row.loaded_at:%Y-%m-%d} {whole(roads):>9s} ruas"
        f" {length(km):>12s}  {row.title}"
    )


def status_of(row: RoadNetwork, now: datetime) -> Iterator[str]:
    """The network in force."""
    days = (now - row.loaded_at).days
    yield f"{row.key}: {row.title}; dari {row.source}; {row.licence}"
    yield f"dimuat {row.loaded_at:%Y-%m-%d}, {days} hari yang lalu"
    yield f"berjalan di {SIDES[row.drives_on]}"
    yield from lines_of(row.report)
    for warning in row.report["warnings"]:
        yield f"PERINGATAN: {warning}"


def _parts(report: Report) -> Iterator[str]:
    parts = report["parts"]
    for part in parts[:_PARTS_SHOWN]:
        yield part_sentence(part)
    if (more := report["parts_count"] - min(len(parts), _PARTS_SHOWN)) > 0:
        yield f"dan {whole(more)} bagian lain yang lebih kecil"
    if alone := report["lone_oneways"]["roads"]:
        km = length(report["lone_oneways"]["km"])
        yield f"{whole(alone)} ruas satu arah ({km}) hanya keluar atau hanya masuk: tepi berkas"


def _ferries(report: Report) -> Iterator[str]:
    for ferry in report["ferries"]:
        yield _ferry(ferry)
    if alone := report["ferries_without_road"]:
        yield f"{whole(alone)} jalur feri dilewati: tidak ada jalan dalam 1 km dari ujungnya"


def _ferry(ferry: dict[str, Any]) -> str:
    guessed = "" if ferry["is_timed"] else " (perkiraan, tidak tertulis)"
    cars = {True: "membawa kendaraan", False: "tanpa kendaraan"}.get(
        ferry["vehicles"], "tidak disebut membawa kendaraan: dianggap tidak"
    )
    every = f", tiap {ferry['every_s'] / 60:.0f} menit" if ferry["every_s"] else ""
    minutes = f"{ferry['crossing_s'] / 60:.0f} menit"
    return f"feri {ferry['code']}: {ferry['name']}, {minutes}{guessed}{every}, {cars}"
