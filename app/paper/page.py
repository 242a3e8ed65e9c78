"""The frame of every print: heading, time of the figures, notes, page numbers, our scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from markupsafe import Markup

from app.paper.frame import css_string, leaflet, moment, tokens


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a print and below each of its pages."""

    title: str
    service: str  # name of the house
    as_of: datetime  # in the zone of the regency
    zone: str  # its name, WIB
    notes: Sequence[str] = ()
    sub: str = ""
    demo: bool = False  # invented rows are among them
    paper: str = "A4"  # A3
    picture: bool = False  # one picture instead of pages: it brings its own margins

    @property
    def when(self) -> str:
        """The time of the figures in words."""
        return f"{moment(self.as_of)} {self.zone}".strip()


def page(heading: Heading, inner: str, maps: bool = True) -> str:
    """HTML, whole in itself; `inner` comes from a template, so it is escaped already."""
    return render_template(
        "print.html",
        heading=heading,
        inner=Markup(inner),  # noqa: S704 - rendered by a template of ours
        leaflet=leaflet() if maps else "",
        tokens=tokens(),
        footer=css_string(f"{heading.service} · {heading.title} · {heading.when}"),
    )
