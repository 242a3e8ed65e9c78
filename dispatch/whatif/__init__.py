"""What if: other stations, units and shifts, tried out on the calls of the past."""

from dispatch.whatif.asking import Trial
from dispatch.whatif.comparing import Outcome, compare
from dispatch.whatif.plan import BadPlan, Change, Plan, Post, Shift, Team, changed
from dispatch.whatif.standing import plan_now
from dispatch.whatif.trying import given, try_out

__all__ = [
    "BadPlan",
    "Change",
    "Outcome",
    "Plan",
    "Post",
    "Shift",
    "Team",
    "Trial",
    "changed",
    "compare",
    "given",
    "plan_now",
    "try_out",
]
