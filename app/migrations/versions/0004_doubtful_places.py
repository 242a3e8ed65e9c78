"""Where it may be: the place as it was found, its doubt, the other villages that are told.

What was placed before knows no chances: a pin counted as certain, a village that was only
said as half certain, no village at all as unknown.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
CHECKS = {
    "village_p": "village_p BETWEEN 0 AND 1",
    "doubt": "doubt BETWEEN 0 AND 1",
    "village_p_of_one": "village_p IS NULL OR village_code IS NOT NULL",
    "also_others": "village_code IS NULL OR village_code <> ALL (also_villages)",
    "location_object": "jsonb_typeof(location) = 'object'",
}
UNSURE = "state <> 'ditutup' AND (doubt > 0 OR contradictions <> '{}')"


def upgrade() -> None:
    _columns()
    _old_rows()
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_incident_{name}"), "incident", rule)
    op.create_index(
        "ix_incident_unsure",
        "incident",
        ["priority", "opened_at"],
        postgresql_where=sa.text(UNSURE),
    )
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    written = (SQL / "0004_policies.sql").read_text().replace("tanggap_owner", owner)
    connection.exec_driver_sql(written.replace("%", "%%"))


def _columns() -> None:
    number = sa.Double()
    codes = postgresql.ARRAY(sa.Text())
    nothing = sa.text("'{}'")
    for column in (
        sa.Column("location", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("village_p", number, nullable=True),
        sa.Column("doubt", number, server_default=sa.text("0"), nullable=False),
        sa.Column("also_villages", codes, server_default=nothing, nullable=False),
        sa.Column("contradictions", codes, server_default=nothing, nullable=False),
    ):
        op.add_column("incident", column)


def _old_rows() -> None:
    """The owner sees rows in the context 'system' only, and only to the end of this step."""
    op.execute("SELECT set_config('app.role', 'system', true)")
    op.execute(
        "UPDATE incident SET doubt = CASE WHEN village_code IS NULL THEN 1 ELSE 0.5 END"
        " WHERE pin IS NULL"
    )
    op.execute("SELECT set_config('app.role', '', true)")


def downgrade() -> None:
    raise NotImplementedError("how sure each place is would be lost")
