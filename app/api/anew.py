"""Whether a long reckoning is wanted anew, though its answer of today is kept."""

from dispatch.reports.ask import BadAsk


def with_anew(body: object) -> tuple[object, bool]:
    """The question without the word "anew", and whether it stood there. Raises BadAsk."""
    if not isinstance(body, dict) or "anew" not in body:
        return body, False
    if not isinstance(body["anew"], bool):
        raise BadAsk("anew", "beri true atau false")
    return {name: value for name, value in body.items() if name != "anew"}, body["anew"]
