"""When a unit will be there, to be kept with its order; never in the way of the order itself."""

import logging
from typing import Any

from app.auth.guard import me
from app.parts import parts

log = logging.getLogger(__name__)


def eta_of(incident_id: int, unit_id: int) -> dict[str, Any] | None:
    """As dispatch.choosing reckons it, in a transaction of its own; None where that fails."""
    try:
        from dispatch import choosing

        with parts().transaction(me().scope) as session:
            return choosing.eta_for(session, incident_id, unit_id, parts().ground(), parts().now())
    except Exception:  # whatever it is, the unit must go
        log.exception("no time of arrival for unit %s to incident %s", unit_id, incident_id)
        return None
