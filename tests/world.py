"""A small installation for one test: its own database, its app, its users, its server."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine, pool
from sqlalchemy.orm import Session

from app.config import Settings
from app.factory import create_app
from app.parts import Parts, build
from dispatch.scope import SYSTEM, Scope, enter
from tests.cluster import DEMO_PASSWORD, ROOT, SECRET, as_role

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)  # noon in WIB, a Monday


@dataclass
class World:
    """One database with its app."""

    app_url: str
    owner_url: str
    settings: Settings
    parts: Parts
    app: Flask

    def client(self, login: str | None = None) -> FlaskClient:
        """A browser of its own; logged in when a demo login is named."""
        client = self.app.test_client()
        if login is not None:
            answer = post_form(client, "/masuk", {"login": login, "password": DEMO_PASSWORD})
            assert answer.status_code == 302, answer.get_data(as_text=True)[:400]
        return client

    @contextmanager
    def as_owner(self) -> Iterator[Session]:
        """A session with the house's rights; commits."""
        engine = create_engine(self.owner_url, poolclass=pool.NullPool)
        with Session(engine) as session, session.begin():
            enter(session, SYSTEM)
            yield session

    @contextmanager
    def as_scope(self, scope: Scope) -> Iterator[Session]:
        """A session of the app's role with those eyes; commits."""
        with self.parts.transaction(scope) as session:
            yield session

    def close(self) -> None:
        """Give back the connections."""
        self.app.extensions["hub"].stop()
        self.parts.engine.dispose()


def token_of(client: FlaskClient) -> str:
    """The forgery token of the client's session."""
    page = client.get("/masuk").get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found, page[:400]
    return found.group(1)


def post_form(client: FlaskClient, path: str, fields: dict[str, str]) -> Any:
    """As a browser posts a form."""
    return client.post(
        path,
        data=fields | {"csrf_token": token_of(client)},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
    )


class Compiled(BytecodeCache):
    """Templates, compiled once a process: every world has an app of its own, and all the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As BytecodeCache.load_bytecode; the checksum is of the template's text."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As BytecodeCache.dump_bytecode."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def make_world(admin: str, name: str, folder: Path, regency: Path | None = None) -> World:
    """The app over a filled database. The clock stands at noon."""
    app_url = as_role(admin, "tanggap_app", name)
    owner_url = as_role(admin, "tanggap_owner", name)
    environ = {
        "DATABASE_URL": app_url,
        "DATABASE_ADMIN_URL": owner_url,
        "SECRET_KEY": SECRET,
        "TANGGAP_VAR": str(folder),
        "TANGGAP_POOL": "5",
    }
    if regency is not None:
        environ["TANGGAP_REGENCY"] = str(regency)
    settings = Settings.from_environment(environ)
    parts = build(settings)
    app = create_app(settings, parts)
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = SecureClient
    return World(app_url, owner_url, settings, parts, app)


class SecureClient(FlaskClient):
    """Asks over https, as the Secure cookie wants, and brings the forgery token along."""

    forgery_token: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """As FlaskClient.open."""
        kwargs.setdefault("base_url", "https://localhost")
        if kwargs.get("method") in ("POST", "PATCH", "PUT", "DELETE") and "json" in kwargs:
            if self.forgery_token is None:
                self.forgery_token = token_of(self)
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRF-Token", self.forgery_token)
            headers.setdefault("Referer", "https://localhost/")
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)


@dataclass
class Server:
    """gunicorn over a database, on a free port of the loopback."""

    url: str
    process: subprocess.Popen[bytes]
    world: World

    def login(self, page: Any, login: str) -> None:
        """Log a Playwright page in through the log-in page."""
        page.goto(f"{self.url}/masuk")
        page.fill('input[name="login"]', login)
        page.fill('input[name="password"]', DEMO_PASSWORD)
        page.press('input[name="password"]', "Enter")
        page.wait_for_url(lambda url: "/masuk" not in url)

    def workers(self) -> list[int]:
        """Process ids of the web workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


@contextmanager
def serve(
    world: World, workers: int = 1, app: str = "app.wsgi:application", **environ: str
) -> Iterator[Server]:
    """A real server, stopped at the end. `app`: what gunicorn is to load."""
    port = free_port()
    given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "TANGGAP_"))}
    given |= {
        "DATABASE_URL": world.app_url,
        "SECRET_KEY": SECRET,
        "TANGGAP_VAR": str(world.settings.state_folder),
        "TANGGAP_REGENCY": str(world.settings.regency_folder),
        "TANGGAP_BIND": f"127.0.0.1:{port}",
        "TANGGAP_WORKERS": str(workers),
    } | environ
    log = Path(world.settings.state_folder, "server.log").open("ab")  # noqa: SIM115  # closed below
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    process = subprocess.Popen(
        [gunicorn, "-c", str(ROOT / "app/gunicorn_conf.py"), app],
        cwd=ROOT,
        env=given,
        stdout=log,
        stderr=log,
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/sehat", process, Path(log.name))
        yield Server(f"http://127.0.0.1:{port}", process, world)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120  # 8 s of processor time, and others may be at work
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not come up:\n{log.read_text()[-3000:]}")
