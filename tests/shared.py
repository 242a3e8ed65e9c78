"""Files of the group's shared folder beside the checkout, for tests that can do without them."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(path: str) -> Path:
    """../shared/<path>; the test is skipped, with the reason, where it is missing."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{found} is not here")
    return found
