"""Use case: which villages are reached in time now, what a unit leaves behind, whom to move up."""

from dispatch.cover.leaving import left_behind, reserves_s
from dispatch.cover.moving import MoveUp
from dispatch.cover.reaches import warm, warming
from dispatch.cover.stand import Cover, Lost, VillageCover, cover_now

__all__ = [
    "Cover",
    "Lost",
    "MoveUp",
    "VillageCover",
    "cover_now",
    "left_behind",
    "reserves_s",
    "warm",
    "warming",
]
