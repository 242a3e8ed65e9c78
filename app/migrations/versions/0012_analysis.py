"""Analysis for planners: jobs and their files, notes on the map, who counts for them."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
# The second: what QGIS may read, as a role of the database that sees a few views and nothing else.
WRITTEN = ("0012_analysis.sql", "0012_qgis.sql")


def upgrade() -> None:
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    for name in WRITTEN:
        written = (SQL / name).read_text().replace("tanggap_owner", owner)
        connection.exec_driver_sql(written.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("notes of planners would be lost")
