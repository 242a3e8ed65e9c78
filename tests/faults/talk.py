"""A client over plain HTTP. It carries the cookie itself: browsers alone send a Secure one here."""

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.cluster import DEMO_PASSWORD

TROUBLE = (OSError, http.client.HTTPException)  # what a bad line raises


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Talker:
    """Somebody who is logged in on a server. Each request has a connection of its own."""

    host: str
    port: int
    cookie: str = ""
    token: str = ""
    timeout_s: float = 30.0

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """One exchange. Raises one of TROUBLE when it did not come to its end."""
        sent = {"Cookie": self.cookie, "X-CSRF-Token": self.token, "Connection": "close"}
        if body is not None or raw is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = json.dumps(body).encode() if body is not None else raw
        line = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        try:
            line.request(method, path, content, sent)
            answer = line.getresponse()
            if answer.length is None:  # the line was cut within the head: http.client minds not
                raise http.client.IncompleteRead(b"")
            return Answer(answer.status, dict(answer.headers), answer.read())
        finally:
            line.close()

    def call(self, body: Any, key: str) -> Answer:
        """Tell of a call under a key."""
        return self.ask("POST", "/api/calls", body, Idempotency_Key=key)

    def through(self, port: int, timeout_s: float) -> "Talker":
        """The same log-in by way of another port."""
        return Talker(self.host, port, self.cookie, self.token, timeout_s)


def log_in(url: str, login: str) -> Talker:
    """As a browser does: the page, its forgery token, the form, the new session's token."""
    at = urlsplit(url)
    guest = Talker(at.hostname or "127.0.0.1", at.port or 80)
    page = guest.ask("GET", "/masuk")
    form = {"login": login, "password": DEMO_PASSWORD, "csrf_token": _token(page)}
    entered = Talker(guest.host, guest.port, _cookie(page)).ask(
        "POST",
        "/masuk",
        raw=urlencode(form).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert entered.status == 302, entered.body[:400]
    page = Talker(guest.host, guest.port, _cookie(entered)).ask("GET", "/masuk")
    return Talker(guest.host, guest.port, _cookie(page) or _cookie(entered), _token(page))


def _cookie(answer: Answer) -> str:
    return answer.headers.get("Set-Cookie", "").partition(";")[0]


def _token(page: Answer) -> str:
    found = re.search(rb'name="csrf-token" content="([^"]+)"', page.body)
    assert found, page.body[:400]
    return found.group(1).decode()
