"""Sources on which things go wrong, so that workers can be seen to lose a chunk."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from geo.hotspots.many import Chunk, Made


@dataclass(frozen=True)
class Held:
    """The first to read a certain chunk stays in it, its process named in a file: to be killed."""

    made: Made
    number: int
    note: Path

    def __len__(self) -> int:
        return len(self.made)

    def read(self, number: int) -> Chunk:
        """As made, but for the first time that the chunk is read."""
        if number == self.number and not self.note.exists():
            written = self.note.with_suffix(".part")
            written.write_text(str(os.getpid()))
            written.rename(self.note)
            time.sleep(60)
            raise AssertionError("nobody killed this worker")
        return self.made.read(number)


@dataclass(frozen=True)
class Deadly:
    """Whoever reads a certain chunk dies of it."""

    made: Made
    number: int

    def __len__(self) -> int:
        return len(self.made)

    def read(self, number: int) -> Chunk:
        """As made, where one lives to see it."""
        if number == self.number:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.made.read(number)


@dataclass(frozen=True)
class Flaky:
    """A folder that is out of reach every now and then, for good where it is broken."""

    made: Made
    notes: Path
    broken: bool = False

    def __len__(self) -> int:
        return len(self.made)

    def read(self, number: int) -> Chunk:
        """Each odd chunk fails the first three times; if broken, always."""
        tries = self.notes / str(number)
        tries.write_text(f"{tries.read_text() if tries.exists() else ''}.")
        if number % 2 and (self.broken or len(tries.read_text()) < 4):
            raise OSError("the folder did not answer")
        return self.made.read(number)
