"""Roads: networks, roads between junctions, banned turns, ferries, learned speeds, closed ways."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.create_table('road_network',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('licence', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('drives_on', sa.String(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('in_force', sa.Boolean(), nullable=False),
    sa.Column('in_force_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('signals', postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
    sa.CheckConstraint("drives_on IN ('left', 'right')", name=op.f('ck_road_network_drives_on')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_road_network')),
    sa.UniqueConstraint('key', name=op.f('uq_road_network_key'))
    )
    op.create_index('uq_road_network_in_force', 'road_network', ['in_force'], unique=True, postgresql_where=sa.text('in_force'))
    op.create_table('speed_factor',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('band', sa.String(), nullable=False),
    sa.Column('factor', sa.Double(), nullable=False),
    sa.Column('sd', sa.Double(), nullable=False),
    sa.Column('journeys', sa.Integer(), nullable=False),
    sa.Column('fitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('factor > 0 AND sd >= 0 AND journeys >= 0', name=op.f('ck_speed_factor_sane')),
    sa.PrimaryKeyConstraint('kind', 'band', name=op.f('pk_speed_factor'))
    )
    op.create_table('ferry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('network_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('finish', sa.Integer(), nullable=False),
    sa.Column('crossing_s', sa.Double(), nullable=False),
    sa.Column('every_s', sa.Double(), nullable=True),
    sa.Column('timetable', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('vehicles', sa.Boolean(), nullable=False),
    sa.Column('course', Geometry(geometry_type='LINESTRING', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=False),
    sa.CheckConstraint('crossing_s > 0', name=op.f('ck_ferry_crossing')),
    sa.CheckConstraint('every_s > 0', name=op.f('ck_ferry_every')),
    sa.ForeignKeyConstraint(['network_id'], ['road_network.id'], name=op.f('fk_ferry_network_id_road_network'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ferry'))
    )
    op.create_index(op.f('ix_ferry_network_id'), 'ferry', ['network_id', 'code'], unique=True)
    op.create_table('road',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('network_id', sa.Integer(), nullable=False),
    sa.Column('way_id', sa.BigInteger(), nullable=True),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('finish', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('oneway', sa.Boolean(), nullable=False),
    sa.Column('length_m', sa.Double(), nullable=False),
    sa.Column('speed_kmh', sa.Double(), nullable=True),
    sa.Column('component', sa.Integer(), nullable=False),
    sa.Column('course', Geometry(geometry_type='LINESTRING', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=False),
    sa.CheckConstraint('length_m >= 0', name=op.f('ck_road_length')),
    sa.ForeignKeyConstraint(['network_id'], ['road_network.id'], name=op.f('fk_road_network_id_road_network'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_road'))
    )
    op.create_index(op.f('ix_road_network_id'), 'road', ['network_id'], unique=False)
    op.create_table('turn_ban',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('network_id', sa.Integer(), nullable=False),
    sa.Column('from_road', sa.Integer(), nullable=False),
    sa.Column('via', sa.Integer(), nullable=False),
    sa.Column('to_road', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['from_road'], ['road.id'], name=op.f('fk_turn_ban_from_road_road'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['network_id'], ['road_network.id'], name=op.f('fk_turn_ban_network_id_road_network'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_road'], ['road.id'], name=op.f('fk_turn_ban_to_road_road'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turn_ban'))
    )
    op.create_index(op.f('ix_turn_ban_network_id'), 'turn_ban', ['network_id'], unique=False)
    op.create_table('passage',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['app_user.id'], name=op.f('fk_passage_changed_by_app_user')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_passage'))
    )

    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    written = (SQL / "0005_policies.sql").read_text().replace("tanggap_owner", owner)
    connection.exec_driver_sql(written.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("the roads in force would be lost")
