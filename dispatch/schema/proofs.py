"""Tables of proof that the work was done, and of links by which contractors bring it."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import Moment
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Base


class Proof(Base):
    """A photo, re-encoded and bare, or a link to the agency's post. What the check found: codes."""

    __tablename__ = "proof"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    restricted_group: Mapped[str | None]
    kind: Mapped[str]  # foto, tautan
    at: Mapped[datetime] = mapped_column(Moment)
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    link_id: Mapped[int | None] = mapped_column(ForeignKey("work_link.id"))  # came by a contractor
    note: Mapped[str | None]
    url: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    image: Mapped[bytes | None] = mapped_column(LargeBinary)  # JPEG
    found: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))  # codes
    far_m: Mapped[float | None]  # from the incident; None: the photo tells no place
    same_as: Mapped[list[int]] = mapped_column(  # tickets that used the same photo before
        ARRAY(BigInteger), server_default=sql("'{}'")
    )
    accepted: Mapped[bool | None]  # by the room; None: not looked at
    key: Mapped[str]  # made by the client
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("kind IN ('foto', 'tautan')", name="kind"),
        CheckConstraint("(kind = 'foto') = (image IS NOT NULL)", name="photo_has_image"),
        CheckConstraint("(kind = 'tautan') = (url IS NOT NULL)", name="link_has_url"),
        CheckConstraint("length(image) <= 2000000", name="size"),
        Index(None, "ticket_id", "key", unique=True),
    )


class ProofSeal(Base):
    """What the camera wrote into a photo, for the check alone: nobody is shown it."""

    __tablename__ = "proof_seal"

    proof_id: Mapped[int] = mapped_column(
        ForeignKey("proof.id", ondelete="CASCADE"), primary_key=True
    )
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)  # of the file as it was sent
    phash: Mapped[int] = mapped_column(BigInteger)  # perceptual hash, 64 bits, two's complement
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    position: Mapped[Point | None] = mapped_column(PointColumn)
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))


class ProofBand(Base):
    """Parts of a photo's hash, and of its file's: near ones share one. See rules.proof.bands().

    A table and no array: under row security an index serves only operators that are leak-proof,
    and those of arrays are not.
    """

    __tablename__ = "proof_band"

    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    proof_id: Mapped[int] = mapped_column(
        ForeignKey("proof.id", ondelete="CASCADE"), primary_key=True
    )

    __table_args__ = (
        # Usage: the cascade from proof
        Index(None, "proof_id"),
    )


class WorkLink(Base):
    """A one-time link: a contractor brings proof for one ticket, without a log-in."""

    __tablename__ = "work_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    restricted_group: Mapped[str | None]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str]  # of the company
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    made_name: Mapped[str]
    note: Mapped[str | None]  # of the officer, for the contractor: what is to be done
    expires_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)  # said to be done: used up
    done_note: Mapped[str | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index(None, "ticket_id", "id"),)
