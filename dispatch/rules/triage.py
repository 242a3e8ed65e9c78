"""How urgent a call is."""

HIGHEST = 1  # gawat
LOWEST = 4  # rendah


def priority(category_priority: int, life_at_risk: bool = False) -> int:
    """1 whenever a life is at risk, else what the category says, kept within 1 to 4."""
    if life_at_risk:
        return HIGHEST
    return min(max(category_priority, HIGHEST), LOWEST)
