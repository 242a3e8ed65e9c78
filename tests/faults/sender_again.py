"""`tanggap sender`, forked from a process that has read its modules; again, whenever it is killed.

    python -m tests.faults.sender_again OPTION...

Prints the process id of each. Reading the modules takes seconds, which a hundred kills have not.
"""

# ruff: noqa: T201 - what it prints is what it is for

import os
import signal
import sys

from app.cli.sender import sender


def main(options: list[str]) -> None:
    """Until one ends by itself."""
    parent, status = os.getpid(), signal.SIGKILL
    while os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        pid = os.fork()
        if pid == 0:
            sender.main([*options, "--beside", str(parent)], standalone_mode=False)
            os._exit(0)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
