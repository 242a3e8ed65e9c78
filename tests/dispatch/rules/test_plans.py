import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import BadConfiguration
from dispatch.regency import Regency, read_regency
from dispatch.rules.plans import Plan, PlanPart, derived, fill, missing, part_for

JEPARA = Path(__file__).resolve().parents[3] / "data/regency/jepara"

PUMP = PlanPart("pompa", "Mobil pompa", "Fire engine", 2, frozenset({"api"}), ("pompa",))
MEDIC = PlanPart("ambulans", "Ambulans", "Ambulance", 1, frozenset({"medis"}))
POLICE = PlanPart("polisi", "Polisi", "Police", 1, frozenset({"polisi"}), required=False)
FIRE = Plan("kebakaran", 1, 3, 900, (POLICE, PUMP, MEDIC))


@pytest.fixture(scope="module")
def jepara() -> Regency:
    return read_regency(JEPARA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(JEPARA, tmp_path / "regency"))


def codes(lines):
    return [(part.code, n) for part, n in lines]


def test_of_an_untouched_plan_all_is_missing_the_required_first():
    assert codes(missing(FIRE, [])) == [("pompa", 2), ("ambulans", 1), ("polisi", 1)]


def test_what_was_sent_is_no_longer_missing():
    filled = fill(FIRE, ["pompa", "ambulans", "pompa"])
    assert codes(filled.missing) == [("polisi", 1)]
    assert filled.complete, "what is only wished for is not waited for"


def test_more_than_asked_for_and_parts_of_nowhere_do_no_harm():
    filled = fill(FIRE, ["pompa"] * 5 + ["kapal selam"])
    assert filled.have == {"pompa": 5}
    assert codes(filled.missing) == [("ambulans", 1), ("polisi", 1)]


def test_a_unit_fills_the_first_missing_part_that_it_fits():
    both = frozenset({"api", "medis"})
    assert part_for(fill(FIRE, []), both, "pompa").code == "pompa"
    assert part_for(fill(FIRE, []), both, "ambulans").code == "ambulans"  # no pump by its kind
    assert part_for(fill(FIRE, ["pompa"] * 2), both, "pompa").code == "ambulans"
    assert part_for(fill(FIRE, []), frozenset({"jalan"}), "regu") is None


def test_a_category_without_a_plan_sends_a_unit_for_each_skill():
    plan = derived("x", ["medis", "medis_lanjut"], 900)
    assert [(p.code, p.label, p.count) for p in plan.parts] == [
        ("medis", "unit medis", 1),
        ("medis_lanjut", "unit medis lanjut", 1),
    ]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["pompa", "ambulans", "polisi", "?"])))
def test_sending_more_never_makes_more_missing(met):
    before = dict(codes(missing(FIRE, met)))
    after = dict(codes(missing(FIRE, [*met, "pompa"])))
    assert all(after[code] <= n for code, n in before.items() if code in after)
    assert set(after) <= set(before)


def test_every_emergency_of_the_regency_has_a_plan_that_its_units_can_fill(jepara):
    for category in jepara.categories:
        if category.kind != "darurat":
            continue
        assert category.code in jepara.plans.by_category, category.code
        entry = jepara.plans.by_category[category.code]
        assert entry.at(1).parts, category.code
        for part in entry.at(entry.most_level).parts:
            able = [u for u in jepara.units if part.fits(frozenset(u.skills), u.kind)]
            assert len(able) >= part.count, (category.code, part.code)


def test_a_fire_is_a_quarter_of_an_hour_and_the_power_company_is_told(jepara):
    plan = jepara.plans.plan_of("kebakaran", ["api"])
    assert plan.target_s == 900  # Permendagri 114/2018
    assert [p.code for p in plan.parts] == ["pompa", "suplai", "ambulans", "polisi"]
    assert [t.agency for t in plan.tell] == ["pln"]


def test_a_higher_alarm_sends_more_and_tells_more(jepara):
    first, third = (jepara.plans.plan_of("kebakaran", ["api"], level) for level in (1, 3))
    assert sum(p.count for p in third.parts) > sum(p.count for p in first.parts)
    assert {t.agency for t in first.tell} < {t.agency for t in third.tell}
    assert jepara.plans.plan_of("kebakaran", ["api"], 9) == third, "beyond the highest: as there"


def test_a_part_that_only_a_higher_level_asks_for_is_not_there_below(jepara):
    low, high = (jepara.plans.plan_of("lalu_lintas", [], level) for level in (1, 2))
    assert "penyelamatan" not in [p.code for p in low.parts]
    assert "penyelamatan" in [p.code for p in high.parts]


def test_a_complaint_without_a_plan_has_more_time(jepara):
    plan = jepara.plans.plan_of("jalan", ["jalan"], complaint=True)
    assert plan.target_s == 3600
    assert [p.code for p in plan.parts] == ["jalan"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('category = "kebakaran"', 'category = "api"', "plans.toml: api: category: 'api' is none"),
        ('category = "kesehatan"', 'category = "kebakaran"', "kebakaran: category: has two plans"),
        ('fallback = ["bpbd"]', 'fallback = ["x"]', "kebakaran: fallback: 'x' is none of"),
        ('agency = "pln"', 'agency = "pnl"', "kebakaran tell: agency: 'pnl' is none of"),
        ('kinds = ["suplai"]', 'kinds = ["pesawat"]', "kebakaran suplai: kinds: 'pesawat'"),
        ('skills = ["api"]', 'skills = ["apa"]', "kebakaran pompa: skills: 'apa' is none of"),
        ('code = "suplai"', 'code = "pompa"', "kebakaran: part: 'pompa' stands there twice"),
        ("level_2 = 2", "level_2 = 0", "level_2: 0: a higher level never sends fewer"),
        ("count = 1", "count = 1.5", "count: 1.5: give a whole number"),
        ("crew = 3", "krew = 3", "krew: unknown field; did you mean crew?"),
        ('need = "diinginkan"', 'need = "mungkin"', "need: 'mungkin' is none of: diinginkan"),
        ("target_s = 900 ", "target_s = 5 ", "target_s: 5: give 60 to 86400"),
        ("regu = 300", "rego = 300", "[turnout.post_s_by_kind]: kind: 'rego' is none of"),
        ('prefers = ["pompa"]', 'prefers = ["suplai"]', "prefers: 'suplai' is not among kinds"),
    ],
)
def test_what_is_wrong_names_file_entry_and_field(folder, old, new, said):
    written = (folder / "plans.toml").read_text()
    assert old in written
    (folder / "plans.toml").write_text(written.replace(old, new, 1))
    with pytest.raises(BadConfiguration) as wrong:
        read_regency(folder)
    assert said in str(wrong.value)
    assert str(wrong.value).startswith("plans.toml: ")


def test_a_regency_without_plans_works_by_needs(folder):
    (folder / "plans.toml").unlink()
    regency = read_regency(folder)
    plan = regency.plans.plan_of("lalu_lintas", ["polisi", "medis"])
    assert [p.code for p in plan.parts] == ["medis", "polisi"]
    assert plan.target_s == 900
