"""How long it takes to take a text apart: as callers say it, and as nobody does.

    python -m tests.benches.bench_address

Prints microseconds for the phrasings of the tests, for 100 letters, and the slowest of the
pumped texts, each cut to what is read and as 10,000 pieces.
"""

# ruff: noqa: T201 - what it prints is what it is for

import csv
import statistics
import sys
from pathlib import Path
from time import perf_counter

from geo.address import read
from tests.benches.pumped import PUMPED

ROUNDS = 7
GOAL_MS, SLOWEST_MS = 1.0, 50.0
PHRASINGS = Path(__file__).parents[1] / "geo" / "address" / "phrasings.csv"
HUNDRED = (
    "mas tolong ada kebakaran di Jl. Pemuda No. 12A RT 03/02 Ds. Mawar "
    "Kec. Melati 200 m timur pasar lama"
)


def main() -> int:
    """Exit code 1 when a goal is missed."""
    with PHRASINGS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    took = sorted(best_us(text) for text in texts)
    print(
        f"{len(texts)} phrasings: median {statistics.median(took):.0f} us, slowest {took[-1]:.0f}"
    )
    hundred = best_us(HUNDRED)
    print(f"{len(HUNDRED)} letters: {hundred:.0f} us (goal < {GOAL_MS * 1000:.0f})")
    pumped = sorted(((best_us(piece * 10_000), piece) for piece in PUMPED), reverse=True)
    for us, piece in pumped[:5]:
        print(f"pumped {piece!r}: {us / 1000:.2f} ms")
    print(f"slowest of {len(PUMPED)}: {pumped[0][0] / 1000:.2f} ms (goal < {SLOWEST_MS:.0f})")
    return int(hundred > GOAL_MS * 1000 or pumped[0][0] > SLOWEST_MS * 1000)


def best_us(text: str) -> float:
    """The best of some rounds: the machine has other work, too."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = perf_counter()
        read(text)
        best = min(best, perf_counter() - start)
    return best * 1e6


if __name__ == "__main__":
    sys.exit(main())
