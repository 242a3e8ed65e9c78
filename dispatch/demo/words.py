"""What invented callers say: sentences by kind of event, places, names. All of it made up."""

from collections.abc import Mapping, Sequence

# {desa} village, {kec} kecamatan, {patokan} a landmark, {rt} {rw} neighbourhood numbers.
PLACES: Sequence[str] = (
    "{desa} RT {rt} RW {rw}",
    "desa {desa}, dekat {patokan}",
    "depan {patokan} {desa}",
    "belakang {patokan}, {desa}",
    "pertigaan {patokan} {desa}",
    "jalan raya {desa}, sebelum {patokan}",
    "gang sebelah {patokan}, {desa} RT {rt}",
    "{desa} kecamatan {kec}, masuk dari {patokan}",
    "utara {patokan} {desa}",
    "perempatan {desa} arah {kec}",
)

VAGUE_PLACES: Sequence[str] = (
    "pinggir jalan raya, saya kurang tahu nama desanya",
    "habis jembatan, kanan jalan, banyak pohon",
    "dekat pasar, yang ada lampu merahnya",
    "jalan sawah, saya cuma lewat",
    "arah pulang dari kota, belum sampai pertigaan",
)

SEA_PLACES: Sequence[str] = (
    "di laut, dari pelabuhan kira-kira satu jam",
    "tengah laut, masih kelihatan lampu pantai",
)

LANDMARKS: Sequence[str] = (
    "balai desa",
    "masjid besar",
    "musala",
    "SD negeri",
    "madrasah",
    "pasar",
    "lapangan",
    "jembatan",
    "pos kamling",
    "warung kopi",
    "bengkel motor",
    "toko bangunan",
    "tempat gergajian kayu",
    "pangkalan gas",
    "pom bensin mini",
    "kantor kecamatan",
    "makam",
    "penggilingan padi",
)

SAID: Mapping[str, Sequence[str]] = {
    "kesehatan": (
        "Bapak saya sesak napas, badannya dingin semua, tolong ambulans.",
        "Ibu jatuh di kamar mandi, dipanggil-panggil tidak menyahut.",
        "Tetangga saya kejang, mulutnya berbusa, cepat ya.",
        "Istri saya mau melahirkan, ketuban sudah pecah, tidak ada mobil.",
        "Ada bapak-bapak pingsan habis salat, napasnya pelan.",
        "Anak saya panas tinggi terus step, ini masih kaku.",
        "Kakek tiba-tiba tidak bisa bicara, tangan kanannya lemas.",
    ),
    "kebakaran": (
        "Kebakaran, Pak! Gudang kayu, apinya sudah ke atap.",
        "Dapur tetangga kebakar, gas sepertinya, apinya besar.",
        "Rumah kosong kebakaran, anginnya kencang, takut nyambar.",
        "Ada asap hitam dari tempat oven kayu, orang-orang sudah siram pakai ember.",
        "Kandang sapi kebakar, sapinya masih di dalam.",
        "Toko di pinggir jalan kebakar, listriknya konslet kayaknya.",
    ),
    "lalu_lintas": (
        "Tabrakan motor sama truk, yang naik motor tidak bergerak.",
        "Motor sama motor adu banteng, dua orang luka, ada darah banyak.",
        "Mobil masuk selokan, sopirnya kejepit.",
        "Anak sekolah keserempet mobil, kakinya sepertinya patah.",
        "Truk ngguling, jalan tertutup, sopirnya belum keluar.",
        "Orang jatuh dari motor kena lubang, pingsan.",
    ),
    "kepolisian": (
        "Ada orang berkelahi bawa senjata tajam, tolong polisi.",
        "Motor saya baru saja dibawa orang, lari ke arah timur.",
        "Rumah saya kemalingan, pintunya dicongkel.",
        "Ada anak-anak muda tawuran, pakai bambu.",
    ),
    "tenggelam": (
        "Anak kecil hanyut di sungai, belum kelihatan.",
        "Ada yang terseret ombak waktu mandi di pantai, dua orang.",
    ),
    "laka_laut": (
        "Kapal kami mati mesin, air masuk, ada lima orang.",
        "Perahu terbalik kena ombak, tiga orang pegangan di lambung.",
    ),
    "banjir": (
        "Air sudah sepinggang, ada orang tua belum bisa keluar.",
        "Tanggul jebol, air masuk rumah warga satu RT.",
        "Banjir dari sungai, jalan tidak bisa dilewati motor.",
    ),
    "longsor": ("Tebing longsor, menimpa dapur rumah, orangnya di dalam atau tidak belum tahu.",),
    "bencana": (
        "Angin puting beliung, atap rumah banyak yang terbang.",
        "Ombak pasang masuk kampung, perahu-perahu pecah.",
    ),
    "listrik_bahaya": ("Kabel listrik putus, masih nyala, jatuh di jalan.",),
    "orang_hilang": ("Bapak saya pikun, keluar rumah dari subuh belum pulang.",),
    "penyelamatan": (
        "Ada ular besar masuk rumah, saya sama anak-anak di luar.",
        "Sarang tawon di atap sekolah, sudah ada yang disengat.",
        "Tangan anak saya kejepit mesin parut, tidak bisa dilepas.",
        "Kucing jatuh ke sumur, sumurnya dalam.",
    ),
    "kdrt": (
        "Tetangga sebelah ribut, saya dengar perempuan minta tolong terus.",
        "Saya dipukul suami, sekarang saya sembunyi di rumah saudara.",
    ),
    "kekerasan_anak": ("Ada anak dipukuli terus sama orang tuanya, tiap malam kedengaran.",),
    "bunuh_diri": ("Ada orang naik menara, kelihatannya mau loncat.",),
    "pohon_tumbang": (
        "Pohon besar tumbang, nutup jalan, motor saja tidak bisa lewat.",
        "Pohon ambruk kena kabel dan warung, untung warungnya tutup.",
        "Dahan besar patah menggantung di atas jalan, bahaya.",
    ),
    "jalan": (
        "Jalannya berlubang dalam, kemarin sudah dua orang jatuh.",
        "Aspalnya ambles separuh, apalagi kalau hujan tidak kelihatan.",
        "Jalan desa kami rusak sudah setahun, truk kayu lewat terus.",
    ),
    "jembatan": ("Jembatan kecil retak, pagarnya hilang, anak sekolah lewat situ.",),
    "drainase": (
        "Selokan mampet, airnya meluber ke jalan, bau.",
        "Gorong-gorong tertutup, tiap hujan halaman sekolah kebanjiran.",
    ),
    "rambu": ("Lampu merah mati dari pagi, semrawut.",),
    "lampu_jalan": (
        "Lampu jalan mati satu deret, gelap, sudah dua minggu.",
        "Lampu PJU depan sekolah kedip-kedip terus.",
    ),
    "sampah": (
        "Sampah numpuk pinggir jalan, belum diangkut seminggu.",
        "Ada yang buang sampah ke sungai pakai mobil bak, malam-malam.",
        "Bakar sampah plastik tiap sore, asapnya masuk rumah.",
    ),
    "air": (
        "Air PDAM mati tiga hari, yang keluar cuma angin.",
        "Pipa air bocor di jalan, muncrat dari semalam.",
        "Air keran keruh, bau besi.",
    ),
    "listrik": (
        "Listrik padam satu desa dari tadi siang.",
        "Rumah saya saja yang mati, meterannya bunyi terus.",
    ),
    "ketertiban": (
        "Sound horeg sampai jam dua belas, ada bayi tidak bisa tidur.",
        "Pedagang nutup trotoar, pejalan kaki turun ke jalan.",
    ),
    "sosial": ("Ada orang tua tidur di teras toko, sepertinya tidak punya rumah.",),
    "layanan_publik": ("Mau urus KTP antre dari pagi, katanya sistemnya mati.",),
    "lainnya": (
        "Saya mau tanya, kalau ada hewan mati di jalan lapornya ke mana?",
        "Ada orang minta sumbangan, mengaku dari kabupaten, benar tidak ya?",
    ),
}

# For a category that another regency has and this file does not know.
SAID_BY_KIND: Mapping[str, Sequence[str]] = {
    "darurat": (
        "Tolong cepat, ini gawat, orang-orang sudah panik.",
        "Ada yang luka, tolong segera.",
    ),
    "aduan": ("Saya mau lapor, sudah lama begini belum ada yang datang.",),
}

AGAIN: Sequence[str] = (
    "Ini yang tadi sudah ada yang lapor belum? Makin parah.",
    "Sama, saya juga lihat, saya di seberangnya.",
    "Petugasnya kok belum datang? Saya yang di dekat situ.",
    "Mau lapor juga, kelihatannya sudah ramai orang.",
)

PRANK: Sequence[str] = (
    "(suara anak-anak tertawa, lalu ditutup)",
    "Pesan nasi goreng dua, yang pedas.",
    "(suara knalpot digeber)",
    "Cuma mau coba, ternyata nyambung beneran.",
    "Bisa pesan ojek dari nomor ini?",
    "Ada kebakaran… di hati saya.",
)

GHOST: Sequence[str] = ("(tidak ada suara)", "(hanya suara jalan)", "(terputus)")

INFORMATION: Sequence[str] = (
    "Kantor kecamatan hari ini buka sampai jam berapa?",
    "Nomor puskesmas yang jaga malam berapa ya?",
    "Cek tagihan air itu ke mana?",
)

FIRST_NAMES: Sequence[str] = (
    "Sutrisno", "Siti", "Ahmad", "Nur", "Supriyadi", "Yanti", "Kasmi", "Rohman", "Wati", "Bambang",
    "Masrifah", "Joko", "Endang", "Fatkhur", "Sumiyati", "Agus", "Lilis", "Karno", "Umi", "Heri",
)  # fmt: skip
LAST_NAMES: Sequence[str] = (
    "", "", "", "Wibowo", "Rahayu", "Santoso", "Hidayah", "Prasetyo", "Utami", "Kurniawan",
)  # fmt: skip

# Codes of how a case ended, as the console offers them.
OUTCOMES: Mapping[str, Sequence[str]] = {
    "darurat": ("ditangani", "ditangani", "ditangani", "dirujuk", "tidak_ditemukan"),
    "aduan": ("ditangani", "ditangani", "bukan_wewenang"),
}
NEVER_FOUND = "tidak_ditemukan"  # a call without a pin that nobody could place

# What is written about tickets: to the reporter, among colleagues, by the leader, by the reporter.
ANSWERS: Sequence[str] = (
    "Sudah kami tangani hari ini. Fotonya ada di halaman ini. Terima kasih atas laporannya.",
    "Petugas sudah ke tempat dan pekerjaannya selesai. Bila masih ada kendala, beri tahu kami.",
    "Sudah diperbaiki. Mohon dilihat; bila belum baik, buka kembali laporan ini.",
)
QUESTIONS: Sequence[str] = (
    "Kami belum menemukan tempatnya. Mohon sebutkan patokan terdekat.",
    "Mohon beri tahu sejak kapan terjadi dan di sisi jalan yang mana.",
)
NOTES: Sequence[str] = (
    "Bahan dipesan, datang lusa. Regu dua yang mengerjakan.",
    "Sudah dilihat di tempat: lebih besar dari yang dilaporkan.",
    "Menunggu giliran alat berat, dijadwalkan pekan ini.",
)
INSTRUCTIONS: Sequence[str] = (
    "Selesaikan sebelum akhir pekan dan laporkan hasilnya.",
    "Mohon didahulukan, warga sudah lama menunggu.",
)
STILL_WRONG: Sequence[str] = (
    "Sudah rusak lagi setelah hujan kemarin.",
    "Baru sebagian yang dikerjakan, sisi timur belum.",
)
