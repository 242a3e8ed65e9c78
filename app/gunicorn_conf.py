"""gunicorn's settings: gevent workers, so that a thousand open screens cost no threads."""

import os
from typing import Any

import gevent.socket
from psycopg2 import OperationalError, extensions

worker_class = os.environ.get("TANGGAP_WORKER_CLASS", "gevent")
workers = int(os.environ.get("TANGGAP_WORKERS", "2"))
threads = int(os.environ.get("TANGGAP_THREADS", "1" if worker_class == "gevent" else "32"))
worker_connections = 2000
bind = os.environ.get("TANGGAP_BIND", "127.0.0.1:8112")
timeout = 30
graceful_timeout = 2  # open streams would hold a stop up
keepalive = 30
control_socket_disable = True  # it would lie in the home folder, and two instances collide
accesslog = None
errorlog = "-"
loglevel = "warning"
limit_request_line = 4094
limit_request_fields = 60


def post_fork(server: Any, worker: Any) -> None:
    """Let psycopg2 yield to the other greenlets while it waits for the database."""
    if worker_class == "gevent":
        extensions.set_wait_callback(_wait)


def _wait(connection: Any, timeout: float | None = None) -> None:
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        if state == extensions.POLL_READ:
            gevent.socket.wait_read(connection.fileno(), timeout=timeout)
        elif state == extensions.POLL_WRITE:
            gevent.socket.wait_write(connection.fileno(), timeout=timeout)
        else:
            raise OperationalError(f"unexpected state {state} of the connection")
