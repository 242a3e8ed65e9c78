"""When a unit will be there and which part it fills, to be kept; never in the way of the order."""

import logging
from typing import Any

from app.auth.guard import me
from app.parts import parts
from dispatch import choosing
from dispatch.errors import Unknown

log = logging.getLogger(__name__)

Promise = tuple[dict[str, Any] | None, str | None]


def promise(incident_id: int, unit_id: int) -> Promise:
    """Eta and part as dispatch.choosing reckons them, in a transaction of their own.

    Nothing of it where that fails: whatever it is, the unit must go.
    """
    try:
        with parts().transaction(me().scope) as session:
            ground = parts().ground()
            part = choosing.part_for(session, incident_id, unit_id, ground)
            return choosing.eta_for(session, incident_id, unit_id, ground, parts().now()), part
    except Unknown:  # the order itself will say so
        return None, None
    except Exception:
        log.exception("no time of arrival for unit %s to incident %s", unit_id, incident_id)
        return None, None
