"""How far a case may be told, when it is late; village heads' marks, public counts, wallboards."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
AUDIENCES = sa.Enum("ruang", "desa", "umum", name="audience", native_enum=False, create_constraint=True)
CHANNELS = sa.Enum(
    "112", "tatap_muka", "radio", "pesan", "desa",
    name="channel", native_enum=False, create_constraint=True,
)
MARKS = sa.Enum("dilihat", "di_sini", "bukan_di_sini", name="markkind", native_enum=False, create_constraint=True)
ROLES = (
    "operator", "dispatcher", "agency_officer", "field_unit", "village_head", "planner", "leader",
    "administrator", "data_protection", "wallboard",
)


def _geometry(kind: str) -> Geometry:
    return Geometry(geometry_type=kind, srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry")


def upgrade() -> None:
    _columns()
    _old_rows()
    _ground()
    _marks()
    op.drop_constraint(op.f("ck_app_user_role"), "app_user")
    listed = ", ".join(f"'{role}'" for role in ROLES)
    op.create_check_constraint(op.f("ck_app_user_role"), "app_user", f"role IN ({listed})")
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    written = (SQL / "0008_policies.sql").read_text().replace("tanggap_owner", owner)
    connection.exec_driver_sql(written.replace("%", "%%"))


def _columns() -> None:
    room = sa.text("'ruang'")
    op.add_column("category", sa.Column("audience", AUDIENCES, server_default=room, nullable=False))
    op.add_column("incident", sa.Column("audience", AUDIENCES, server_default=room, nullable=False))
    op.add_column("incident", sa.Column("channel", CHANNELS, server_default=sa.text("'112'"), nullable=False))
    op.add_column("incident", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))


def _old_rows() -> None:
    """Village heads go on seeing what they saw, until the catalogue says otherwise."""
    op.execute("SELECT set_config('app.role', 'system', true)")
    op.execute("UPDATE category SET audience = 'desa' WHERE restricted_group IS NULL")
    op.execute("UPDATE incident SET audience = 'desa' WHERE restricted_group IS NULL")
    op.execute(
        "UPDATE incident SET channel = call.channel FROM call"
        " WHERE call.id = (SELECT min(id) FROM call WHERE incident_id = incident.id)"
    )
    # Usual times, as dispatch/regency/late.py has them; by priority.
    op.execute(
        "UPDATE incident SET due_at = opened_at + make_interval(mins => CASE category.kind"
        "   WHEN 'darurat' THEN (ARRAY[60, 120, 240, 480])[incident.priority]"
        "   ELSE (ARRAY[1440, 4320, 10080, 20160])[incident.priority] END)"
        "  FROM category WHERE category.code = incident.category_code"
    )
    op.execute("SELECT set_config('app.role', '', true)")
    op.create_check_constraint(
        op.f("ck_category_sensitive_stays"), "category", "restricted_group IS NULL OR audience = 'ruang'"
    )


def _in_country(column: str) -> str:
    return (
        f"{column} IS NULL OR (NOT ST_IsEmpty({column}) AND ST_X({column}) BETWEEN 94 AND 142"
        f" AND ST_Y({column}) BETWEEN -12 AND 7)"
    )


def _ground() -> None:
    op.create_table(
        "village_drawing",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("tolerance_m", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("area", _geometry("MULTIPOLYGON"), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_village_drawing_edition_id_edition"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edition_id", "tolerance_m", "code", name=op.f("pk_village_drawing")),
    )
    op.create_index(op.f("ix_village_drawing_area"), "village_drawing", ["area"], postgresql_using="gist")
    op.create_table(
        "village_facts",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("population > 0", name=op.f("ck_village_facts_population")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_village_facts")),
    )
    op.create_table(
        "village_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=False),
        sa.Column("dusun", sa.String(), nullable=False),
        sa.Column("rw", sa.String(), nullable=False),
        sa.Column("rt", sa.String(), nullable=False),
        sa.Column("position", _geometry("POINT"), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(_in_country("position"), name=op.f("ck_village_part_position_in_country")),
        sa.CheckConstraint("households >= 0", name=op.f("ck_village_part_households")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_village_part_population")),
        sa.CheckConstraint("dusun <> '' OR rw <> '' OR rt <> ''", name=op.f("ck_village_part_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_part")),
    )
    op.create_index(op.f("ix_village_part_village_code"), "village_part", ["village_code", "dusun", "rw", "rt"], unique=True)


def _marks() -> None:
    op.create_table(
        "village_mark",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=False),
        sa.Column("kind", MARKS, nullable=False),
        sa.Column("position", _geometry("POINT"), nullable=True),
        sa.Column("moved", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("by_user", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(_in_country("position"), name=op.f("ck_village_mark_position_in_country")),
        sa.CheckConstraint("NOT moved OR position IS NOT NULL", name=op.f("ck_village_mark_moved_somewhere")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_village_mark_incident_id_incident")),
        sa.ForeignKeyConstraint(["by_user"], ["app_user.id"], name=op.f("fk_village_mark_by_user_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_mark")),
    )
    op.create_index(op.f("ix_village_mark_incident_id"), "village_mark", ["incident_id", "at"])
    op.create_table(
        "public_snapshot",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.dialects.postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_public_snapshot")),
    )


def downgrade() -> None:
    raise NotImplementedError("what village heads said would be lost")
