"""Pieces of text that would make a careless scanner slow when repeated."""

PUMPED = [
    "jl ", "jl. ", "rt 1/", "rt ", "rw 1 ", ",", ", ", "1/", "1/2 ", "a", "a ", "a.", "km", "km 1 ",
    "1 km ", "(", "()", '"', "'", "a'", "https://maps?q=", "https://x.example/?q=1,", "geo:1,",
    "e\u0301", "\u0301", "a\u0336", "+", "2222+22", "23+", "-6.5 ", "-6,5 ", "6°", "6°35' ",
    "6 S ", "S ", "°", "1 ", "12345678 ", "1-", "1 - ", "0", "kira kira ", "kira ", "ke ", "dari ",
    "ke utara ", "di depan ", "lor ", "lor kulon ", "antara a dan ", "dan ", "pak ", "jl pak ",
    "toko mas ", "depan ", "200 m ", "no ", "no 1-", "no 1 a ", "kantor ", "kec ", "simpang ",
    "jawa ", "nusa tenggara ", "daerah khusus ibukota ", "rumah ", "sd n ", "tgl 1/", "1 mei ",
    "aB", "abC", "o1", "raya ", "a - ", "a/", "\n", "🔥", "\u200b", "حريق ", "ﷺ", "\uff1a",
]  # fmt: skip
