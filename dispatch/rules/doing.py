"""What a long reckoning is doing, and why it failed: keys, put into words where they are read."""

from enum import StrEnum


class Doing(StrEnum):
    """A step of a job. Kept as this key; app.job_words has it in each language."""

    READ_INCIDENTS = "baca_kejadian"
    READ_CALLS = "baca_panggilan"
    AREAS = "susun_wilayah"
    DIVIDE = "bagi_kejadian"
    TEST = "uji"
    SHUFFLE_PLACES = "acak_letak"
    SHUFFLE_TIMES = "acak_waktu"
    TEST_STEPS = "uji_langkah"
    TEST_TRENDS = "uji_arah"
    DENSITY = "hitung_kepadatan"
    CLUSTERS = "cari_gugus"
    DRAW_PLACES = "undi_tempat"
    DRAW_CLUSTERS = "gambar_gugus"
    ALARMS = "alarm"  # with the code of a category, see watching()
    TABLES = "susun_tabel"
    WAYS = "cari_jalan"
    REPLAY = "putar_ulang"
    WAYS_TO_PLOTS = "cari_jalan_petak"
    UNIT_TIMES = "waktu_unit"
    DRAW_REACH = "gambar_jangkauan"
    VILLAGE_SHARES = "bagian_desa"
    SITE_TIMES = "waktu_calon"
    SITES = "cari_lokasi"
    SITE_RESULTS = "susun_hasil"


class Trouble(StrEnum):
    """Why a job failed, where the house says so and not the question itself."""

    GAVE_UP = "terhenti_tiga_kali"
    UNKNOWN_KIND = "jenis_tak_dikenal"
    STUMBLED = "tersandung"
    NO_MEMORY = "memori_kurang"


def watching(category: str) -> str:
    """The step of the alarms of one category."""
    return f"{Doing.ALARMS}:{category}"


def watched(step: str) -> str | None:
    """The code of the category of such a step; None for any other step."""
    kind, _, category = step.partition(":")
    return category if kind == Doing.ALARMS and category else None
