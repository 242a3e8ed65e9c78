"""The life of an assignment: proposed to returned, both clocks, versions, alarms, who was told."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


ASSIGNMENT = (
    "diusulkan", "ditugaskan", "diterima", "berangkat", "tiba", "membawa_pasien",
    "tiba_di_faskes", "selesai", "kembali", "dibatalkan", "dialihkan",
)  # fmt: skip
UNIT = (
    "siap", "ditugaskan", "berangkat", "di_lokasi", "membawa_pasien", "di_faskes", "kembali",
    "lepas_dinas",
)  # fmt: skip


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def upgrade() -> None:
    op.create_table('told',
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('restricted_group', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_told_agency_id_agency')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_told_by_user_app_user')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_told_incident_id_incident')),
    sa.PrimaryKeyConstraint('incident_id', 'agency_id', name=op.f('pk_told'))
    )
    op.create_table('assignment_step',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('assignment_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('diusulkan', 'ditugaskan', 'diterima', 'berangkat', 'tiba', 'membawa_pasien', 'tiba_di_faskes', 'selesai', 'kembali', 'dibatalkan', 'dialihkan', name='assignmentstate', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_assignment_step_assignment_id_assignment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_assignment_step_by_user_app_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_assignment_step_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_step')),
    sa.UniqueConstraint('assignment_id', 'key', name=op.f('uq_assignment_step_assignment_id'))
    )
    op.create_index(op.f('ix_assignment_step_assignment_id'), 'assignment_step', ['assignment_id', 'at'], unique=False)
    op.add_column('assignment', sa.Column('state_since', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False))
    op.add_column('assignment', sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False))
    op.add_column('assignment', sa.Column('part', sa.String(), nullable=True))
    op.add_column('assignment', sa.Column('eta', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.add_column('assignment', sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('ack_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('alarmed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('carrying_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('at_facility_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('facility_id', sa.Integer(), nullable=True))
    op.add_column('assignment', sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('reason', sa.String(), nullable=True))
    op.add_column('assignment', sa.Column('next_id', sa.BigInteger(), nullable=True))
    op.add_column('assignment', sa.Column('help_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('help_kind', sa.String(), nullable=True))
    op.add_column('assignment', sa.Column('help_seen_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.drop_constraint(op.f("ck_assignment_assignmentstate"), "assignment")
    op.alter_column('assignment', 'state',
               existing_type=sa.VARCHAR(length=10),
               type_=sa.Enum('diusulkan', 'ditugaskan', 'diterima', 'berangkat', 'tiba', 'membawa_pasien', 'tiba_di_faskes', 'selesai', 'kembali', 'dibatalkan', 'dialihkan', name='assignmentstate', native_enum=False, create_constraint=False),
               existing_nullable=False)
    op.create_index('ix_assignment_unanswered', 'assignment', ['ack_due_at'], unique=False, postgresql_where=sa.text("state = 'ditugaskan' AND alarmed_at IS NULL"))
    op.create_foreign_key(op.f('fk_assignment_facility_id_station'), 'assignment', 'station', ['facility_id'], ['id'])
    op.create_foreign_key(op.f('fk_assignment_next_id_assignment'), 'assignment', 'assignment', ['next_id'], ['id'])
    op.add_column('incident', sa.Column('level', sa.Integer(), server_default=sa.text('1'), nullable=False))
    op.add_column('unit', sa.Column('crew', sa.Integer(), nullable=True))
    op.add_column('unit', sa.Column('shift_ends_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('unit', sa.Column('silent_since', sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_unit_unitstate"), "unit")
    op.alter_column('unit', 'state',
               existing_type=sa.VARCHAR(length=11),
               type_=sa.Enum('siap', 'ditugaskan', 'berangkat', 'di_lokasi', 'membawa_pasien', 'di_faskes', 'kembali', 'lepas_dinas', name='unitstate', native_enum=False, create_constraint=False),
               existing_nullable=False)
    op.create_check_constraint(
        op.f("ck_assignment_assignmentstate"), "assignment", f"state IN ({_quoted(ASSIGNMENT)})"
    )
    op.create_check_constraint(op.f("ck_unit_unitstate"), "unit", f"state IN ({_quoted(UNIT)})")
    op.create_check_constraint(op.f("ck_unit_crew"), "unit", "crew BETWEEN 0 AND 60")
    op.create_check_constraint(op.f("ck_incident_level"), "incident", "level BETWEEN 1 AND 9")
    op.create_check_constraint(
        op.f("ck_assignment_accepted_order"),
        "assignment",
        "accepted_at IS NULL OR accepted_at >= sent_at",
    )
    op.create_check_constraint(
        op.f("ck_assignment_released_when_over"),
        "assignment",
        "(state IN ('selesai', 'kembali', 'dibatalkan', 'dialihkan')) = (released_at IS NOT NULL)",
    )
    op.drop_index("uq_assignment_unit_open", table_name="assignment")
    op.create_index(
        "uq_assignment_unit_open",
        "assignment",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL AND state <> 'diusulkan'"),
    )
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    written = (SQL / "0006_policies.sql").read_text().replace("tanggap_owner", owner)
    connection.exec_driver_sql(written.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("steps and alarms would be lost")
