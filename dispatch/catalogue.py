"""What the regency's catalogue says: categories, agencies, and who answers for what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.rules.audience import Audience
from dispatch.rules.owners import AssetName, OwnerKind, Register
from dispatch.rules.responsibility import AreaRule, version_of
from dispatch.rules.withholding import may_show
from dispatch.schema import Agency, Asset, Category, Responsibility

FALLBACK_CATEGORY = "lainnya"  # where nothing was chosen: a call is never refused


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """One kind of event."""

    code: str
    kind: str  # rules.ticketing.TicketKind
    name_id: str
    name_en: str
    priority: int
    needs: frozenset[str]
    restricted_group: str | None
    active: bool = True  # may be chosen for a new call
    audience: Audience = Audience.ROOM
    proof: bool = False  # no ticket of it is closed without
    clock: str | None = None  # class of its clocks; None: of its kind
    counted: bool = False  # planners may count it by area, though its cases are kept to a group

    @property
    def kept_group(self) -> str | None:
        """The group that keeps even the number of its cases to itself; None: it may be counted."""
        return None if self.counted else self.restricted_group

    def name(self, language: str) -> str:
        """The name in a language of the house; Indonesian where there is no other."""
        return self.name_en if language == "en" else self.name_id


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """Who answers."""

    id: int
    code: str
    name: str
    short: str
    kind: str = "opd"
    active: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, held in the process; read anew when the log says that it changed."""

    categories: Mapping[str, CategoryFacts]  # in the order of the screen
    agencies: Mapping[int, AgencyFacts]
    rules: Sequence[AreaRule]
    owners: Register = field(default_factory=lambda: Register((), ()))  # whose things are
    rules_version: str = ""  # changes with the rules

    @classmethod
    def read(cls, session: Session, owners: Iterable[OwnerKind] = ()) -> "Catalogue":
        """The catalogue as it stands in the database; `owners` as the regency's files name them."""
        categories = session.scalars(select(Category).order_by(Category.rank, Category.code))
        agencies = session.scalars(select(Agency).order_by(Agency.id))
        found = session.scalars(
            select(Responsibility)
            .join(Agency, Agency.id == Responsibility.agency_id)
            .where(Agency.active)
            .order_by(Responsibility.id)
        )
        rules = [_rule(row) for row in found]
        return cls(
            categories={c.code: _category(c) for c in categories},
            agencies={a.id: _agency(a) for a in agencies},
            rules=rules,
            owners=Register(owners, _assets(session)),
            rules_version=version_of(rules),
        )

    @property
    def personal(self) -> frozenset[str]:
        """Codes of what points to a person: told by area only, and only where there are enough."""
        return frozenset(
            c.code
            for c in self.categories.values()
            if not may_show(c.kept_group, c.audience, finely=True)
        )

    def category(self, code: str | None) -> CategoryFacts:
        """The category of that code, or the one that takes what fits nowhere."""
        return self.categories.get(code or "") or self.categories[FALLBACK_CATEGORY]

    def owners_of(self, category_code: str) -> list[OwnerKind]:
        """Whose a thing of that category may be, where that decides who answers; else [].

        With those a rule names come their like: that a road is the regency's own is worth saying,
        too, though what nobody says already leads there.
        """
        named = {r.owner for r in self.rules if r.category_code == category_code and r.owner}
        alike = {_family(code) for code in named}
        return [kind for kind in self.owners.kinds.values() if _family(kind.code) in alike]

    def agency(self, code: str) -> AgencyFacts | None:
        """The agency of that code; None where there is none in service."""
        return next((a for a in self.agencies.values() if a.code == code and a.active), None)

    def shorts(self, agency_ids: Iterable[int]) -> list[str]:
        """Short names; an agency added since the catalogue was read comes with its number."""
        known = self.agencies
        return [known[i].short if i in known else f"#{i}" for i in agency_ids]


def _family(owner_code: str) -> str:
    """The kind of thing: jalan, of jalan_provinsi."""
    return owner_code.split("_")[0]


def _agency(row: Agency) -> AgencyFacts:
    return AgencyFacts(row.id, row.code, row.name, row.short, row.kind, row.active)


def _rule(row: Responsibility) -> AreaRule:
    return AreaRule(row.category_code, row.area_code, row.agency_id, row.owner, row.hours)


def _assets(session: Session) -> list[AssetName]:
    rows = session.scalars(select(Asset).order_by(Asset.id))
    return [AssetName(a.kind, a.owner, a.name, a.source) for a in rows]


def _category(row: Category) -> CategoryFacts:
    return CategoryFacts(
        row.code,
        row.kind,
        row.name_id,
        row.name_en,
        row.priority,
        frozenset(row.needs),
        row.restricted_group,
        row.active,
        Audience(row.audience),
        row.proof,
        row.clock,
        row.counted,
    )
