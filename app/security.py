"""Headers, cookies and forgery tokens: what holds for every answer."""

import secrets
from collections.abc import Sequence

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect

from app import assets

MOST_BYTES = 64 * 1024  # of a request: thirty minutes of fast typing
# Requests that may be longer, by their endpoint.
LONGER = {
    "positions.post_positions": 256 * 1024,  # 500 fixes
    "photos.post_photo": 15 * 1024 * 1024 + MOST_BYTES,
    "exchange.post_import": 4 * 1024 * 1024,
    "proofs.post_proof": 15 * 1024 * 1024 + MOST_BYTES,
    # Without a script several photos come with one form, also as it is said to be done.
    "work_link.post_photo": 24 * 1024 * 1024 + MOST_BYTES,
    "work_link.post_done": 24 * 1024 * 1024 + MOST_BYTES,
}
# Devices show a token with every request and have no session that could be misused from
# another page. post_positions, which serves browsers too, checks those itself.
BY_TOKEN = (
    "app.api.positions.post_positions",
    "app.api.positions.post_osmand",
    "app.api.positions.post_owntracks",
    # A contractor has no session: the token in the address is what is secret.
    "app.pages.work_link.post_photo",
    "app.pages.work_link.post_done",
)
COOKIE = "__Host-tanggap"  # the prefix makes the browser insist on Secure, Path=/ and no Domain


def nonce() -> str:
    """A new one each request, for the one inline script (the import map)."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _policy(basemap: str | None) -> str:
    images = "'self' data: blob:" + (f" {basemap}" if basemap else "")
    connect = "'self'" + (f" {basemap}" if basemap else "")
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src 'self'; "
        f"img-src {images}; connect-src {connect}; worker-src 'self' blob:; font-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def for_everybody(framed_on: Sequence[str] | None = None, *, forms: bool = False) -> dict[str, str]:
    """Headers of a page without log-in and without any script.

    framed_on   origins that may show it in a frame, beside our own; None: nobody may
    forms       whether it has forms of its own
    """
    ancestors = "'none'" if framed_on is None else " ".join(("'self'", *framed_on))
    sends = "'self'" if forms else "'none'"
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
            f"form-action {sends}; frame-ancestors {ancestors}"
        ),
    }
    if framed_on is not None:  # else a page that isolates itself could not show it
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return headers


def init_app(app: Flask, basemap_origin: str | None) -> None:
    """Strict from the first page on."""
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_SECURE=True,  # browsers take 127.0.0.1 as safe without TLS
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the log-in: a shift is longer than an hour
        WTF_CSRF_SSL_STRICT=False,  # the Origin is checked by SameSite and the token
    )

    @app.before_request
    def set_length() -> None:
        # Before the forgery check, which reads the form.
        request.max_content_length = most = LONGER.get(request.endpoint or "", MOST_BYTES)
        if most > MOST_BYTES:  # the reader of forms holds two pieces of a file at a time
            request.max_form_memory_size = 4 * MOST_BYTES

    forgery = CSRFProtect(app)
    for view in BY_TOKEN:
        forgery.exempt(view)

    @app.after_request
    def harden(answer: Response) -> Response:
        headers = answer.headers
        headers.setdefault("Content-Security-Policy", _policy(basemap_origin))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        elif answer.status_code in (200, 206, 304) and _names_content():
            headers["Cache-Control"] = assets.FOR_EVER
        return answer


def _names_content() -> bool:
    """Whether the address of a file changes with it: only then it may be kept for ever."""
    named = request.args.get("v")
    return named is not None and named == assets.mark((request.view_args or {})["filename"])


def check_forgery() -> None:
    """For views that are exempt because a device may call them: a browser has called it."""
    forgery: CSRFProtect = current_app.extensions["csrf"]
    forgery.protect()
