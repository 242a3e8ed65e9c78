"""In front of Flask: tiles that are kept go out at once, all else goes in.

A map on a thousand screens asks for nothing so often. What is answered here Flask has allowed to
the same log-in a few seconds ago, and read the question for the same eyes; the rest is left to it.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from sqlalchemy.exc import SQLAlchemyError

from app import tile_store
from app.api.tiles import AFTER, ASK_AGAIN, MIMETYPE, how_long, incidents, village_key
from app.auth.guard import TOKEN
from app.auth.sessions import MEMORY, MEMORY_S
from app.errors import TooBusy, problem
from app.live import Hub
from app.parts import Parts
from app.security import COOKIE
from app.tile_store import Key, Tile
from dispatch.log import Cursor
from dispatch.rules.filters import Filter
from dispatch.scope import Scope
from geo.errors import GeoError

PREFIX = "/api/tiles/"
_MOST_COOKIES = 5000
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")
_AFTER = "HTTP_" + AFTER.upper().replace("-", "_")

Environ = dict[str, Any]
Start = Callable[..., Any]


class TileDoor:
    """A WSGI app around the house's."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._parts: Parts = app.extensions["parts"]
        self._store = tile_store.of(self._parts)
        self._tokens: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._headers = {scheme: _house_headers(app, scheme) for scheme in ("http", "https")}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The kept tile, or what the house answers."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX) and environ["REQUEST_METHOD"] == "GET":
            try:
                found = self._found(path, environ)
            except TooBusy as busy:
                return self._refuse(busy, environ, start)
            if found is not None:
                return self._answer(*found, environ, start)
        return self.go_in(environ, start)

    def go_in(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """What the house answers."""
        return self._app(environ, start)

    def _found(self, path: str, environ: Environ) -> tuple[Tile, str] | None:
        """The tile and how long a browser may keep it; None: ask the house."""
        token = self._token(environ.get("HTTP_COOKIE", ""))
        person = MEMORY.recall(token) if token else None
        place = _place(path)
        if person is None or place is None:
            return None
        layer, z, x, y = place
        query = environ.get("QUERY_STRING", "")
        if layer != "incidents":
            tile = self._store.fresh(village_key(self._parts, layer, z, x, y))
            return (tile, how_long(self._parts, layer, query)) if tile else None
        # Only what the house has let in and read for the same eyes is answered here.
        scope = person.scope.shared()
        meant = self._store.words(scope, query)
        return None if meant is None else self._incidents(scope, meant, (z, x, y), environ)

    def _incidents(
        self, scope: Scope, meant: Filter, place: tuple[int, int, int], environ: Environ
    ) -> tuple[Tile, str] | None:
        try:
            after = Cursor.parse(environ[_AFTER]) if _AFTER in environ else None
            anew = environ.get("HTTP_CACHE_CONTROL") == "no-cache"  # somebody pressed reload
            kept = None if anew else self._store.fresh(Key(scope, meant.key(), *place), after)
            tile = kept or incidents(self._parts, scope, meant, place, after, anew=anew)
            return tile, ASK_AGAIN
        except (ValueError, GeoError, SQLAlchemyError):  # the house knows how to say it
            return None

    def _refuse(self, busy: TooBusy, environ: Environ, start: Start) -> Iterable[bytes]:
        """As the house says it."""
        with self._app.request_context(environ):
            answer = self._app.process_response(self._app.make_response(problem(busy)))
        return answer(environ, start)

    def _answer(self, tile: Tile, cache: str, environ: Environ, start: Start) -> list[bytes]:
        headers = [
            *self._headers[environ.get("wsgi.url_scheme", "http")],
            ("Cache-Control", cache),
            ("ETag", tile.etag),
            ("Vary", "Accept-Encoding"),
        ]
        if tile.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start("304 Not Modified", headers)
            return []
        takes = environ.get("HTTP_ACCEPT_ENCODING", "")
        packs = "gzip" in takes and not _NO_GZIP.search(takes)
        body = tile.packed if packs else tile.plain()
        headers += [("Content-Type", MIMETYPE), ("Content-Length", str(len(body)))]
        if packs and body:
            headers.append(("Content-Encoding", "gzip"))
        start("200 OK", headers)
        return [body]

    def _token(self, cookies: str) -> str | None:
        """The log-in that the cookie was signed for; read once in MEMORY_S, for that takes time."""
        cookie = _cookie(cookies)
        if not cookie:
            return None
        until, token = self._tokens.get(cookie, (0.0, ""))
        if time.monotonic() < until:
            return token
        token = _signed(self._app, cookie)
        self._tokens[cookie] = (time.monotonic() + MEMORY_S, token)
        while len(self._tokens) > _MOST_COOKIES:
            self._tokens.popitem(last=False)
        return token


def tend(hub: Hub, store: tile_store.TileStore) -> None:
    """Have tiles grow stale with what the hub hears. Before it is started."""
    hub.watch(store.heard)


def _signed(app: Flask, cookie: str) -> str:
    """The token in a cookie of ours; "" in any other."""
    interface = app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)  # noqa: S101 - as the house has it
    signer = interface.get_signing_serializer(app)
    if signer is None:
        return ""
    try:
        kept = signer.loads(cookie, max_age=int(app.permanent_session_lifetime.total_seconds()))
    except BadSignature:
        return ""
    token = kept.get(TOKEN) if isinstance(kept, dict) else None
    return token if isinstance(token, str) else ""


def _cookie(cookies: str) -> str:
    for pair in cookies.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def _place(path: str) -> tuple[str, int, int, int] | None:
    """Layer and numbers as the store keeps them; None for an address that the house must judge."""
    *layer, z, x, y = path[len(PREFIX) :].split("/") if path.count("/") > 5 else ("", "", "", "")
    numbers = (z, x, y)
    if not all(n.isascii() and n.isdigit() and len(n) < 8 for n in numbers):
        return None
    return "/".join(layer), int(z), int(x), int(y)


def _house_headers(app: Flask, scheme: str) -> list[tuple[str, str]]:
    """What the house says in each answer; without the nonce, for a tile holds no script."""
    with app.test_request_context(PREFIX, base_url=f"{scheme}://localhost"):
        answer = app.process_response(app.response_class())
    drop = ("Content-Type", "Content-Length", "Cache-Control", "Vary", "Set-Cookie")
    headers = [(name, value) for name, value in answer.headers if name not in drop]
    return [(name, re.sub(r" 'nonce-[^']*'", "", value)) for name, value in headers]
