"""The incidents as columns of numbers: read once, kept up by the log, shared by all analyses."""

from dispatch.facts.columns import ELSEWHERE, Facts

__all__ = ["ELSEWHERE", "Facts"]
