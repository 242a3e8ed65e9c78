"""What was said, in one line each for the table of phrasings."""

from geo.address import Relation, Said, Span

NUMBERS = ("rt", "rw", "km", "house", "postcode", "plus_code")


def spans(said: Said) -> str:
    """For example "road gang=mawar #2 | none tegalsambi"."""
    return " | ".join(map(_span, said.spans))


def _span(span: Span) -> str:
    parts = [span.mark.name.lower(), f"{span.kind}={' '.join(span.words)}" if span.kind else ""]
    parts += [" ".join(span.words) if not span.kind else "", f"#{span.number}" * bool(span.number)]
    return " ".join(part for part in (*parts, "(title)" * span.title) if part)


def relations(said: Said) -> str:
    """For example "sebelah 90 200m >0"."""
    return " | ".join(map(_relation, said.relations))


def _relation(relation: Relation) -> str:
    parts = [relation.word]
    if relation.bearing_deg is not None:
        parts.append(f"{relation.bearing_deg:g}")
    if relation.distance_m is not None:
        parts.append(f"{relation.distance_m:g}m")
    return " ".join((*parts, f">{relation.span}" if relation.span is not None else "?"))


def numbers(said: Said) -> str:
    """For example "rt 3 rw 2 house 12A"; coordinates in degrees."""
    given = [(name, getattr(said, name)) for name in NUMBERS]
    told = [f"{name} {value}" for name, value in given if value is not None]
    if said.coordinates is not None:
        told.append(f"at {said.coordinates.lat:.5f} {said.coordinates.lon:.5f}")
    return " ".join(told)
