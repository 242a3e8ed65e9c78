"""Words that stand for persons, or lead up to one: a filter of what is learned as a place's name.

The given names are the commonest of Java and of Muslim Indonesia, written from general knowledge;
they name nobody. A road or a mosque that bears one is not learned: it comes from an import.
A list and a pattern catch most names, and never all: see geo.gazetteer.lessons for what else
stands between a name and the finder.
"""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


TITLES = words_of("""
    pak bpk bapak pakde pakdhe paklik bapake bu ibu ibuk ibunya bude budhe bulik buk mak emak mbok
    mas mbak mba mbk kang yu cak ning neng teh aa akang bang abang kak kakak adik adek dik dek
    mbah embah simbah eyang kakek nenek opa oma tante om paman bibi lik lek gus nyai kyai kiai yai
    haji hajah hajjah hj h kh ustad ustadz ustadzah ust habib syekh syeh sunan ki nyi raden roro rr
    sdr sdri saudara saudari tn tuan ny nyonya nona alm almh almarhum almarhumah drs dra ir dr drg
    prof dokter bidan mantri perawat suster guru dosen
""")
ROAD_TITLES = frozenset({"kh", "raden", "sunan"})  # of roads, and hardly ever of a neighbour
# Kin, tenants, owners, and what a home is called: a private place follows or stands before.
PRIVATE = words_of("""
    rumah rumahnya rumahe omah omahe umah griya kos kost kosan kontrakan kontrakannya kediaman
    tetangga tetangganya keluarga keluarganya anak anaknya istri istrinya suami suaminya orangtua
    adiknya kakaknya ibunya bapaknya ayah ayahnya mertua cucu ponakan keponakan janda duda
    milik miliknya punya punyanya punyae nduwe gone kepunyaan bernama namanya jenenge dipanggil
    an atasnama panggilan pemilik bos juragan majikan karyawan sopir kades carik modin lurah
    petinggi kepala ketua warung toko kios bengkel salon konter lapak jual dagang
""")
# Words after which a text speaks of a person or of how to reach one: it teaches nothing at all.
INTRODUCING = words_of("""
    nama namanya bernama pelapor penelepon penelpon nelpon telp tlp telepon telpon hp wa whatsapp
    nomor nomer nope kontak hubungi dihubungi nik ktp kk an sdr sdri almarhum almarhumah alm almh
    jenazah pasien diduga pelaku tersangka odgj
""")
# Not a name, and no part of one: a span that holds them was cut wrongly.
LOOSE = words_of("""
    di ke dari yang yg dan atau dengan dgn ada itu ini saya kami aku dia mereka sini situ sana
    tadi mau lagi sudah belum tolong mohon minta kecelakaan kebakaran banjir korban sakit
    terjatuh depan belakang samping sebelah dekat seberang utaranya selatannya arah menuju nya
""")
GIVEN_NAMES = words_of("""
    abdul abdullah abdurrahman abdurrohman achmad adam adi adit aditya agung agus agustina ahmad
    aisyah ajeng akbar akhmad aldi alfian ali alif alifah alvin amalia amelia amin aminah amir anang
    andi andika andini andre andri andy angga anggi anggun ani anik anisa anita anjar annisa anton
    anwar ardi ardian arga ari arief arif arifin aris arum asep asih asmara astuti atik aulia ayu
    aziz azizah bagas bagus bambang basuki bayu beni benny bima bowo budi budiman budiono budiyono
    cahyo cahyono candra catur cici cipto cokro dadang danang dandi dani daniel danu darmi darno
    darto daryanto dedi dede denny deni desi desy devi dewi dian diana dika diki dimas dina dinda
    dini dita doni dwi dyah edi edy eka eko elis ely endah endang erik erna erni erwin evi fadil
    fadli fahmi fahri faisal faiz fajar farhan farid farida fatimah fatkhur fauzan fauzi fauziah
    febri ferdi feri ferry fika firman fitri fitria fitriani galih galuh gilang gita gunawan hadi
    halim halimah hamid hamzah handoko hani hanif hari hariyanto harjono harno hartini hartono
    haryanto haryono hasan hasanah hasyim hendra hendri hendro heni henny heri hermawan herman heru
    hesti husein ibnu ibrahim ica ida ifa iin ika ikhsan ikhwan ilham imam imron ina indah indra
    indri ineke intan irfan irma irwan isa ismail isna iswanto ita iwan iyan jaka jamal jamil jati
    joko jono juliana jumadi jumiati kadir karim karmin karno karsono kasmin kasmuri kasno kevin
    khoirul khoiri kholil kholis kiki kirana kohar kuncoro kusnadi kusno kuswanto laila lestari lia
    lilik lilis lina lina linda lisa lukman luluk lutfi mad mahfud mahmud maman mansur margono
    maria mariam mariana marno marsudi marsono martini maryam masruri maskur masud maulana maya
    mega meli melisa mia mila mira misbah misno moch mochamad moh mohamad mohammad muchlis
    muhamad muhammad muh mukhlis mulyadi mulyani mulyono munir murni mursid muslim mustofa
    mutia nabila nadia naila nana nanang nanda nando nasir natalia neni ngadi ngatman niken nila
    nina ningrum ningsih nisa noor nova novi novita nugroho nur nuraini nurdin nurhadi nurhayati
    nurul oki oktavia panji paijo parman parno parti pipit pratama prayitno prabowo priyono puguh
    puji purnomo puspita putra putri putu rafi rahma rahman rahmat rahmawati raka ramadhan rama
    ramli rani rara ratih ratna reni rendi reno retno reza rian ridho ridwan rifki rika rina rini
    rio risa riski rita rizal rizka rizki rizky robi rochmad rohman rohmat rokhim romi roni rosa
    rosi rudi rudy rukmini rusdi rusmin rustam ryan sabar safitri saiful salim salma samsul
    sandi santi santoso saputra saputri sari sarjono sarmi sarno sarwono satria satrio septi
    septian setiawan setyo shinta sholeh sholikin sidik sigit silvi sinta siska siswanto siti
    slamet sobirin soleh solikin solikhin sri subur sudar sulis supri surya susi susanti susanto
    suwarni syafii syaiful syamsul syarif taufik taufiq teguh tika tini titik tomi tono toni
    topik tri trisno tukiman tumini tutik udin ulfa umi untung uswatun utami vera vina vivi wahab
    wahid wahyu wahyudi wahyuni wardi warno wartini wasis wati wawan wibowo widi widodo widya
    wijaya wiji winarno winarti wisnu wiwik wiwin wulan yahya yani yanti yanto yanuar yasin yati
    yayan yeni yoga yono yogi yudha yudi yuli yuliana yulianto yulianti yuni yusron yusuf zaenal
    zaenudin zahra zainal zainudin zaki zulfa zulfikar zuhri zubaidah zubaedah
""")
# More of the villages, of the older ones above all: what their pattern below does not catch.
VILLAGERS = words_of("""
    bejo kliwon legi pahing wage pon rebo kemis senen seloso jumat setu kasan kasdi kardi karto
    kromo singo noto joyo wiro atmo martono mangun krama sastro tomo darso warsi watini giyem giyo
    gito gimin gimun giman ginah giyono jemari jumali jumari jumirah jumar jupri kamsi kamto kamdi
    kasanah katno kemi kinah kinem lasmi lasmini lamijo lasiyem lasno mijan mijah mitro munah
    narti narto ngadiyo ngasri painem pairin parjo parlan partono ponco ponirin poniti radi radiyo
    ratmi rebi rukayah rumini rusmi rusmiyati saban sadi sadikin sadiman saidi sajad salamah saleh
    salmah sami samidi samijan samin saminah samingan sampun sanusi sarban sardi sarijan sarpan
    sarti sarwo satimin satini sawal seno seger sodikin sriyatun tamyis tarmuji tarno tarsih
    tarsono tasmi tasrip tasripin timan tinah tiyem tohir tombong tumi turah turmudi wagini wagirah
    wagiran wagiyem wahono wakidi wakijan wakinah warjo warsito wiknyo zumrotun zulaikah khotimah
    khotib khusnul muslimin musthofa mustakim nasikin nasikhun nasrudin ngasiman nafi rohmah rofik
    rofiq rois rokhani romlah romdhon rondi sakdiyah sakdun salam samuri sholikah shodiq sofyan
    subhan syahid syakur syukron toha tohari ulin umar umaroh usman wafa wildan yazid zaini zamroni
""")
# Words that places bear. Their ends and beginnings would count as a person's else.
PLACE_WORDS = words_of("""
    mawar melati kenanga anggrek cempaka dahlia flamboyan teratai seroja kamboja delima mangga
    durian jati mahoni cendana beringin asem asam randu pule kelapa pandan bambu pring merdeka
    pahlawan pemuda veteran krajan alun taman kebon kebun kauman pasar pecinan pesantren sekolah
    kemiri salam sawo nangka jambu gayam bendo lapangan perdamaian persatuan pendidikan kesehatan
    pembangunan pelajar perintis kemerdekaan makmur sejahtera damai bahagia sentosa mulya
    selatan utara timur barat tengah kulon wetan lor kidul duwur dhuwur ngisor nduwur atas bawah
    baru anyar lama lawas indah asri permai raya besar kecil induk sari rejo harjo kerto
""")
# What may follow the one word of its own that a hamlet, a road or a crossing is called by.
SIDES = words_of("""
    selatan utara timur barat tengah kulon wetan lor kidul duwur dhuwur ngisor nduwur atas bawah
    baru anyar lama lawas indah asri permai raya besar kecil
""")
_PLACE_STARTS = ("karang", "kedung", "sumber", "tegal", "wono", "watu", "banyu", "kali", "pulo")
_PLACE_ENDS = ("rejo", "harjo", "sari", "agung", "anyar", "anom", "asri", "kidul", "kulon")
_LONG = 8  # letters: Sukorejo is a place, Surejo a man
# Javanese names follow a pattern: Sutrisno, Sugiyanto, Suparman; Karmiyem, Painah, Wartini.
_ENDS = (
    "jo", "no", "to", "yo", "so", "mo", "di", "ji", "ri", "ti", "ni", "mi", "man", "min", "mun",
    "jan", "yan", "wan", "din", "kin", "tin", "rin", "nem", "kem", "yem", "jem", "ten", "sih",
    "rah", "yah", "nah", "jah", "mah", "lah", "pah", "kah", "sah", "dah", "fah", "roh", "tun",
    "mad", "udin", "ullah", "ulloh", "nisa",
)  # fmt: skip
_STARTS = (
    "ngat", "leg", "pon", "sar", "tar", "suk", "tuk", "war", "wag", "wak", "pai", "par", "sum",
    "sup", "sut", "suw", "sug", "suy", "suh", "sud", "tum", "tug", "kas", "kasm", "karm", "jum",
    "ngad", "mar", "rus", "ruk", "sakd", "abd", "moham", "muham", "nur", "khoi", "khol",
)  # fmt: skip


def like_person(word: str) -> bool:
    """Whether the word, normalised, is a title, a common given name, or built like one.

    A filter, not a proof. Of 50 older Javanese names that are not listed it stopped 45, of 24 of
    the fashion of today's children, which follow no pattern, one. And it stops one word in seven
    of villages' names: an import brings these.
    """
    if word in TITLES or word in GIVEN_NAMES or word in VILLAGERS:
        return word not in PLACE_WORDS or word in TITLES
    return not like_place(word) and (word.endswith(_ENDS) or word.startswith(_STARTS))


def like_place(word: str) -> bool:
    """Whether a word is one that places bear, or built of such: Karangrandu, Wonorejo."""
    if word in PLACE_WORDS:
        return True
    return len(word) >= _LONG and (word.startswith(_PLACE_STARTS) or word.endswith(_PLACE_ENDS))
