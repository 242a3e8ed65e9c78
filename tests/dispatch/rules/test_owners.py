import pytest

from dispatch.rules.owners import AssetName, By, OwnerKind, Register, by_road

REGISTER = Register(
    [
        OwnerKind("jalan_provinsi", "jalan provinsi", ("jalan provinsi",)),
        OwnerKind("tiang_pln", "tiang PLN", ("tiang pln",)),
        OwnerKind("jalan_kabupaten", "jalan kabupaten"),
    ],
    [
        AssetName("jalan", "jalan_provinsi", "Jl. Raya Selatan", "diandaikan"),
        AssetName("jalan", "jalan_kabupaten", "Jl. Raya Selatan-Utara", "SK 1/2026"),
        AssetName("jalan", "jalan_kabupaten", "Jl.", "-"),
    ],
)


@pytest.mark.parametrize(
    "said", ["lubang di jl selatan", "Jln. Raya Selatan, depan pasar", "JALAN SELATAN rusak"]
)
def test_a_road_of_the_register_is_found_however_it_is_written(said):
    found = REGISTER.in_words([said])
    assert (found.code, found.by, found.feature) == ("jalan_provinsi", By.NAME, "Jl. Raya Selatan")
    assert found.assumed


def test_of_two_names_the_longer_one_is_meant():
    found = REGISTER.in_words(["Jalan Selatan-Utara km 3"])
    assert found.code == "jalan_kabupaten"
    assert not found.assumed


def test_who_names_the_owner_is_believed_before_the_register():
    found = REGISTER.in_words(["jl. raya selatan", "tiang PLN miring"])
    assert (found.code, found.by) == ("tiang_pln", By.WORDS)


def test_a_part_of_a_word_and_a_bare_street_are_no_names():
    assert REGISTER.in_words(["jalan selatanan", "jalan rusak"]).code is None


def test_the_class_of_the_only_road_near_says_whose_it_is_and_that_is_assumed():
    owner_of = {"primary": "jalan_provinsi", "tertiary": "jalan_kabupaten"}
    found = by_road([("primary", "Jl. Satu"), ("primary_link", "")], owner_of)
    assert (found.code, found.by, found.feature) == ("jalan_provinsi", By.ROAD, "Jl. Satu")
    assert found.assumed
    assert by_road([("primary", ""), ("tertiary", "")], owner_of).code is None
    assert by_road([("service", "")], owner_of).code is None
    assert by_road([], owner_of).code is None


def test_an_owner_that_the_files_do_not_name_keeps_its_code_in_words():
    assert REGISTER.name_of("pipa_lama") == "pipa lama"
    assert REGISTER.name_of("tiang_pln") == "tiang PLN"
    assert REGISTER.name_of(None) is None
