"""Settings of PostgreSQL under which an acknowledged call can be lost. We do not serve on them."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# What each must not be. Measured under power cuts: fsync=off lost everything in 5 of 5 tries,
# synchronous_commit=off 107 to 1,163 acknowledged rows each time (reliability.md §4.6).
UNSAFE = {
    "fsync": ("off",),
    "full_page_writes": ("off",),
    "synchronous_commit": ("off",),
    "data_sync_retry": ("on",),
}


def unsafe_settings(session: Session, *names: str) -> list[str]:
    """Those of the settings (all when none is named) that can lose calls: "fsync = off"."""
    found = []
    for name in names or UNSAFE:
        value = session.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one()
        if value in UNSAFE[name]:
            found.append(f"{name} = {value}")
    return found
