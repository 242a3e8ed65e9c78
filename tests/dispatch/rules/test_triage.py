from dispatch.rules.triage import priority


def test_a_life_at_risk_is_always_first():
    assert [priority(p, life_at_risk=True) for p in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_otherwise_the_category_says():
    assert [priority(p) for p in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_a_priority_beyond_the_scale_is_kept_within_it():
    assert [priority(0), priority(9)] == [1, 4]
