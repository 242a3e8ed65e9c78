"""Fixtures of the door's tests: a shared world whose browsers stay logged in."""

from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient

from tests.world import World


@dataclass
class Office(World):
    """Logs each login in once, for argon2 takes its time; for tests that do not log out."""

    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, login: str | None = None) -> FlaskClient:
        """As World.client, but the same browser for the same login."""
        if login is None:
            return super().client()
        if login not in self.browsers:
            self.browsers[login] = super().client(login)
        return self.browsers[login]


@pytest.fixture(scope="module")
def office(shared_world: World) -> Office:
    """The file's shared world, with everybody at their desk."""
    return Office(**vars(shared_world))
