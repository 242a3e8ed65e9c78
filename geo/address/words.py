"""The words that callers put round a name: marks, relations, compass points, units, call talk.

Indonesian and Javanese, with the short forms that operators type. Two words of a phrase are
joined by an underscore in these tables.
"""

from __future__ import annotations

from typing import NamedTuple

from geo.address.said import Mark


class MarkWord(NamedTuple):
    """A mark as it is said."""

    words: tuple[str, ...]
    mark: Mark
    kind: str


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ROADS = {
    "jalan": "jl jln jlan jalan",
    "jalan raya": "jl_raya jln_raya jalan_raya jlraya",
    "jalur": "jalur",
    "gang": "gg gang",
}
_AREAS = {
    Mark.VILLAGE: {"desa": "ds desa", "kelurahan": "kel kelurahan"},
    Mark.DISTRICT: {"kecamatan": "kec kecamatan kcmtn kcm"},
    Mark.REGENCY: {"kabupaten": "kab kabupaten kabup", "kota": "kota kodya kotamadya"},
    Mark.PROVINCE: {"provinsi": "prov provinsi propinsi prop"},
    Mark.HAMLET: {
        "dukuh": "dk dkh dukuh dukuhan padukuhan pedukuhan",
        "dusun": "dsn dusun",
        "kampung": "kp kampung kamp kampong",
        "lingkungan": "lingk lingkungan lk",
        "krajan": "krajan",
        "blok": "blok",
    },
}
_CROSSINGS = {
    "perempatan": "perempatan prempatan perempetan",
    "prapatan": "prapatan perapatan parapatan",
    "pertigaan": "pertigaan pertigan prtigaan",
    "protelon": "protelon pertelon pertelun pratelon protelun telon",
    "perlimaan": "perlimaan",
    "simpang": "simpang persimpangan simpangan",
    "simpang tiga": "simpang_tiga simpang_3",
    "simpang empat": "simpang_empat simpang_4",
    "simpang lima": "simpang_lima simpang_5",
    "bangjo": "bangjo bang_jo abang_ijo bang_ijo",
    "lampu merah": "lampu_merah lampumerah lampu_bangjo lampu_lalu_lintas apill",
    "traffic light": "traffic_light trafficlight traffic",
    "bundaran": "bundaran bunderan",
    "tikungan": "tikungan",
    "putaran": "putaran u_turn",
}
_PLACES = {
    # worship, graves
    "masjid": "masjid mesjid mjd msjd masjed",
    "mushola": "mushola musholla mushalla musala musola musolla moshola",
    "langgar": "langgar",
    "gereja": "gereja grj",
    "pura": "pura",
    "vihara": "vihara wihara",
    "klenteng": "klenteng kelenteng",
    "makam": "makam pemakaman kuburan pesarean makam_islam tpu",
    # schools
    "pondok pesantren": "ponpes pesantren pp pondok_pesantren pontren",
    "pondok": "pondok",
    "sd": "sd sekolah_dasar", "sdn": "sdn sd_n sd_negeri", "sdit": "sdit sd_it",
    "mi": "mi min", "mts": "mts", "mtsn": "mtsn mts_n mts_negeri",
    "ma": "ma", "man": "man ma_n ma_negeri", "madin": "madin madrasah_diniyah",
    "madrasah": "madrasah", "smp": "smp", "smpn": "smpn smp_n smp_negeri", "smpit": "smpit smp_it",
    "sma": "sma smu", "sman": "sman sma_n sma_negeri", "smk": "smk stm",
    "smkn": "smkn smk_n smk_negeri", "slb": "slb slbn slb_negeri", "tk": "tk", "tkit": "tkit",
    "paud": "paud", "ra": "ra", "tpq": "tpq", "sekolah": "sekolah sekolahan",
    "kampus": "kampus", "universitas": "universitas univ",
    # health
    "puskesmas": "puskesmas puskes pkm pusk", "pustu": "pustu puskesmas_pembantu",
    "posyandu": "posyandu", "pkd": "pkd polindes poskesdes", "klinik": "klinik balai_pengobatan",
    "apotek": "apotek apotik", "rs": "rs rumah_sakit rumahsakit",
    "rsud": "rsud rs_umum_daerah rumah_sakit_umum_daerah",
    "rsu": "rsu rs_umum rumah_sakit_umum",
    "rsia": "rsia",
    # trade and work
    "pasar": "pasar psr ps", "toko": "toko tk_bangunan", "minimarket": "indomaret alfamart",
    "supermarket": "swalayan supermarket", "mall": "mall", "warung": "warung wr warteg angkringan",
    "rumah makan": "rumah_makan rm restoran resto depot", "cafe": "cafe kafe warkop",
    "ruko": "ruko", "pabrik": "pabrik", "pt": "pt", "cv": "cv", "ud": "ud", "gudang": "gudang gdg",
    "mebel": "mebel meubel mebeler", "bengkel": "bengkel", "konter": "konter counter",
    "spbu": "spbu pom_bensin pombensin pom pertashop", "bank": "bank", "atm": "atm",
    "koperasi": "koperasi kspps kud", "pegadaian": "pegadaian", "hotel": "hotel losmen penginapan",
    "salon": "salon", "galeri": "showroom galeri",
    # authority
    "kantor": "kantor ktr", "kantor pos": "kantor_pos",
    "balai desa": "balai_desa balaidesa bale_desa",
    "kantor desa": "kantor_desa kantor_kepala_desa kantor_kades kantor_balai_desa",
    "kantor kelurahan": "kantor_kelurahan kantor_kel kantor_lurah",
    "kantor kecamatan": "kantor_kecamatan kantor_kec kantor_camat pendopo_kecamatan",
    "kantor bupati": "kantor_bupati kantor_kabupaten setda", "pendopo": "pendopo pendapa",
    "dinas": "dinas", "polsek": "polsek mapolsek polsek_kota", "polres": "polres mapolres",
    "koramil": "koramil", "kodim": "kodim", "pos polisi": "pos_polisi pospol kantor_polisi",
    "kua": "kua", "pengadilan": "pengadilan", "kejaksaan": "kejaksaan", "gedung": "gedung gdng gd",
    "pos ronda": "pos_ronda poskamling pos_kamling gardu_ronda gardu cakruk",
    # traffic, water, open ground
    "terminal": "terminal", "pelabuhan": "pelabuhan", "dermaga": "dermaga", "stasiun": "stasiun",
    "bandara": "bandara bandar_udara", "halte": "halte", "agen": "agen pangkalan",
    "jembatan": "jembatan jmbt jmbtn jembtn kreteg", "kali": "kali", "sungai": "sungai sngai",
    "bendung": "bendung bendungan dam", "waduk": "waduk", "embung": "embung",
    "pantai": "pantai", "pulau": "pulau", "gunung": "gunung", "air terjun": "air_terjun curug",
    "goa": "goa gua", "benteng": "benteng", "lapangan": "lapangan lap", "stadion": "stadion",
    "gor": "gor", "alun-alun": "alun_alun alunalun", "taman": "taman", "museum": "museum",
    "tugu": "tugu", "monumen": "monumen", "gapura": "gapura gapuro", "patung": "patung",
    "tpi": "tpi pelelangan_ikan", "tpa": "tpa", "tps": "tps",
    # housing
    "perumahan": "perum perumahan prum", "komplek": "komplek kompleks", "rusun": "rusun rusunawa",
}  # fmt: skip

# A word that is a mark, but not before one of these: mie goreng, "dua kali", R.A. Kartini.
NOT_BEFORE = {
    "mi": frozenset({"ayam", "goreng", "rebus"}),
    "kali": frozenset({"ini", "lipat", "tabrakan"}),
    "ra": frozenset({"kartini"}),
}
# Marks in writing: a comma after them is a slip for the dot.
SHORT_FORMS = _set("jl jln gg ds kel kec kab prov dk dkh dsn kp lingk")
# These name a place by themselves.
SELF_NAMED = frozenset({"krajan"})
# Written out inside names; only what can hardly mean another thing.
SHORT_WORDS = {
    "tlk": "teluk", "kr": "karang", "krg": "karang", "tj": "tanjung", "tjg": "tanjung",
    "gn": "gunung", "kdg": "kedung", "sbr": "sumber",
    "kln": "kulon", "kdl": "kidul", "wtn": "wetan", "tmr": "timur", "sltn": "selatan",
}  # fmt: skip
# Only behind a name, with a dot after them: map services write "Margasari Tim.".
SHORT_COMPASS = {
    "tim": "timur", "bar": "barat", "sel": "selatan", "utr": "utara", "ut": "utara",
    "teng": "tengah",
}  # fmt: skip
# A dot after these, longer than other short forms, ends no sentence.
TITLES_WITH_DOT = _set("prof brig jend kapt letjen brigjen mayjen letkol sult kompol teng")

COMPASS = {
    "utara": 0.0, "lor": 0.0, "utr": 0.0,
    "timur": 90.0, "wetan": 90.0, "etan": 90.0,
    "selatan": 180.0, "kidul": 180.0,
    "barat": 270.0, "kulon": 270.0,
    "tenggara": 135.0,
}  # fmt: skip
# These are never part of a name: "kulone pasar", "ngalor", "utaranya".
COMPASS_FORMS = {
    "utaranya": 0.0, "lore": 0.0, "ngalor": 0.0, "loripun": 0.0,
    "timurnya": 90.0, "wetane": 90.0, "wetanne": 90.0, "etane": 90.0, "ngetan": 90.0,
    "selatannya": 180.0, "kidule": 180.0, "ngidul": 180.0,
    "baratnya": 270.0, "kulone": 270.0, "kulonne": 270.0, "ngulon": 270.0,
}  # fmt: skip
COMPASS_PAIRS = {
    ("timur", "laut"): 45.0, ("barat", "laut"): 315.0, ("barat", "daya"): 225.0,
    ("lor", "wetan"): 45.0, ("lor", "kulon"): 315.0, ("kidul", "wetan"): 135.0,
    ("kidul", "kulon"): 225.0, ("wetan", "lor"): 45.0, ("kulon", "lor"): 315.0,
}  # fmt: skip
_RELATIONS = {
    "depan": "depan dpn didepan depannya muka ngarep ngarepe ngarepan hadapan berhadapan depane",
    "belakang": "belakang dibelakang belakangnya blkng blakang mburi mburine mburinya",
    "samping": "samping disamping sampingnya smping sampinge sanding sandinge",
    "sebelah": "sebelah disebelah sebelahnya sblh sebelahe sisi",
    "seberang": "seberang diseberang seberangnya sebrang sbrg sabrang seberange",
    "dekat": "dekat didekat dekatnya dkt cedak cedhak cerak deket deketnya cedake pinggir tepi",
    "sekitar": "sekitar disekitar sekitarnya skitar seputar",
    "antara": "antara diantara batas perbatasan watese",
    "arah": "arah kearah menuju jurusan tujuan arahnya",
    "sebelum": "sebelum sblm sebelumnya sakdurunge",
    "sesudah": "sesudah setelah stlh sesudahnya sakwise selepas",
}
METRES = {
    "m": 1.0, "meter": 1.0, "mtr": 1.0, "meteran": 1.0, "mt": 1.0, "meternya": 1.0,
    "km": 1000.0, "kilometer": 1000.0, "kilo": 1000.0, "klm": 1000.0,
}  # fmt: skip
NUMBER_WORDS = {
    "satu": 1.0, "siji": 1.0, "dua": 2.0, "loro": 2.0, "rong": 2.0, "tiga": 3.0, "telu": 3.0,
    "empat": 4.0, "papat": 4.0, "lima": 5.0, "limo": 5.0, "enam": 6.0, "enem": 6.0,
    "tujuh": 7.0, "pitu": 7.0, "delapan": 8.0, "wolu": 8.0, "sembilan": 9.0, "songo": 9.0,
    "sepuluh": 10.0, "seratus": 100.0, "satus": 100.0, "setengah": 0.5, "separo": 0.5,
}  # fmt: skip
ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
# Before a person's name, but also in the names of roads and shops.
TITLES = _set(
    "pak bu bapak ibu mas mbak mbah kang haji hj h kyai kiai ustad ustadz bpk mbok lik pakde "
    "bude gus nyai ki"
)
# Of these, those that also stand inside the name of a road: "Jl. Drs. H. ...".
NAME_TITLES = _set("haji hj h kyai kiai gus nyai ki")
# Things that call talk is full of, and that shops and stations are named after.
THINGS = _set("motor mobil sepeda truk truck bus bis gas listrik api kapal perahu kereta ambulans")
DAY_TIMES = _set("pagi sore malam")  # of a market, else only when it happened
AUTHORITIES = _set("bpbd pmi damkar polisi")  # landmarks where a relation speaks of them
GLUE = _set("dengan dgn sama karo dari nya persis pas tepat kiri kanan kiwo tengen")
CALL_TALK = (
    _set("""
    di ke dari yang yg dan atau dengan dgn sama karo untuk utk pada oleh sampai sampek lalu terus
    ada ono itu ini kuwi iki sana sini situ kono kene mriki mrika ya iya nggih njih oke halo hallo
    assalamualaikum waalaikumsalam selamat pagi siang sore malam mohon tolong minta butuh perlu
    segera cepat darurat bantuan bantu dibantu kirim kirimkan datang gawat maaf terima kasih makasih
    suwun nuwun lagi sudah sdh belum blm masih akan mau bisa tidak gak ga nggak ora tadi
    barusan sekarang saat nya pas tepat persis kira kurang lebih jarak sejauh sekali banget
    saya kami aku kulo kita dia mereka kamu anda nama telp tlp telepon hp wa nomor no pelapor
    penelpon penelepon warga orang korban pasien anak bayi lansia remaja
    kebakaran terbakar kobong kecelakaan laka lakalantas tabrakan ditabrak nabrak tertabrak menabrak
    terguling banjir banjiran rob longsor pohon tumbang roboh ambruk angin kencang puting beliung
    ambulan ambulance damkar pemadam polisi sar bpbd pmi petugas tim unit
    pingsan sakit melahirkan meninggal tenggelam hanyut luka parah ringan berat pendarahan sesak
    nafas napas jantung kejang stroke demam jatuh terjatuh terjebak keracunan kesetrum tersengat
    asap tiang kabel ular tawon sarang maling pencurian begal perkelahian tawuran
    macet rusak berlubang lubang putus mati padam bocor meledak ledakan
    rumah daerah wilayah area kawasan lokasi alamat tkp posisi titik tempat koordinat kejadian
    dalam luar atas bawah kiri kanan kiwo tengen pojok masuk keluar lewat belok lurus mentok
    wong bocah nang neng ning ora nganti yo opo apa tapi lupa lali ngerti ketabrak kebakar kecebur
    kejebur nutup menutup menutupi nimpa tetangga hilang miring mogok oleng beruntun amblas ambrol
    nyangkut jambret cepetan nelayan pekerja pengunjung penumpang peziarah wisatawan air laut
    korsleting konslet semalam lantai lt kode pos plus code km and pusat
    lantas sitik rumahe omahe omah terendam kebanjiran kerendam kebalik terbalik karam lepas mundur
    mabuk kepleset rubuh dibegal tabung kompor iseng doang nyoba kosong tersesat lahiran kemalingan
    ketangkep selutut pulang
    naik turun kepala kades lurah carik modin wib indonesia sampeyan ngih mboten
    """)
    | THINGS
)
CONJUNCTIONS = _set("dan sama dengan dgn karo sampai")
DATE_WORDS = _set("tgl tanggal jam pukul pkl jm")
MONTHS = _set(
    "januari jan februari feb maret mar april apr mei juni jun juli jul agustus agu ags september "
    "sep oktober okt november nov desember des"
)

# The mark behind the name, as English map services write it.
AREAS_AFTER = {
    "regency": (Mark.REGENCY, "kabupaten"),
    "city": (Mark.REGENCY, "kota"),
    "district": (Mark.DISTRICT, "kecamatan"),
}
# Named with nothing before them; those of one word could be anything.
_PROVINCES = {
    "jawa_tengah": "jawa_tengah jateng central_java", "jawa_timur": "jawa_timur jatim east_java",
    "jawa_barat": "jawa_barat jabar west_java",
    "yogyakarta": "daerah_istimewa_yogyakarta di_yogyakarta special_region_of_yogyakarta",
    "jakarta": "daerah_khusus_ibukota_jakarta dki_jakarta dki",
    "sumatera_utara": "sumatera_utara sumatra_utara sumut",
    "sumatera_barat": "sumatera_barat sumatra_barat sumbar",
    "sumatera_selatan": "sumatera_selatan sumatra_selatan sumsel",
    "kepulauan_riau": "kepulauan_riau kepri", "bangka_belitung": "bangka_belitung babel",
    "kalimantan_barat": "kalimantan_barat kalbar", "kalimantan_timur": "kalimantan_timur kaltim",
    "kalimantan_tengah": "kalimantan_tengah kalteng",
    "kalimantan_selatan": "kalimantan_selatan kalsel",
    "kalimantan_utara": "kalimantan_utara kaltara",
    "sulawesi_utara": "sulawesi_utara sulut", "sulawesi_tengah": "sulawesi_tengah sulteng",
    "sulawesi_selatan": "sulawesi_selatan sulsel", "sulawesi_barat": "sulawesi_barat sulbar",
    "sulawesi_tenggara": "sulawesi_tenggara sultra",
    "nusa_tenggara_barat": "nusa_tenggara_barat ntb",
    "nusa_tenggara_timur": "nusa_tenggara_timur ntt",
    "maluku_utara": "maluku_utara", "papua_barat": "papua_barat",
}  # fmt: skip


def _aliases(said: str) -> list[tuple[str, ...]]:
    return [tuple(alias.split("_")) for alias in said.split()]


def _mark_words() -> dict[str, tuple[MarkWord, ...]]:
    groups = {Mark.ROAD: _ROADS, **_AREAS, Mark.CROSSING: _CROSSINGS, Mark.PLACE: _PLACES}
    by_first: dict[str, list[MarkWord]] = {}
    for mark, kinds in groups.items():
        for kind, said in kinds.items():
            for words in _aliases(said):
                by_first.setdefault(words[0], []).append(MarkWord(words, mark, kind))
    return {
        first: tuple(sorted(marks, key=lambda each: -len(each.words)))
        for first, marks in by_first.items()
    }


Province = tuple[tuple[str, ...], tuple[str, ...]]  # as said, written out


def _province_words() -> dict[str, list[Province]]:
    by_first: dict[str, list[Province]] = {}
    for name, said in _PROVINCES.items():
        for words in _aliases(said):
            by_first.setdefault(words[0], []).append((words, tuple(name.split("_"))))
    return by_first


MARKS = _mark_words()  # by their first word, the longest first
RELATIONS = {alias[0]: word for word, said in _RELATIONS.items() for alias in _aliases(said)}
PROVINCES = _province_words()  # by their first word
