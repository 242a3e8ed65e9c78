"""What gunicorn serves: each worker wires a house of its own after the fork."""

import gc

from app import tile_store
from app.factory import create_app
from app.facts_shelf import warm_beside
from app.live import Hub
from app.parts import Parts
from app.tile_door import TileDoor, tend
from app.timer import Timer
from app.warming import warm_cover

house = create_app()


def warm_up() -> None:
    """Read the ground and join the live wire before the first request: a lazy build stalls it."""
    made_of: Parts = house.extensions["parts"]
    made_of.read_ground()
    warm_cover(made_of)
    hub: Hub = house.extensions["hub"]
    tend(hub, tile_store.of(made_of))
    hub.start()
    house.extensions["timer"] = timer = Timer(made_of)
    timer.start()
    warm_beside(made_of)
    # The ground is not looked through for garbage again and again: each time stalled all screens
    # for a tenth of a second (docs/decisions/0017-live-wire-at-scale.md).
    gc.collect()
    gc.freeze()


warm_up()
application = TileDoor(house)
