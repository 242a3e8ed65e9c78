"""Cases that were reckoned by hand, with a calendar on the table; each says how.

Times are WIB, with a Z they are UTC. A row: what is asked, of what (kind class priority), steps or
start, asked, expected, why.
"""

# Working days after a moment: the day itself does not count.
DAYS = (
    ("2026-11-21 22:00", "3", "2026-11-25 16:00", "Sabtu malam: Senin 1, Selasa 2, Rabu 3"),
    ("2026-11-20 09:00", "3", "2026-11-25 16:00", "Jumat pagi: akhir pekan tidak dihitung"),
    ("2026-11-23 06:00", "1", "2026-11-24 16:00", "sebelum jam kerja, tetap hari itu"),
    ("2026-11-23 23:59", "1", "2026-11-24 16:00", "satu menit sebelum tengah malam"),
    ("2026-11-24 00:00", "1", "2026-11-25 16:00", "tengah malam: hari Selasa sudah mulai"),
    ("2026-11-26 10:00", "1", "2026-11-27 14:30", "hari Jumat pulang lebih awal"),
    ("2026-11-26 10:00", "2", "2026-11-30 16:00", "Jumat 1, Senin 2"),
    ("2026-11-22 16:59Z", "1", "2026-11-23 16:00", "23.59 WIB Minggu"),
    ("2026-11-22 17:00Z", "1", "2026-11-24 16:00", "00.00 WIB Senin, di UTC masih Minggu"),
    ("2026-12-23 10:00", "1", "2026-12-28 16:00", "cuti bersama, Natal, akhir pekan"),
    ("2026-12-23 10:00", "3", "2026-12-30 16:00", "Senin 28, Selasa 29, Rabu 30"),
    ("2026-12-30 10:00", "2", "2027-01-04 16:00", "Kamis 31, tahun baru libur, Senin 4"),
    ("2026-12-30 10:00", "3", "2027-01-06 16:00", "Isra Mikraj Selasa 5 libur"),
    ("2026-03-17 10:00", "1", "2026-03-25 16:00", "Nyepi, cuti bersama, Idulfitri; jam biasa lagi"),
    ("2026-03-17 10:00", "3", "2026-03-27 14:30", "Rabu 25, Kamis 26, Jumat 27"),
    ("2026-02-18 10:00", "1", "2026-02-19 15:00", "hari pertama Ramadan"),
    ("2026-02-19 10:00", "1", "2026-02-20 14:00", "Jumat di bulan Ramadan"),
    ("2026-02-13 10:00", "1", "2026-02-18 16:00", "cuti bersama dan Imlek"),
    ("2026-03-16 10:00", "1", "2026-03-17 15:00", "Ramadan, sehari sebelum cuti"),
    ("2028-02-25 10:00", "1", "2028-02-29 16:00", "hari kabisat 2028"),
    ("2028-02-25 10:00", "2", "2028-03-01 16:00", "sesudah hari kabisat"),
    ("2027-02-26 10:00", "1", "2027-03-01 15:00", "2027 bukan tahun kabisat; Ramadan"),
    ("2025-08-15 10:00", "1", "2025-08-19 16:00", "cuti bersama 18 Agustus 2025"),
    ("2025-03-27 10:00", "1", "2025-04-08 16:00", "Nyepi dan Lebaran 2025"),
    (
        "2026-11-23 09:00",
        "10",
        "2026-12-07 16:00",
        "PPID 10: 24-27 Nov 4, 30 Nov-4 Des 9, 7 Des 10",
    ),
    ("2026-11-23 09:00", "17", "2026-12-16 16:00", "PPID 10 + 7: 8-11 Des 14, 14-16 Des 17"),
)
# Minutes of work after a moment.
ADD = (
    ("2026-11-23 08:00", "60", "2026-11-23 09:00", "di dalam jam kerja"),
    ("2026-11-23 15:30", "60", "2026-11-24 08:00", "30 menit hari ini, 30 menit besok dari 07.30"),
    ("2026-11-23 15:30", "30", "2026-11-23 16:00", "habis tepat saat pulang"),
    ("2026-11-21 22:00", "1", "2026-11-23 07:31", "Sabtu malam sampai Senin pagi"),
    ("2026-11-27 14:00", "60", "2026-11-30 08:00", "Jumat sampai 14.30, lalu Senin"),
    ("2026-11-22 12:00", "510", "2026-11-23 16:00", "satu hari penuh, 8,5 jam"),
    ("2026-11-22 12:00", "511", "2026-11-24 07:31", "satu hari dan satu menit"),
    ("2026-02-19 14:30", "60", "2026-02-20 08:30", "Ramadan: sampai 15.00, lalu dari 08.00"),
    ("2026-12-23 15:00", "120", "2026-12-28 08:30", "melewati Natal"),
    ("2026-03-17 14:00", "120", "2026-03-25 08:30", "melewati Lebaran"),
    ("2026-11-21 22:00", "0", "2026-11-21 22:00", "tanpa waktu tetap di tempat"),
    ("2026-11-23 00:30Z", "1", "2026-11-23 07:31", "00.30 UTC itu 07.30 WIB"),
)
# Minutes of work from one moment to another.
BETWEEN = (
    ("2026-11-23 08:00", "2026-11-24 09:00", "570", "480 + 90"),
    ("2026-11-27 14:00", "2026-11-30 08:00", "60", "30 + 30"),
    ("2026-11-21 08:00", "2026-11-22 20:00", "0", "akhir pekan"),
    ("2026-11-23 00:00", "2026-11-30 00:00", "2460", "4 x 510 + 420"),
    ("2026-02-23 00:00", "2026-03-02 00:00", "2040", "Ramadan: 4 x 420 + 360"),
    ("2026-03-16 00:00", "2026-03-23 00:00", "840", "hanya Senin dan Selasa"),
    ("2026-11-24 09:00", "2026-11-23 08:00", "-570", "terbalik"),
    (
        "2028-02-28 00:00",
        "2028-03-06 00:00",
        "1950",
        "Senin libur, 3 x 510 + 420, 29 Februari ikut",
    ),
)
# kind, class, priority, steps, extended, expected verify / answer / done / reply
DUES = (
    ("aduan", "", 3, "baru 2026-11-21 22:00", False,
     "2026-11-25 16:00 / 2026-12-02 16:00 / 2026-12-10 16:00 / -",
     "3; lalu 5 sesudah itu; 14: 23-27 Nov 5, 30 Nov-4 Des 10, 7-10 Des 14"),
    ("aduan", "normatif", 3, "baru 2026-11-21 22:00", False,
     "2026-11-25 16:00 / 2026-11-27 14:30 / 2026-11-27 14:30 / -",
     "5 hari kerja: Jumat 27; jawaban tidak lebih lambat dari selesai"),
    ("aduan", "berjenjang", 1, "baru 2026-11-21 22:00", False,
     "2026-11-25 16:00 / 2026-11-23 16:00 / 2026-11-23 16:00 / -", "gawat: satu hari kerja"),
    ("darurat", "", 1, "baru 2026-11-21 22:00", False,
     "- / - / 2026-11-21 23:00 / -", "60 menit, Sabtu malam pun"),
    ("darurat", "", 4, "baru 2026-11-21 22:00", False,
     "- / - / 2026-11-22 06:00 / -", "480 menit lewat tengah malam"),
    ("informasi", "", 3, "baru 2026-11-23 09:00", False,
     "2026-11-26 16:00 / 2026-12-03 16:00 / 2026-12-07 16:00 / -", "PPID 10"),
    ("informasi", "", 3, "baru 2026-11-23 09:00", True,
     "2026-11-26 16:00 / 2026-12-03 16:00 / 2026-12-16 16:00 / -", "PPID 10 + 7"),
    ("informasi", "", 3, "baru 2026-03-02 10:00", False,
     "2026-03-05 15:00 / 2026-03-12 15:00 / 2026-03-16 15:00 / -", "Ramadan"),
    ("informasi", "", 3, "baru 2026-03-02 10:00", True,
     "2026-03-05 15:00 / 2026-03-12 15:00 / 2026-04-01 16:00 / -",
     "17: 17 Mar 11, 25-27 Mar 14, 30 Mar-1 Apr 17"),
    ("aduan", "", 3, "baru 2026-11-21 22:00, didisposisi 2026-11-23 09:00", False,
     "2026-11-25 16:00 / 2026-11-30 16:00 / 2026-12-10 16:00 / -",
     "jawaban 5 hari kerja sejak disposisi"),
    ("aduan", "", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 09:00,"
     " bukan_wewenang 2026-11-25 10:00, didisposisi 2026-11-26 10:00", False,
     "2026-11-26 16:00 / 2026-11-30 16:00 / 2026-12-11 14:30 / -",
     "dikembalikan: tidak ada yang bergeser"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 08:30,"
     " ditunda 2026-11-25 10:00, didisposisi 2026-11-26 10:00", False,
     "2026-11-30 09:00 / 2026-12-01 16:00 / 2026-12-01 16:00 / -",
     "ditunda 360 + 150 = 510 menit, satu hari"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 08:30,"
     " ditunda 2026-11-25 10:00", False,
     "2026-11-26 16:00 / 2026-11-30 16:00 / 2026-11-30 16:00 / 2026-12-09 16:00",
     "masih ditunda: berdiri; pelapor punya 10 hari kerja"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 08:30,"
     " ditunda 2026-12-02 09:00, didisposisi 2026-12-04 09:00", False,
     "2026-11-26 16:00 / 2026-11-30 16:00 / 2026-11-30 16:00 / -",
     "ditunda sesudah lewat: tetap terlambat"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 08:30,"
     " dikerjakan 2026-11-24 08:00, ditindaklanjuti 2026-11-25 10:00,"
     " menunggu_tanggapan 2026-11-25 11:00, ditutup 2026-11-26 11:00,"
     " dibuka_kembali 2026-11-30 08:30", False,
     "2026-12-01 13:30 / 2026-12-03 12:00 / 2026-12-03 12:00 / -",
     "510 + 780 = 1290 menit: 510 Selasa, 510 Rabu, 270 Kamis; verifikasi Kamis 26 16.00:"
     " 420 Jumat, 510 Senin, 360 Selasa sampai 13.30"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 08:30,"
     " ditunda 2026-11-27 15:00, didisposisi 2026-11-30 07:00", False,
     "2026-11-26 16:00 / 2026-11-30 16:00 / 2026-11-30 16:00 / -",
     "ditunda hanya di luar jam kerja"),
    ("aduan", "", 3, "baru 2026-11-23 08:00, ditunda 2026-11-23 10:00, baru 2026-11-24 10:00,"
     " didisposisi 2026-11-25 09:00", False,
     "2026-11-30 09:00 / 2026-12-02 16:00 / 2026-12-14 16:00 / -",
     "ditunda 510 menit sebelum disposisi: jawaban instansi baru mulai sesudahnya"),
    ("darurat", "", 2, "baru 2026-11-21 22:00, ditunda 2026-11-21 22:30,"
     " diterima_opd 2026-11-21 23:00", False,
     "- / - / 2026-11-22 00:30 / -", "120 menit dan 30 menit ditunda"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, didisposisi 2026-11-23 08:30,"
     " digabung 2026-11-24 08:00, didisposisi 2026-11-26 08:00", False,
     "2026-11-26 16:00 / 2026-11-30 16:00 / 2026-11-30 16:00 / -",
     "digabung lalu dipisah: jam warga jalan terus"),
    ("saran", "", 4, "baru 2026-12-15 10:00, didisposisi 2026-12-15 11:00,"
     " menunggu_tanggapan 2026-12-18 10:00", False,
     "- / 2026-12-22 16:00 / 2027-01-08 14:30 / -",
     "16-18 Des 3, 21-23 Des 6, 28-31 Des 10, 4 Jan 11, 6-8 Jan 14"),
    ("aduan", "pengawasan", 2, "baru 2026-12-10 10:00, didisposisi 2026-12-11 08:00,"
     " menunggu_tanggapan 2026-12-18 10:00", False,
     "2026-12-15 16:00 / 2026-12-18 14:30 / 2027-03-15 16:00 / 2027-01-07 16:00",
     "balasan: 21-23 Des 3, 28-31 Des 7, 4 Jan 8, 6-7 Jan 10"),
)  # fmt: skip
# kind, class, priority, steps, now, used minutes, of
SHARE = (
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", "2026-11-25 11:00", 1200, 2940,
     "480 + 510 + 210 dari 480 + 3 x 510 + 420 + 510"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, ditunda 2026-11-25 10:00,"
     " diterima_opd 2026-11-26 10:00", "2026-11-26 10:00", 1140, 2940, "tunda tidak dihitung"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", "2026-12-01 16:00", 3450, 2940,
     "sehari terlambat"),
    ("darurat", "", 1, "baru 2026-11-21 22:00", "2026-11-21 22:30", 30, 60, "setengah jam"),
)  # fmt: skip
# kind, class, priority, steps, rungs climbed, when the next one is reached
RUNGS = (
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", 0, "2026-11-25 15:30",
     "1470 menit: 480 + 510 + 480"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", 1, "2026-11-27 13:12",
     "2352 menit: 2010 sampai Kamis, 342 Jumat"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", 2, "2026-11-30 16:00", "2940 menit: habis"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", 3, "2026-12-03 15:00",
     "4410 menit: 2940 + 510 + 510 + 450"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00", 4, "-", "sudah di puncak"),
    ("aduan", "normatif", 3, "baru 2026-11-23 08:00, ditunda 2026-11-24 08:00", 0, "-",
     "jam berhenti"),
    ("darurat", "", 1, "baru 2026-11-21 22:00", 0, "2026-11-21 22:30", "malam pun"),
)  # fmt: skip
