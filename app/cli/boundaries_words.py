"""What the boundary commands say, in Indonesian: faults, findings, moves, differences."""

import re
from collections.abc import Iterator, Sequence

from dispatch.editions import Move
from geo.boundaries.check import Case, Finding, Report, Weight
from geo.boundaries.compare import Differences
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.prepare import Prepared

SHOWN = 5  # lines of each list of villages

FAULTS = {
    Fault.MISSING: "{where}: berkas tidak ada.",
    Fault.UNKNOWN_FORM: "{where}: bentuk berkas tidak dikenal; pakai .geojson, .json, .gpkg, .shp"
    " atau .sql.",
    Fault.UNREADABLE: "{where}: tidak terbaca ({detail}). Salin ulang berkas dari sumbernya.",
    Fault.TOO_LARGE: "{where}: {found} melampaui batas {limit}.",
    Fault.EMPTY: "{where}: tidak ada fitur; isi satu poligon untuk tiap desa.",
    Fault.NOT_FEATURES: "{where}: harus FeatureCollection GeoJSON, yang ada {found}.",
    Fault.WRONG_CRS: "{where}: sistem koordinatnya {found}; ubah dulu ke WGS 84:"
    " ogr2ogr -t_srs EPSG:4326 hasil.gpkg BERKAS",
    Fault.NO_CRS: "{where}: sistem koordinat tidak disebut; letakkan berkas .prj di sampingnya.",
    Fault.SWAPPED: "{where}: {found} adalah lintang, bujur; tulis bujur dulu, lalu lintang.",
    Fault.ELSEWHERE: "{where}: {found} di luar Indonesia; pakai derajat WGS 84 (bujur, lintang).",
    Fault.MANY_LAYERS: "{where}: ada beberapa lapisan ({found}); pilih satu dengan --layer.",
    Fault.NO_FIELD: "{where}: tidak ada kolom kode desa, yang ada: {found};"
    " sebutkan dengan --field code=NAMA_KOLOM.",
    Fault.CONTESTED: "{first} dan {second} sama-sama mengaku {area_m2} m2, selebar {width_m} m;"
    " putuskan dulu milik siapa, lalu perbaiki berkasnya.",
    Fault.FAULTY: "{found} hal harus diperbaiki dulu di berkasnya ({where}); lihat"
    " `tanggap boundaries check BERKAS`.",
    Fault.NOT_MENDED: "perapian gagal: masih ada {found}; tidak ada yang dimuat.",
    Fault.KNOWN_KEY: "edisi {key} sudah dimuat; pilih nama lain dengan --key.",
    Fault.UNKNOWN_KEY: "tidak ada edisi {key}; yang ada: {found}.",
    Fault.IN_FORCE: "edisi {key} sudah berlaku.",
    Fault.NO_BRIDGEHEAD: "ujung jembatan {found} berjarak {distance_m} m dari daratan;"
    " perbaiki di regency.toml.",
    Fault.BAD_MANIFEST: "{where}: {detail}",
    Fault.NOT_FETCHED: "{where}: tidak dapat diunduh ({detail}).",
    Fault.WRONG_CHECKSUM: "{where}: SHA-256 berkas {found}, seharusnya {wanted};"
    " berkas tidak dibaca.",
}

FINDINGS = {
    "no_code": "fitur tanpa kode desa",
    "bad_code": "kode desa salah bentuk (contoh yang benar: 33.20.11.2010)",
    "no_name": "fitur tanpa nama",
    "no_shape": "fitur tanpa geometri",
    "not_polygon": "geometri bukan poligon",
    "bad_position": "koordinat bukan dua bilangan",
    "open_ring": "cincin tidak tertutup (posisi akhir harus sama dengan posisi awal)",
    "outside": "fitur di luar Indonesia",
    "duplicate_code": "kode dipakai lebih dari sekali",
    "unknown_code": "kode tidak ada di register",
    "missing_village": "desa register yang tidak ada di berkas",
    "other_name": "nama berbeda dari register (berkas / register)",
    "height_dropped": "fitur dengan ketinggian (diabaikan)",
    "invalid_ring": "cincin tidak sah (memotong dirinya)",
    "tangled": "batas yang memotong dirinya lebih dari 100 kali",
    "no_area": "fitur tanpa luas",
    "contested": "tanah lebar yang diakui dua desa",
    "overlap": "pasangan desa bertumpang tindih",
    "gap": "celah antardesa",
    "hole": "lubang lebar (danau, laguna, atau wilayah lain; dibiarkan)",
    "multi_part": "desa yang terdiri dari beberapa bagian",
    "sliver": "serpihan tipis (lebar di bawah 5 m)",
}

WEIGHTS = {
    Weight.BLOCKS: "harus diperbaiki di berkas",
    Weight.MENDED: "dirapikan saat dimuat",
    Weight.NOTED: "catatan",
}

MOVES = {"gap": "celah diisi", "overlap": "tumpang tindih dibagi", "scrap": "potongan digabung"}

# A refusal of what was asked, not of a file: exit code 1, not 2.
REFUSALS = frozenset({Fault.KNOWN_KEY, Fault.UNKNOWN_KEY, Fault.IN_FORCE})


def fault_words(error: Unusable) -> str:
    """The fault and what would be right."""
    facts = dict(error.facts)
    if isinstance(cases := facts.get("cases"), list):
        facts["where"] = "; ".join(f"{FINDINGS[kind]}: {what}" for kind, what in cases)
    return _places(FAULTS[error.fault].format(**facts))


def _places(words: str) -> str:
    """Where in a file something stands, as the readers of geo.boundaries write it."""
    return re.sub(r"\bfeature (?=\d)", "fitur ", re.sub(r"\bline (?=\d)", "baris ", words))


def number(value: float, digits: int = 0) -> str:
    """As written in Indonesia: 1.426,5."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def size(value: float, unit: str) -> str:
    """Square metres become hectares where they are many."""
    if unit == "m2" and value >= 10_000:
        return f"{number(value / 10_000, 2)} ha"
    return f"{number(value, 1)} {unit}" if unit else number(value)


def report_lines(name: str, report: Report) -> Iterator[str]:
    """The report on a file, what blocks first."""
    yield (
        f"{name}: {report.form}, {number(report.total)} fitur, {number(report.villages)} desa"
        f" di {number(report.districts)} kecamatan, {number(report.area_km2, 2)} km2"
    )
    if not report.findings:
        yield "  tidak ada yang salah"
    for finding in report.findings:
        yield from _finding_lines(finding)
    yield ("Berkas ini belum dapat dimuat." if report.blocked else "Berkas ini dapat dimuat.")


def _finding_lines(finding: Finding) -> Iterator[str]:
    total = f", {size(finding.total_m2, 'm2')}" if finding.total_m2 else ""
    words = FINDINGS.get(finding.kind, finding.kind)
    yield f"  {number(finding.count)} {words}{total} [{WEIGHTS[finding.weight]}]"
    for case in finding.worst:
        yield f"    {_case_words(case)}"


def _case_words(case: Case) -> str:
    what = _places(case.what)
    words = what if case.size is None else f"{what}: {size(case.size, case.unit)}"
    if case.lon is None or case.what.startswith("lon"):
        return words
    return f"{words} (lon {case.lon}, lat {case.lat})"


def mended_lines(prepared: Prepared) -> Iterator[str]:
    """What mending did, in counts, and its three largest moves."""
    summary, moves = prepared.summary(), prepared.mended.moves
    if not moves:
        yield "Tepi desa sudah bertemu; tidak ada yang dipindahkan."
        return
    counts = ", ".join(f"{number(n)} {MOVES[kind]}" for kind, n in summary["moves"].items())
    change = summary["largest_change"]
    yield (
        f"Dirapikan: {counts}; {size(summary['moved_m2'], 'm2')} berpindah, batas bergeser paling"
        f" jauh {number(summary['largest_shift_m'], 1)} m; perubahan luas terbesar"
        f" {number(change['share'] * 100, 2)} % ({change['code']})"
    )
    for move in moves[:3]:
        yield (
            f"  {MOVES[move.kind]}: {move.gains} mendapat {size(move.area_m2, 'm2')}"
            f"{' dari ' + ', '.join(move.loses) if move.loses else ''}, geser"
            f" {number(move.shift_m, 1)} m (lon {move.lon}, lat {move.lat})"
        )


def difference_lines(found: Differences) -> Iterator[str]:
    """What another edition changes on the map."""
    if found.same_land is None:
        yield f"Belum ada edisi yang berlaku; edisi ini memuat {number(len(found.added))} desa."
        return
    yield (
        f"Desa: {number(len(found.added))} baru, {number(len(found.removed))} hilang,"
        f" {number(len(found.renamed))} ganti nama, {number(len(found.redrawn))} berubah lebih dari"
        f" 1 % luasnya; {number(found.same_land * 100, 1)} % tanah tetap di desa yang sama."
    )
    yield from _some("baru", [f"{code} {name}" for code, name in found.added])
    yield from _some("hilang", [f"{code} {name}" for code, name in found.removed])
    yield from _some("ganti nama", [f"{c} {old} -> {new}" for c, old, new in found.renamed])
    yield from _some(
        "berubah", [f"{c} {name}: {number(share * 100, 1)} %" for c, name, share in found.redrawn]
    )


def move_lines(moves: Sequence[Move], incidents: int) -> Iterator[str]:
    """Open incidents that would lie elsewhere if they were placed today."""
    moving = sum(move.incidents for move in moves)
    yield (
        f"Kejadian terbuka: {number(moving)} dari {number(incidents)} akan jatuh di desa lain;"
        " yang sudah tercatat tetap pada edisinya."
    )
    yield from _some(
        "pindah",
        [
            f"{move.incidents} dari {_village(move.old_code, move.old_name)}"
            f" ke {_village(move.new_code, move.new_name)}"
            for move in moves
        ],
    )


def _village(code: str | None, name: str | None) -> str:
    return f"{name} ({code})" if code else "luar wilayah"


def _some(title: str, words: Sequence[str]) -> Iterator[str]:
    for word in words[:SHOWN]:
        yield f"  {title}: {word}"
    if len(words) > SHOWN:
        yield f"  {title}: ... dan {number(len(words) - SHOWN)} lagi"
