"""The receipt that a reporter takes home from the desk: its code, and what comes next."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale

from app.paper.page import Heading, page
from app.paper.poster import qr


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on it: nothing of who reported, and no words of the report."""

    code: str
    about: str  # the category; of what is sensitive only "Laporan Anda"
    at: str
    stands: tuple[tuple[str, str, str | None], ...]  # agency, where it stands, what comes next
    alone: str | None  # where no agency has it yet
    address: str  # of the report's page


def receipt(heading: Heading, of: Receipt, hint: str = "") -> str:
    """HTML of half a sheet of A4, to be cut off.

    hint  for who prints it: shown on the screen, not on paper
    """
    with force_locale("id"):  # whoever prints it: the reporter reads it
        inner = render_template(
            "print_receipt.html",
            of=of,
            service=heading.service,
            shown=of.address.partition("://")[2],
            drawn=qr(of.address),
            hint=hint,
            demo=heading.demo,
        )
    return page(heading, inner, maps=False)
