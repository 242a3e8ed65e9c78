"""What to keep in mind with an analysis: a code, a number and a sentence in two languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Json = dict[str, Any]

# code: Indonesian, English; {n} and other numbers are filled in.
CAVEATS: Mapping[str, tuple[str, str]] = {
    "kosong": (
        "Tidak ada kejadian yang cocok dalam periode ini.",
        "No incident of this period matches.",
    ),
    "terlalu_sedikit": (
        "Terlalu sedikit untuk cara ini ({what}: perlu {needed}, ada {n}); hanya jumlahnya tampil.",
        "Too little for this method ({what_en}: {needed} needed, {n} there); counts only.",
    ),
    "sama_semua": (
        "Semua tempat sama, atau bedanya tidak melebihi kebetulan; hanya jumlah yang tampil.",
        "All places are alike, or differ no more than by chance; counts only.",
    ),
    "tanpa_titik": (
        "Tak satu pun punya tempat yang bisa dipakai cara ini; hanya jumlahnya tampil.",
        "No incident has a place that this method can use; counts only.",
    ),
    "satu_titik": (
        "Semuanya di satu titik: beri lebar pita agar bisa digambar; hanya jumlahnya tampil.",
        "All lie in one spot: give a bandwidth for it to be drawn; counts only.",
    ),
    "tanpa_tempat": (
        "{n} kejadian tanpa tempat tidak ada di peta.",
        "{n} incidents without any place are not on the map.",
    ),
    "luar_wilayah": (
        "{n} kejadian di luar wilayah tidak ada di peta.",
        "{n} incidents outside the regency are not on the map.",
    ),
    "tempat_meragukan": (
        "{n} kejadian tempatnya meragukan; masing-masing dibagi menurut peluangnya.",
        "{n} incidents have a doubtful place; each is shared out by its chances.",
    ),
    "kelompok_peluang": (
        "{n} kejadian titiknya meragukan; masing-masing dihitung menurut peluangnya di tiap tempat "
        "yang mungkin, dan di kelompok sebesar peluangnya di sana.",
        "{n} incidents have a doubtful spot; each counts by its chances at all it may have been, "
        "and in a cluster by its chance to lie there.",
    ),
    "kelompok_undian": (
        "{n} kejadian titiknya meragukan; tempatnya diundi {draws} kali menurut peluangnya. "
        "Kelompok yang tidak muncul lagi di lebih dari separuh undian tidak ditampilkan ({lost}).",
        "{n} incidents have a doubtful spot; it was drawn {draws} times by its chances. "
        "Clusters that more than half of the draws did not bring back are not shown ({lost}).",
    ),
    "pindai_peluang": (
        "{n} kejadian tempatnya meragukan; masing-masing dibagi menurut peluangnya, "
        "juga saat waktunya diacak.",
        "{n} incidents have a doubtful place; each is shared out by its chances, "
        "also where days are permuted.",
    ),
    "tanpa_pembagi_di_sini": (
        "Permukaan dan kelompok dihitung apa adanya; pembagi dan koreksi hanya dipakai di tabel.",
        "Surface and clusters are of plain counts; divisor and correction are for the table alone.",
    ),
    "jarang_per_desa": (
        "{n} kejadian yang menyangkut orang tidak ditampilkan: kurang dari {least} sejenis di "
        "{unit} itu.",
        "{n} incidents that touch persons are withheld: fewer than {least} of a kind in one of "
        "the {unit_en}.",
    ),
    "kategori_ditahan": (
        "{n} kejadian dari {categories} kategori yang jarang (di bawah {least}) tidak ditampilkan.",
        "{n} incidents of {categories} rare categories (fewer than {least}) are withheld.",
    ),
    "kategori_peka": (
        "Kejadian yang peka tidak ikut dihitung.",
        "Sensitive incidents are not counted.",
    ),
    "hanya_per_desa": (
        "{n} kejadian yang hanya ditampilkan per desa dan minggu penuh tidak ikut di sini.",
        "{n} incidents that are told by village and whole week alone are left out here.",
    ),
    "sel_ditahan": (
        "Petak berisi kurang dari {least} kejadian tidak ditampilkan jumlahnya ({n} petak).",
        "Cells with fewer than {least} incidents are shown without their count ({n} cells).",
    ),
    "tanpa_angka": (
        "Angka pembaginya belum diketahui di mana pun; hanya jumlah yang tampil.",
        "The number to divide by is not known anywhere; counts only.",
    ),
    "pembagi_tak_diketahui": (
        "{n} {unit} tanpa angka pembagi tidak diuji.",
        "{n} {unit_en} without a number to divide by are not tested.",
    ),
    "pembagi_petak": (
        "Angka desa dibagikan merata ke petaknya menurut luas.",
        "Numbers of villages are laid evenly over their cells by area.",
    ),
    "tanpa_pembagi": (
        "Antar-{unit} tanpa melihat jumlah penduduk: yang ramai penduduknya bisa menonjol.",
        "Among {unit_en} without regard to people: populous ones may stand out.",
    ),
    "koreksi_lapor": (
        "Dikoreksi dengan rajin-tidaknya melapor ({low}–{high} kali rata-rata); ini pun dugaan.",
        "Corrected for how readily a place reports ({low} to {high} times the mean): an estimate.",
    ),
    "koreksi_tak_bisa": (
        "Kebiasaan melapor tidak dikoreksi: penduduk kebanyakan desa belum diketahui.",
        "Not corrected for how readily places report: of most villages the people are not known.",
    ),
    "koreksi_tanpa_ragu": (
        "Nilai p menganggap koreksi itu pasti; keraguannya hanya ada di rentang angka tiap tempat.",
        "p takes that correction as certain; its doubt is only in the interval of each rate.",
    ),
    "tanpa_permutasi": (
        "Petak terlalu banyak ({n}) untuk diacak; p dari rumus, kurang tepat bila isinya sedikit.",
        "Too many cells ({n}) to permute; p by formula, less exact where there are few incidents.",
    ),
    "uji": (
        "Menonjol bila p {sign} {threshold}: rata-rata paling banyak {alpha} temuan keliru "
        "({rule}).",
        "Held for sure where p {sign} {threshold}: on average at most {alpha} of findings err "
        "({rule}).",
    ),
    "uji_pindai": (
        "Bila tidak ada apa-apa, paling banyak {alpha} pemindaian memberi alarm; "
        "dipindai tiap hari, itu kira-kira sekali dalam {days} hari.",
        "Where nothing is the matter, at most {alpha} of scans raise an alarm; scanned every day,"
        " that is about once in {days} days.",
    ),
    "muncul": (
        "Golongan dibaca dari seluruh perjalanan; z dan p di tabel dari langkah terakhir saja. "
        "Parah atau mereda diuji tempat demi tempat ({alpha}): dari {n} tempat, beberapa keliru.",
        "Classes are read from the whole course; z and p in the table from the last step alone. "
        "Growing and fading are tested place by place ({alpha}): of {n} a few may err.",
    ),
    "tidak_ada_temuan": (
        "Tidak ada p yang cukup kecil: temuan karena kebetulan dibatasi {alpha} ({rule}).",
        "No p is small enough: findings by chance are held to {alpha} ({rule}).",
    ),
    "permutasi": (
        "p dari {n} permutasi bersyarat (benih {seed}).",
        "p from {n} conditional permutations (seed {seed}).",
    ),
    "permutasi_lanjut": (
        "p dari {n} permutasi bersyarat, yang langka diacak sampai {most} kali (benih {seed}).",
        "p from {n} conditional permutations, rare ones drawn up to {most} times (seed {seed}).",
    ),
    "bobot": (
        "Tetangga: {rule}; {n} {unit} tanpa tetangga.",
        "Neighbours: {rule}; {n} have none.",
    ),
    "lebar_pita": ("Lebar pita {n} m ({rule}).", "Bandwidth {n} m ({rule})."),
    "kepadatan_ditahan": (
        "Di bawah {n} per km² ditulis 0: kurang dari {least} kejadian tidak digambar sendiri.",
        "Below {n} per km² it says 0: fewer than {least} incidents are not drawn by themselves.",
    ),
    "kepadatan_sepi": (
        "Dengan lebar pita {n} m tak ada tempat yang cukup ramai untuk digambar; beri lebih lebar.",
        "With a bandwidth of {n} m no place has enough to be drawn; give a wider one.",
    ),
    "tepi": (
        "Kepadatan di tepi pantai dan batas dikoreksi.",
        "Density is corrected at coast and border.",
    ),
    "kelompok_acak": (
        "Kelompok dicari dari {n} dari {all} kejadian, diambil acak; jumlahnya hanya dari itu.",
        "Clusters were sought among {n} incidents drawn at random of {all}; counts are of those.",
    ),
    "langkah_dipotong": (
        "Langkah pertama atau terakhir yang tidak utuh tidak diuji.",
        "First or last steps that are not whole are not tested.",
    ),
    "alarm_semu": (
        "Alarm semu dibatasi kira-kira sekali dalam {n} hari per kategori.",
        "False alarms are held to about one in {n} days a category.",
    ),
    "alarm_banyak": (
        "{n} kategori diawasi: satu alarm semu kira-kira tiap {days} hari di semuanya bersama.",
        "{n} categories are watched: one false alarm in about {days} days among all of them.",
    ),
    "beda": (
        "Beda dua periode: uji binomial bersyarat per {unit}, temuan semu dibatasi {alpha}.",
        "Difference of the periods: conditional binomial test, false findings held to {alpha}.",
    ),
    "beruntun": (
        "Kejadian bisa beruntun: ukuran kebetulan dilebarkan {n} kali (ragam antarminggu).",
        "Incidents may burst: chance is made {n} times as wide (variance between weeks).",
    ),
    "beruntun_tak_terukur": (
        "Kejadian beruntun tak terukur di sini: yang menonjol bisa tampak lebih pasti.",
        "Bursts cannot be measured here: what stands out may look surer than it is.",
    ),
    "beda_beruntun": (
        "Ukuran kebetulan pada beda itu dilebarkan {n} kali (ragam), sebab kejadian bisa beruntun.",
        "Chance in that difference is made {n} times as wide (variance): incidents may burst.",
    ),
    "beda_tunggal": (
        "Tempatnya terlalu sedikit untuk mengukur kejadian beruntun: beda bisa tampak lebih pasti.",
        "Too few places to measure bursts: a difference may look surer than it is.",
    ),
    "batas_desa": (
        "Batas desa: {title} ({status}).",
        "Village boundaries: {title} ({status}).",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caveat:
    """One thing to keep in mind; `values` fill its sentence."""

    code: str
    n: float | None = None
    values: Mapping[str, str | float] = field(default_factory=dict)

    def to_json(self) -> Json:
        """Code, number and the sentence in both languages."""
        first, second = CAVEATS[self.code]
        filled = {"n": self.n, **self.values}
        return {
            "code": self.code,
            "n": self.n,
            "text": first.format(**{k: number(v, "id") for k, v in filled.items()}),
            "text_en": second.format(**{k: number(v, "en") for k, v in filled.items()}),
        }


def number(value: str | float | None, language: str) -> str:
    """As it is written in the language: 1.234,5 or 1,234.5."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if 0 < abs(value) < 0.001:  # small chances: as many noughts as it has, no power of ten
        return np.format_float_positional(value, 2, fractional=False).replace(
            ".", "," if language == "id" else "."
        )
    written = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"
    if language == "id":
        return written.translate(str.maketrans(",.", ".,"))
    return written
