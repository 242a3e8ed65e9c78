"""The exchange with SP4N-LAPOR: what it may read and write, and the calls of a month as counts."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WRITTEN = Path(__file__).parents[1] / "sql" / "0011_exchange.sql"


def upgrade() -> None:
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    written = WRITTEN.read_text().replace("tanggap_owner", owner)
    connection.exec_driver_sql(written.replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION calls_112(timestamptz, timestamptz)")
    op.execute("REVOKE SELECT (at, channel, call_class) ON call FROM tanggap_counter")
    for table in (
        "exchange_link",
        "exchange_run",
        "incident",
        "call",
        "ticket",
        "ticket_step",
        "ticket_message",
    ):
        op.execute(f"DROP POLICY exchange_adds ON {table}")
    op.execute("DROP POLICY exchange_marks ON exchange_link")
    op.execute("DROP POLICY exchange_reads ON call")
    op.execute("DROP POLICY room_reads ON exchange_link")
    op.execute("DROP POLICY room_reads ON exchange_run")
    op.execute("REVOKE ALL ON exchange_link, exchange_run FROM tanggap_app")
    op.execute("REVOKE ALL ON SEQUENCE exchange_link_id_seq, exchange_run_id_seq FROM tanggap_app")
