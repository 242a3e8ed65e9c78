from dispatch.rules.responsibility import AreaRule, choose

WHOLE = AreaRule("sampah", "", 1)
DISTRICT = AreaRule("sampah", "99.01", 2)
VILLAGE = AreaRule("sampah", "99.01.2001", 3)
OTHER = AreaRule("jalan", "", 9)
RULES = [WHOLE, DISTRICT, VILLAGE, OTHER]


def test_the_narrowest_area_decides():
    assert choose(RULES, "sampah", "99.01.2001", "99.01").agency_ids == (3,)
    assert choose(RULES, "sampah", "99.01.2002", "99.01").agency_ids == (2,)
    assert choose(RULES, "sampah", "99.02.2001", "99.02").agency_ids == (1,)


def test_all_agencies_of_that_area_answer_in_the_order_of_the_rules():
    rules = [AreaRule("laka", "", 7), AreaRule("laka", "", 4)]
    assert choose(rules, "laka", "99.01.2001", "99.01").agency_ids == (7, 4)


def test_a_code_that_only_begins_alike_is_another_area():
    assert choose([AreaRule("sampah", "99.0", 2), WHOLE], "sampah", "99.01.2001", "99.01") == (
        choose([WHOLE], "sampah", "99.01.2001", "99.01")
    )


def test_an_unknown_place_gets_the_rule_of_the_whole_regency_and_says_so():
    choice = choose(RULES, "sampah", None, None)
    assert choice.agency_ids == (1,)
    assert "belum pasti" in choice.reason


def test_the_reason_names_the_area():
    assert choose(RULES, "sampah", "99.01.2001", "99.01").reason == (
        "Aturan sampah khusus desa 99.01.2001."
    )
    assert choose(RULES, "sampah", "99.01.2002", "99.01").reason == (
        "Aturan sampah khusus kecamatan 99.01."
    )
    assert choose(RULES, "sampah", "99.02.2001", "99.02").reason == (
        "Aturan sampah untuk seluruh wilayah."
    )


def test_without_a_rule_nobody_answers_and_the_reason_says_so():
    choice = choose(RULES, "lampu_jalan", "99.01.2001", "99.01")
    assert choice.agency_ids == ()
    assert choice.reason == "Belum ada instansi yang ditetapkan untuk kategori lampu jalan."


OWNED = [
    AreaRule("jalan", "", 1),
    AreaRule("jalan", "99.01", 2),
    AreaRule("jalan", "", 3, owner="jalan_provinsi"),
    AreaRule("jalan", "99.01", 4, owner="jalan_provinsi", hours="luar_jam"),
    AreaRule("jalan", "", 5, hours="luar_jam"),
]


def who(owner=None, hours="", village="99.02.2001", district="99.02"):
    return choose(OWNED, "jalan", village, district, owner=owner, hours=hours).agency_ids


def test_the_owner_comes_before_the_area_and_the_area_before_the_hours():
    assert who() == (1,)
    assert who(hours="luar_jam") == (5,)
    assert who(village="99.01.2001", district="99.01", hours="luar_jam") == (2,)
    assert who("jalan_provinsi", village="99.01.2001", district="99.01") == (3,)
    assert who("jalan_provinsi", "luar_jam", "99.01.2001", "99.01") == (4,)
    assert who("jalan_provinsi", "jam_kerja", "99.01.2001", "99.01") == (3,)


def test_an_owner_without_a_rule_of_its_own_gets_everybodys_and_the_reason_says_so():
    choice = choose(OWNED, "jalan", "99.02.2001", "99.02", owner="jalan_desa")
    assert choice.agency_ids == (1,)
    assert choice.reason == (
        "Aturan jalan untuk seluruh wilayah; untuk jalan desa tidak ada aturan sendiri."
    )


def test_what_decided_is_kept_with_what_was_looked_at_and_the_version_of_the_rules():
    choice = choose(
        OWNED, "jalan", "99.02.2001", "99.02", owner="jalan_provinsi", hours="jam_kerja"
    )
    assert choice.reason == "Aturan jalan untuk seluruh wilayah, milik jalan provinsi."
    assert choice.decided["rule"] == "jalan|jalan_provinsi||"
    assert choice.decided["looked_at"]["owner"] == "jalan_provinsi"
    same = choose(reversed(OWNED), "jalan", None, None).decided["version"]
    other = choose(OWNED[1:], "jalan", None, None).decided["version"]
    assert same == choice.decided["version"] != other
