"""Templates that belong to a move; reports counted as far as one may see them; units that came free."""

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
    op.create_index(
        "ix_assignment_released",
        "assignment",
        ["released_at"],
        postgresql_where=sa.text("released_at IS NOT NULL"),
    )
    connection = op.get_bind()
    connection.exec_driver_sql(WRITTEN.read_text().replace("%", "%%"))


def downgrade() -> None:
    # reports_of() stays as it is: it tells nobody more than the one before.
    op.drop_index("ix_assignment_released", table_name="assignment")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_answer_template_{name}"), "answer_template")
    op.drop_column("answer_template", "kind")
    op.drop_column("answer_template", "move")
