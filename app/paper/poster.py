"""A poster for the village hall: what 112 is, and a QR code to the village's public page."""

import segno
from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from app.paper.ground import Shape
from app.paper.page import Heading, page

PAPERS = ("A4", "A3")


def poster(heading: Heading, village: Shape, address: str | None, hint: str = "") -> str:
    """HTML of one sheet.

    address  of the public page; None: nothing is shown to the public, so there is no code
    hint     for who prints it: shown on the screen, not on paper
    """
    with force_locale("id"):  # whoever prints it: the village reads it
        inner = render_template(
            "print_poster.html",
            village=village,
            service=heading.service,
            shown=(address or "").partition("://")[2],
            code=qr(address) if address else None,
            hint=hint,
            paper=heading.paper,
        )
    return page(heading, inner, maps=False)


def qr(address: str) -> Markup:
    """The address as a QR code in SVG; a quarter of it may be torn or dirty (level Q)."""
    code = segno.make(address, error="q", micro=False)
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return Markup(drawn)  # noqa: S704 - squares only; the address is not in it as words
