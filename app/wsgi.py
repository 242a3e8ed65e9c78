"""What gunicorn serves: each worker wires a house of its own after the fork."""

from app.factory import create_app
from app.live import Hub
from app.parts import Parts
from app.timer import Timer
from app.warming import warm_cover

application = create_app()


def warm_up() -> None:
    """Read the ground and join the live wire before the first request: a lazy build stalls it."""
    made_of: Parts = application.extensions["parts"]
    made_of.read_ground()
    warm_cover(made_of)
    hub: Hub = application.extensions["hub"]
    hub.start()
    application.extensions["timer"] = timer = Timer(made_of)
    timer.start()


warm_up()
