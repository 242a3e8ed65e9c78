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
