"""Templates that belong to a move of a ticket; reports counted as far as the asker may see them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WRITTEN = Path(__file__).parents[1] / "sql" / "0013_tickets.sql"
CHECKS = {
    "move_with_answer": "move IN ('menunggu_tanggapan', 'ditunda')",
    "move_of_the_regency": "move IS NULL OR agency_id IS NULL",
    "kind_of_a_move": "kind IS NULL OR move IS NOT NULL",
}


def upgrade() -> None:
    op.add_column("answer_template", sa.Column("move", sa.String(18), nullable=True))
    op.add_column("answer_template", sa.Column("kind", sa.String(9), nullable=True))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_answer_template_{name}"), "answer_template", rule)
    connection = op.get_bind()
    connection.exec_driver_sql(WRITTEN.read_text().replace("%", "%%"))


def downgrade() -> None:
    # reports_of() stays as it is: it tells nobody more than the one before.
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_answer_template_{name}"), "answer_template")
    op.drop_column("answer_template", "kind")
    op.drop_column("answer_template", "move")
