"""Positions of units with their history, tokens of devices, photos from the field."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.create_table('unit_fix',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('position', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=False),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.Column('speed_ms', sa.Double(), nullable=True),
    sa.Column('heading', sa.Double(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('flag', sa.String(), nullable=True),
    sa.CheckConstraint('position IS NULL OR (NOT ST_IsEmpty(position) AND ST_X(position) BETWEEN 94 AND 142 AND ST_Y(position) BETWEEN -12 AND 7)', name=op.f('ck_unit_fix_position_in_country')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_fix_unit_id_unit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_fix'))
    )
    op.create_index(op.f('ix_unit_fix_received_at'), 'unit_fix', ['received_at'], unique=False)
    op.create_index(op.f('ix_unit_fix_unit_id'), 'unit_fix', ['unit_id', 'at'], unique=True)
    op.create_table('unit_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_token_unit_id_unit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_unit_token_token_hash'))
    )
    op.create_index(op.f('ix_unit_token_unit_id'), 'unit_token', ['unit_id'], unique=False)
    op.create_table('photo',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('assignment_id', sa.BigInteger(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('restricted_group', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('image', sa.LargeBinary(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint('length(image) <= 2000000', name=op.f('ck_photo_size')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_photo_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_photo_by_user_app_user')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_photo_incident_id_incident')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_photo_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo'))
    )
    op.create_index(op.f('ix_photo_incident_id'), 'photo', ['incident_id', 'key'], unique=True)
    op.add_column('unit', sa.Column('fix_received_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('unit', sa.Column('fix_accuracy_m', sa.Double(), nullable=True))
    op.add_column('unit', sa.Column('fix_speed_ms', sa.Double(), nullable=True))
    op.add_column('unit', sa.Column('fix_heading', sa.Double(), nullable=True))
    op.add_column('unit', sa.Column('fix_flag', sa.String(), nullable=True))
    # Nobody asks any more who is near by straight line, and each fix would write it anew.
    op.drop_index("ix_unit_position_geography", table_name="unit")
    op.create_index('ix_unit_moved', 'unit', ['fix_received_at'], unique=False)
    op.create_check_constraint(op.f("ck_unit_fix_accuracy"), "unit", "fix_accuracy_m >= 0")
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    written = (SQL / "0007_policies.sql").read_text().replace("tanggap_owner", owner)
    connection.exec_driver_sql(written.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("tokens and photos would be lost")
