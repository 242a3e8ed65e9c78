"""What holds of every figure in an answer."""

import math


def whole(value: object) -> bool:
    """Whether JSON knows all numbers in it: none is infinite or not a number."""
    if isinstance(value, dict):
        return all(map(whole, value.values()))
    if isinstance(value, list):
        return all(map(whole, value))
    return not isinstance(value, float) or math.isfinite(value)
