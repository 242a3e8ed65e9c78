"""The villages of the edition in force, as places where invented callers live."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.demo.teller import DemoVillage
from dispatch.regency import Regency
from geo.schema import Edition, LandMass, Village


def read_villages(session: Session, regency: Regency) -> list[DemoVillage]:
    """All villages by code. People of a district are shared by the root of the areas.

    Big villages are mostly field and forest: the root lies between "by area" and "all alike".
    """
    villages = session.scalars(
        select(Village)
        .join(Edition, Edition.id == Village.edition_id)
        .where(Edition.in_force)
        .order_by(Village.code)
    ).all()
    mainland = session.scalars(
        select(LandMass)
        .join(Edition, Edition.id == LandMass.edition_id)
        .where(Edition.in_force)
        .order_by(LandMass.area_km2.desc())
        .limit(1)
    ).one_or_none()
    roots: Counter[str] = Counter()
    for village in villages:
        roots[village.district_code] += village.area.area**0.5
    watched = {user.village for user in regency.users if user.village}
    return [
        DemoVillage(
            code=v.code,
            name=v.name,
            district=v.district,
            area=v.area,
            weight=regency.demo.people.get(v.district_code, 1.0)
            * v.area.area**0.5
            / roots[v.district_code],
            watched=v.code in watched,
            island=mainland is not None and not mainland.area.intersects(v.area),
        )
        for v in villages
    ]
