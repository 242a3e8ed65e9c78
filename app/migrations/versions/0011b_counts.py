"""The two counts of a case answer only roles that may see a case."""

from pathlib import Path

from alembic import op

revision = "0011b"
down_revision = "0011"
branch_labels = None
depends_on = None

WRITTEN = Path(__file__).parents[1] / "sql" / "0011b_counts.sql"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(WRITTEN.read_text().replace("%", "%%"))


def downgrade() -> None:
    """Nothing to take back: 0010 knew the same functions, which answered everybody."""
