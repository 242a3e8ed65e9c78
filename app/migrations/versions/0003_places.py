"""Places with other names, shapes and several villages; learned names; a second edition.

Search moved into the process: the trigram index goes.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IN_COUNTRY = (
    "position IS NULL OR (NOT ST_IsEmpty(position) AND ST_X(position) BETWEEN 94 AND 142"
    " AND ST_Y(position) BETWEEN -12 AND 7)"
)


def upgrade() -> None:
    op.add_column("edition", sa.Column("second_weight", sa.Double(), nullable=True))
    op.create_check_constraint(
        op.f("ck_edition_second_weight"), "edition", "second_weight > 0 AND second_weight < 1"
    )
    _places()
    _learned_names()
    op.execute("GRANT SELECT, INSERT, UPDATE ON learned_name TO tanggap_app")
    op.execute("GRANT USAGE ON SEQUENCE learned_name_id_seq TO tanggap_app")


def _places() -> None:
    words = postgresql.ARRAY(sa.Text())
    op.drop_index("ix_place_search_name", table_name="place")
    for name in ("aka", "village_codes"):
        op.add_column("place", sa.Column(name, words, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("place", sa.Column("shape", _geometry("GEOMETRY"), nullable=True))
    op.add_column(
        "place",
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.execute("UPDATE place SET village_codes = ARRAY[village_code] WHERE village_code IS NOT NULL")
    op.drop_column("place", "village_code")
    op.alter_column("place", "position", nullable=True)
    op.create_check_constraint(
        op.f("ck_place_somewhere"),
        "place",
        "position IS NOT NULL OR shape IS NOT NULL OR village_codes <> '{}'",
    )
    op.create_index(op.f("ix_place_source"), "place", ["source"])


def _learned_names() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "learned_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=False),
        sa.Column("position", _geometry("POINT"), nullable=False),
        sa.Column("spread_m", sa.Double(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(IN_COUNTRY, name=op.f("ck_learned_name_position_in_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_name")),
        sa.UniqueConstraint("words", "kind", "village_code", name=op.f("uq_learned_name_words")),
    )


def _geometry(kind: str) -> Geometry:
    return Geometry(
        geometry_type=kind,
        srid=4326,
        dimension=2,
        spatial_index=False,
        from_text="ST_GeomFromEWKT",
        name="geometry",
    )


def downgrade() -> None:
    raise NotImplementedError("learned names would be lost")
