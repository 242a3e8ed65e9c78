"""Who may see and write which row: the matrix of docs/decisions/0006, as policies.

The app's role (tanggap_app) neither owns a table nor is a superuser; FORCE holds even for the
owner, who sees rows only in the context 'system'. Without a context nobody sees anything.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    for name in ("context", "rights", "policies", "guards", "counts"):
        written = (SQL / f"0002_{name}.sql").read_text().replace("tanggap_owner", owner)
        connection.exec_driver_sql(written.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("a database without row security must not come to be")
