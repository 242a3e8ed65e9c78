"""What to send to what, whom to tell, and how long a crew takes to be off: plans.toml."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import NoReturn

from dispatch.errors import BadConfiguration
from dispatch.regency.entry import Entry
from dispatch.rules import plans as rules
from dispatch.rules.eta import Turnout
from dispatch.rules.plans import MOST_LEVEL, Plan, PlanPart, Tell
from dispatch.rules.selection import ChoosingRules
from dispatch.rules.whereabouts import GrowthRules

FILE = "plans.toml"
TARGET_S = 900.0  # 15 minutes
_YES_NO = ("wajib", "diinginkan")


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part with its count at each level; the last count holds for the levels beyond."""

    part: PlanPart
    counts: tuple[int, ...]

    def at(self, level: int) -> int:
        """How many units at that level."""
        return self.counts[min(level, len(self.counts)) - 1]


@dataclass(frozen=True, slots=True)
class TellEntry:
    """Who must be told, from which level on."""

    tell: Tell
    level: int


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """The plan of one category over all its levels."""

    category: str
    target_s: float
    parts: tuple[PartEntry, ...]
    tell: tuple[TellEntry, ...]
    fallback: tuple[str, ...]

    @property
    def most_level(self) -> int:
        """The highest level at which something changes."""
        levels = [len(p.counts) for p in self.parts] + [t.level for t in self.tell]
        return max(levels, default=1)

    def at(self, level: int) -> Plan:
        """The plan at that level; beyond the highest one as at the highest."""
        level = max(1, min(level, self.most_level))
        parts = tuple(replace(p.part, count=p.at(level)) for p in self.parts if p.at(level))
        tell = tuple(t.tell for t in self.tell if t.level <= level)
        return Plan(
            self.category, level, self.most_level, self.target_s, parts, tell, self.fallback
        )


@dataclass(frozen=True, slots=True)
class Plans:
    """The response plans of the regency, and what its choice of units goes by."""

    by_category: Mapping[str, PlanEntry] = field(default_factory=lambda: MappingProxyType({}))
    target_s: float = TARGET_S  # where a plan says nothing else
    complaint_target_s: float = 4 * TARGET_S  # of complaints without a plan
    turnout: Turnout = field(default_factory=Turnout)
    travel_sd: float = 0.35  # of the logarithm of a travel time, until own journeys taught it
    growth: GrowthRules = field(default_factory=GrowthRules)
    choosing: ChoosingRules = field(default_factory=ChoosingRules)

    def plan_of(
        self, category: str, needs: Iterable[str], level: int = 1, *, complaint: bool = False
    ) -> Plan:
        """The plan of a category at a level; without one, a unit for each skill it needs."""
        if (entry := self.by_category.get(category)) is not None:
            return entry.at(level)
        target_s = self.complaint_target_s if complaint else self.target_s
        return rules.derived(category, sorted(needs), target_s)


def read(entry: Entry) -> Plans:
    """Raises BadConfiguration."""
    usual = Plans()
    target_s = entry.number("target_s", 60, 86_400, usual.target_s)
    found = [_plan(e, target_s) for e in entry.entries("plan", "plan")]
    for plan in found:
        if sum(other.category == plan.category for other in found) > 1:
            _wrong(plan.category, "category", "has two plans; give one, with its levels")
    plans = Plans(
        by_category=MappingProxyType({plan.category: plan for plan in found}),
        target_s=target_s,
        complaint_target_s=entry.number(
            "complaint_target_s", 60, 604_800, usual.complaint_target_s
        ),
        turnout=_turnout(entry.entry("turnout", needed=False)),
        travel_sd=entry.number("travel_sd", 0.01, 2, usual.travel_sd),
        growth=_growth(entry.entry("growth", needed=False)),
        choosing=_choosing(entry.entry("choosing", needed=False)),
    )
    entry.done()
    return plans


def _plan(entry: Entry, target_s: float) -> PlanEntry:
    category = entry.text("category")
    entry.name = category
    plan = PlanEntry(
        category=category,
        target_s=entry.number("target_s", 60, 86_400, target_s),
        parts=tuple(_part(e, category) for e in entry.entries("part", f"{category} part")),
        tell=tuple(_tell(e) for e in entry.entries("tell", f"{category} tell")),
        fallback=entry.words("fallback"),
    )
    codes = [p.part.code for p in plan.parts]
    for code in codes:
        if codes.count(code) > 1:
            entry.wrong("part", f"{code!r} stands there twice; give each part its own code")
    if not codes:
        entry.wrong("part", "give at least one [[plan.part]], or leave the plan out")
    entry.done()
    return plan


def _part(entry: Entry, category: str) -> PartEntry:
    code = entry.code("code")
    entry.name = f"{category} {code}"
    counts = _counts(entry)
    kinds, prefers = entry.words("kinds"), entry.words("prefers")
    for kind in prefers:
        if kinds and kind not in kinds:
            entry.wrong("prefers", f"{kind!r} is not among kinds: {', '.join(kinds)}")
    part = PlanPart(
        code=code,
        label=entry.text("id"),
        label_en=entry.text("en"),
        count=counts[0],
        skills=frozenset(entry.words("skills")),
        kinds=kinds,
        prefers=prefers,
        required=entry.choice("need", _YES_NO, "wajib") == "wajib",
        crew=int(entry.number("crew", 0, 60, 0)),
    )
    entry.done()
    return PartEntry(part, counts)


def _counts(entry: Entry) -> tuple[int, ...]:
    """`count` at level 1; `level_2`, `level_3` ... where it changes."""
    counts = [_whole(entry, "count", 1)]
    named = [n for n in range(2, MOST_LEVEL + 1) if f"level_{n}" in entry.values]
    for level in range(2, max(named, default=1) + 1):
        counts.append(_whole(entry, f"level_{level}", counts[-1]))
    for level, (lower, higher) in enumerate(pairwise(counts), 2):
        if higher < lower:
            entry.wrong(f"level_{level}", f"{higher}: a higher level never sends fewer ({lower})")
    if not counts[-1]:
        entry.wrong("count", "0 at every level; leave the part out")
    return tuple(counts)


def _whole(entry: Entry, field: str, usual: int) -> int:
    value = entry.number(field, 0, 50, usual)
    if value != int(value):
        entry.wrong(field, f"{value:g}: give a whole number of units")
    return int(value)


def _tell(entry: Entry) -> TellEntry:
    told = TellEntry(
        Tell(entry.text("agency"), entry.text("why")),
        int(entry.number("level", 1, MOST_LEVEL, 1)),
    )
    entry.done()
    return told


def _turnout(entry: Entry) -> Turnout:
    usual = Turnout()
    kinds = entry.entry("post_s_by_kind", needed=False)
    turnout = Turnout(
        post_s=entry.number("post_s", 0, 7200, usual.post_s),
        moving_s=entry.number("moving_s", 0, 7200, usual.moving_s),
        silent_s=entry.number("silent_s", 0, 7200, usual.silent_s),
        sd=entry.number("sd", 0.01, 2, usual.sd),
        post_s_by_kind=MappingProxyType({k: kinds.number(k, 0, 7200) for k in kinds.values}),
    )
    entry.done()
    return turnout


def _growth(entry: Entry) -> GrowthRules:
    usual = GrowthRules()
    growth = GrowthRules(
        after_s=entry.number("after_s", 0, 3600, usual.after_s),
        share=entry.number("share", 0.05, 1, usual.share),
        idle_share=entry.number("idle_share", 0, 1, usual.idle_share),
        most_m=entry.number("most_m", 100, 200_000, usual.most_m),
        post_m=entry.number("post_m", 10, 5000, usual.post_m),
        unknown_m=entry.number("unknown_m", 1, 5000, usual.unknown_m),
        assumed_m=entry.number("assumed_m", 10, 20_000, usual.assumed_m),
    )
    entry.done()
    return growth


def _choosing(entry: Entry) -> ChoosingRules:
    usual = ChoosingRules()
    choosing = ChoosingRules(
        village_s=entry.number("village_s", 0, 3600, usual.village_s),
        most_cover_s=entry.number("most_cover_s", 0, 7200, usual.most_cover_s),
        shift_s=entry.number("shift_s", 0, 7200, usual.shift_s),
        crew_s=entry.number("crew_s", 0, 7200, usual.crew_s),
        divert_gain_s=entry.number("divert_gain_s", 0, 7200, usual.divert_gain_s),
        job_s=entry.number("job_s", 60, 86_400, usual.job_s),
    )
    entry.done()
    return choosing


def check(
    plans: Plans,
    categories: Collection[str],
    agencies: Collection[str],
    skills: Collection[str],
    kinds: Collection[str],
) -> None:
    """Raise BadConfiguration at the first name of a plan that leads nowhere."""
    for code, plan in plans.by_category.items():
        _known(code, "category", [code], categories)
        _known(code, "fallback", plan.fallback, agencies)
        _known(f"{code} tell", "agency", [t.tell.agency for t in plan.tell], agencies)
        for part in (entry.part for entry in plan.parts):
            name = f"{code} {part.code}"
            _known(name, "skills", sorted(part.skills), skills)
            _known(name, "kinds", part.kinds, kinds)
            _known(name, "prefers", part.prefers, kinds)
    _known("[turnout.post_s_by_kind]", "kind", plans.turnout.post_s_by_kind, kinds)


def _known(entry: str, field: str, used: Iterable[str], given: Collection[str]) -> None:
    for name in used:
        if name not in given:
            _wrong(entry, field, f"{name!r} is none of: {', '.join(sorted(given))}")


def _wrong(entry: str, field: str, what: str) -> NoReturn:
    raise BadConfiguration(f"{FILE}: {entry}: {field}: {what}")
