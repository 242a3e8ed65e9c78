"""The cover of the land, reckoned before anybody asks: little by little beside the requests."""

import logging
import time

from app.parts import Parts
from dispatch import cover
from dispatch.scope import HUB

# Between two steps the worker's other requests get their turn. A thread of its own would do the
# same, but gevent's locks between threads have let a request wait for ever.
_REST_S = 0.001

log = logging.getLogger(__name__)


def warm_cover(parts: Parts) -> int:
    """From all posts, over the ways as last read; how many rows. What fails is reckoned later."""
    try:
        with parts.transaction(HUB) as session:
            steps = cover.warming(session, parts.ground(), parts.now())
        rows = 0
        for reckoned in steps:  # with no session open
            rows += reckoned
            time.sleep(_REST_S)
        return rows
    except Exception:  # nobody should miss the news for it
        log.exception("the cover could not be reckoned ahead")
        return 0
