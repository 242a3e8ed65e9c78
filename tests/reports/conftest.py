"""A town with an archive of six thousand invented cases, and one that gathers more than chance."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.facts_shelf import exposure_now, facts_now
from dispatch.facts import Facts
from dispatch.reports.ask import from_words
from dispatch.reports.hotspots import Analysis, run
from tests.benches.crowd_incidents import fill
from tests.cluster import database
from tests.conftest import BOUNDARIES
from tests.dispatch.facts.archive import Archive
from tests.shared import shared
from tests.world import NOON, World, make_world

HOT = ("33.20.11.2010", "33.20.11.2009", "33.20.11.2011")  # side by side
SINCE, UNTIL = "2025-09-01", "2026-03-02"


class Town(World):
    """A world with its archive."""

    def run(self, query: str, until: str = UNTIL, peopled: bool = False) -> Analysis:
        """The answer to a question about half a year, on all that is known.

        peopled   as if four hundred lived on each square kilometre: here nobody was counted
        """
        words = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        ask = from_words({"since": SINCE, "until": until, **words})
        exposure = exposure_now(self.parts)
        if peopled:
            exposure = replace(exposure, population=400 * exposure.area_km2)
        return run(ask, self.facts(), exposure, self.parts.ground())

    def facts(self) -> Facts:
        """The incidents as columns."""
        return facts_now(self.parts)


@pytest.fixture(scope="package")
def town(admin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Six thousand cases of two years, and forty of one kind in three villages of one corner."""
    shared(BOUNDARIES)
    with database(admin, "filled") as name:
        made: World = make_world(admin, name, Path(tmp_path_factory.mktemp("town")))
        made.parts.now = lambda: NOON
        fill(made.owner_url, 6000, until=NOON)
        archive = Archive(made)
        for nth in range(120):
            archive.add(HOT[nth % 3], "jalan", NOON - timedelta(days=1 + nth % 60))
        yield Town(**vars(made))
        made.close()
