"""Tickets with a life of their own: steps, words, proof, clocks, the outbox, SP4N-LAPOR."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
# In this order: rows that were there, who sees what, then what each part of the work needs.
WRITTEN = (
    "0010_old_rows.sql",
    "0010_context.sql",
    "0010_policies.sql",
    "0010_guards.sql",
    "0010_merging.sql",
    "0010_clocks.sql",
    "0010_outbox.sql",
    "0010_proofs.sql",
    "0010_reporter.sql",
    "0010_desk.sql",
    "0010_leaders.sql",
    "0010_exchange.sql",
)
STATES = (
    "baru", "diverifikasi", "didisposisi", "diterima_opd", "dikerjakan", "ditindaklanjuti",
    "menunggu_tanggapan", "ditutup", "ditunda", "bukan_wewenang", "digabung", "diarsipkan", "dibuka_kembali",
)
OVER = "('ditutup', 'digabung', 'diarsipkan')"


def upgrade() -> None:
    _tables()
    _columns()
    _checks()
    connection = op.get_bind()
    owner = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
    for name in WRITTEN:
        written = (SQL / name).read_text().replace("tanggap_owner", owner)
        connection.exec_driver_sql(written.replace("%", "%%"))
    for column in ("kind", "category_code", "priority"):
        op.alter_column("ticket", column, nullable=False)
    # What was filled in above is checked from here on.
    op.create_check_constraint(op.f("ck_ticket_closed_has_time"), "ticket", f"(state IN {OVER}) = (closed_at IS NOT NULL)")
    op.create_check_constraint(op.f("ck_ticket_time_order"), "ticket", "closed_at >= opened_at")


def _tables() -> None:
    op.create_table('asset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset'))
    )
    op.create_index(op.f('ix_asset_kind'), 'asset', ['kind', 'name'], unique=True)
    op.create_table('exchange_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('system', sa.String(), server_default=sa.text("'sp4n'"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ours', sa.Integer(), nullable=False),
    sa.Column('theirs', sa.Integer(), nullable=False),
    sa.Column('found', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exchange_run'))
    )
    op.create_table('outgoing',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('template', sa.String(), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('urgent', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('incident_id', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), server_default=sa.text("'menunggu'"), nullable=False),
    sa.Column('tries', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.String(), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("(state = 'terkirim') = (sent_at IS NOT NULL)", name=op.f('ck_outgoing_sent_has_time')),
    sa.CheckConstraint("channel IN ('surel', 'webhook', 'telegram', 'whatsapp', 'webpush')", name=op.f('ck_outgoing_channel')),
    sa.CheckConstraint("state IN ('menunggu', 'terkirim', 'mati', 'batal')", name=op.f('ck_outgoing_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing')),
    sa.UniqueConstraint('once', name=op.f('uq_outgoing_once')),
    sa.UniqueConstraint('uid', name=op.f('uq_outgoing_uid'))
    )
    op.create_index('ix_outgoing_dead', 'outgoing', ['id'], unique=False, postgresql_where=sa.text("state = 'mati'"))
    op.create_index(op.f('ix_outgoing_made_at'), 'outgoing', ['made_at'], unique=False)
    op.create_index('ix_outgoing_waiting', 'outgoing', [sa.literal_column('urgent DESC'), 'next_at'], unique=False, postgresql_where=sa.text("state = 'menunggu'"))
    op.create_table('answer_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.CheckConstraint('length(text) BETWEEN 1 AND 5000', name=op.f('ck_answer_template_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_answer_template_agency_id_agency')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_template'))
    )
    op.create_table('subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('events', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('digest', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('secret', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('from_files', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("channel IN ('surel', 'webhook', 'telegram', 'whatsapp', 'webpush')", name=op.f('ck_subscription_channel')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_subscription_agency_id_agency')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription'))
    )
    op.create_index(op.f('ix_subscription_agency_id'), 'subscription', ['agency_id', 'channel', 'to'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('handover',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_handover_agency_id_agency')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_handover_by_user_app_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover'))
    )
    op.create_index(op.f('ix_handover_agency_id'), 'handover', ['agency_id', 'at'], unique=False)
    op.create_table('push_subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('endpoint', sa.String(), nullable=False),
    sa.Column('p256dh', sa.String(), nullable=False),
    sa.Column('auth', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_push_subscription_user_id_app_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscription')),
    sa.UniqueConstraint('endpoint', name=op.f('uq_push_subscription_endpoint'))
    )
    op.create_index(op.f('ix_push_subscription_user_id'), 'push_subscription', ['user_id'], unique=False)
    op.create_table('stored_filter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('query', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_stored_filter_user_id_app_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_filter'))
    )
    op.create_index(op.f('ix_stored_filter_user_id'), 'stored_filter', ['user_id', 'name'], unique=True)
    op.create_table('merge',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('from_id', sa.BigInteger(), nullable=False),
    sa.Column('into_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('why', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('was', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=True),
    sa.CheckConstraint('from_id <> into_id', name=op.f('ck_merge_two')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_merge_by_user_app_user')),
    sa.ForeignKeyConstraint(['from_id'], ['incident.id'], name=op.f('fk_merge_from_id_incident')),
    sa.ForeignKeyConstraint(['into_id'], ['incident.id'], name=op.f('fk_merge_into_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge'))
    )
    op.create_index(op.f('ix_merge_into_id'), 'merge', ['into_id'], unique=False)
    op.create_index('ix_merge_standing', 'merge', ['from_id'], unique=True, postgresql_where=sa.text('undone_at IS NULL'))
    op.create_table('exchange_link',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('system', sa.String(), server_default=sa.text("'sp4n'"), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('incident_id', sa.BigInteger(), nullable=True),
    sa.Column('remote_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('told', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('heard', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('state', sa.String(), server_default=sa.text("'menunggu'"), nullable=False),
    sa.Column('tries', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.String(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("state IN ('menunggu', 'selaras', 'gagal', 'mati')", name=op.f('ck_exchange_link_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_exchange_link_incident_id_incident')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_exchange_link_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exchange_link')),
    sa.UniqueConstraint('key', name=op.f('uq_exchange_link_key'))
    )
    op.create_index('ix_exchange_link_remote', 'exchange_link', ['system', 'remote_id'], unique=True)
    op.create_index('ix_exchange_link_ticket', 'exchange_link', ['system', 'ticket_id'], unique=True)
    op.create_table('instruction',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('restricted_group', sa.String(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint('(answered_at IS NULL) = (answer IS NULL)', name=op.f('ck_instruction_answered')),
    sa.CheckConstraint('due_at > at', name=op.f('ck_instruction_due_later')),
    sa.CheckConstraint('length(text) BETWEEN 1 AND 2000', name=op.f('ck_instruction_length')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_instruction_by_user_app_user')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_instruction_incident_id_incident')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_instruction_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instruction'))
    )
    op.create_index('ix_instruction_open', 'instruction', ['due_at'], unique=False, postgresql_where=sa.text('answered_at IS NULL'))
    op.create_index(op.f('ix_instruction_ticket_id'), 'instruction', ['ticket_id', 'id'], unique=False)
    op.create_table('notice',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_notice_ticket_id_ticket')),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_notice_user_id_app_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    op.create_index('ix_notice_unseen', 'notice', ['user_id', 'id'], unique=False, postgresql_where=sa.text('seen_at IS NULL'))
    op.create_index(op.f('ix_notice_user_id'), 'notice', ['user_id', 'id'], unique=False)
    op.create_table('ticket_message',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('restricted_group', sa.String(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('call_id', sa.BigInteger(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('mentions', postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("(kind = 'tanggapan') = (call_id IS NOT NULL)", name=op.f('ck_ticket_message_reply_of_a_call')),
    sa.CheckConstraint("kind IN ('catatan', 'jawaban', 'tanggapan')", name=op.f('ck_ticket_message_kind')),
    sa.CheckConstraint('length(text) BETWEEN 1 AND 5000', name=op.f('ck_ticket_message_length')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_ticket_message_agency_id_agency')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_ticket_message_by_user_app_user')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_ticket_message_call_id_call')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_ticket_message_incident_id_incident')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_message_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_message'))
    )
    op.create_index('ix_ticket_message_in_order', 'ticket_message', ['ticket_id', 'id'], unique=False)
    op.create_index(op.f('ix_ticket_message_ticket_id'), 'ticket_message', ['ticket_id', 'key'], unique=True)
    op.create_table('ticket_rating',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('call_id', sa.BigInteger(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_ticket_rating_stars')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_ticket_rating_call_id_call')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_rating_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('ticket_id', 'call_id', name=op.f('pk_ticket_rating'))
    )
    op.create_table('ticket_step',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('baru', 'diverifikasi', 'didisposisi', 'diterima_opd', 'dikerjakan', 'ditindaklanjuti', 'menunggu_tanggapan', 'ditutup', 'ditunda', 'bukan_wewenang', 'digabung', 'diarsipkan', 'dibuka_kembali', name='ticketstate', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('actor', sa.Enum('ruang', 'opd', 'pelapor', 'rekanan', 'pimpinan', 'sistem', name='actor', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_ticket_step_agency_id_agency')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_ticket_step_by_user_app_user')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_ticket_step_incident_id_incident')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_step_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_step'))
    )
    op.create_index(op.f('ix_ticket_step_ticket_id'), 'ticket_step', ['ticket_id', 'id'], unique=False)
    op.create_table('work_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('restricted_group', sa.String(), nullable=True),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_name', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_note', sa.String(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_work_link_incident_id_incident')),
    sa.ForeignKeyConstraint(['made_by'], ['app_user.id'], name=op.f('fk_work_link_made_by_app_user')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_work_link_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_work_link_token_hash'))
    )
    op.create_index(op.f('ix_work_link_ticket_id'), 'work_link', ['ticket_id', 'id'], unique=False)
    op.create_table('proof',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('restricted_group', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_user', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('image', sa.LargeBinary(), nullable=True),
    sa.Column('found', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('far_m', sa.Double(), nullable=True),
    sa.Column('same_as', postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("(kind = 'foto') = (image IS NOT NULL)", name=op.f('ck_proof_photo_has_image')),
    sa.CheckConstraint("(kind = 'tautan') = (url IS NOT NULL)", name=op.f('ck_proof_link_has_url')),
    sa.CheckConstraint("kind IN ('foto', 'tautan')", name=op.f('ck_proof_kind')),
    sa.CheckConstraint('length(image) <= 2000000', name=op.f('ck_proof_size')),
    sa.ForeignKeyConstraint(['by_user'], ['app_user.id'], name=op.f('fk_proof_by_user_app_user')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_proof_incident_id_incident')),
    sa.ForeignKeyConstraint(['link_id'], ['work_link.id'], name=op.f('fk_proof_link_id_work_link')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_proof_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proof'))
    )
    op.create_index(op.f('ix_proof_ticket_id'), 'proof', ['ticket_id', 'key'], unique=True)
    op.create_table('proof_seal',
    sa.Column('proof_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('phash', sa.BigInteger(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('position', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['proof_id'], ['proof.id'], name=op.f('fk_proof_seal_proof_id_proof'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proof_id', name=op.f('pk_proof_seal'))
    )
    op.create_table('proof_band',
    sa.Column('band', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('proof_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['proof_id'], ['proof.id'], name=op.f('fk_proof_band_proof_id_proof'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('band', 'proof_id', name=op.f('pk_proof_band'))
    )
    op.create_index(op.f('ix_proof_band_proof_id'), 'proof_band', ['proof_id'], unique=False)


def _columns() -> None:
    op.add_column('category', sa.Column('proof', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('category', sa.Column('clock', sa.String(), nullable=True))
    op.add_column('incident', sa.Column('owner', sa.String(), nullable=True))
    op.add_column('incident', sa.Column('merged_into', sa.BigInteger(), nullable=True))
    op.create_index('ix_incident_merged', 'incident', ['merged_into'], unique=False, postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.create_foreign_key(op.f('fk_incident_merged_into_incident'), 'incident', 'incident', ['merged_into'], ['id'])
    op.add_column('responsibility', sa.Column('owner', sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column('responsibility', sa.Column('hours', sa.String(), server_default=sa.text("''"), nullable=False))
    op.drop_index(op.f('ix_responsibility_category_code'), table_name='responsibility')
    op.create_index(op.f('ix_responsibility_category_code'), 'responsibility', ['category_code', 'area_code', 'owner', 'hours', 'agency_id'], unique=True)
    op.add_column('ticket', sa.Column('before', sa.Enum('baru', 'diverifikasi', 'didisposisi', 'diterima_opd', 'dikerjakan', 'ditindaklanjuti', 'menunggu_tanggapan', 'ditutup', 'ditunda', 'bukan_wewenang', 'digabung', 'diarsipkan', 'dibuka_kembali', name='ticketstate', native_enum=False, create_constraint=False), nullable=True))
    op.add_column('ticket', sa.Column('kind', sa.Enum('darurat', 'aduan', 'saran', 'informasi', name='ticketkind', native_enum=False, create_constraint=True), nullable=True))
    op.add_column('ticket', sa.Column('decided', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('ticket', sa.Column('category_code', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('priority', sa.Integer(), nullable=True))
    op.add_column('ticket', sa.Column('village_code', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('district_code', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('referred_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('here_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('followed_up_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('verify_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('answer_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('reply_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('extended', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('ticket', sa.Column('returns', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('ticket', sa.Column('reopens', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('ticket', sa.Column('escalated', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('ticket', sa.Column('escalate_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('holder_id', sa.Integer(), nullable=True))
    op.add_column('ticket', sa.Column('holder', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('held_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('proof_needed', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('ticket', sa.Column('proofs', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('ticket', sa.Column('flags', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('ticket', sa.Column('outcome', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('stars', sa.Integer(), nullable=True))
    op.add_column('ticket', sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False))
    op.add_column('ticket', sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('ix_ticket_closed', 'ticket', ['closed_at'], unique=False, postgresql_where=sa.text('closed_at IS NOT NULL'))
    op.create_index('ix_ticket_demo', 'ticket', ['id'], unique=False, postgresql_where=sa.text('demo'))
    op.create_index('ix_ticket_escalate', 'ticket', ['escalate_at'], unique=False, postgresql_where=sa.text(f'escalate_at IS NOT NULL AND state NOT IN {OVER}'))
    op.create_index('ix_ticket_holder', 'ticket', ['holder_id'], unique=False, postgresql_where=sa.text('holder_id IS NOT NULL'))
    op.create_index('ix_ticket_inbox', 'ticket', ['agency_id', 'due_at', 'id'], unique=False, postgresql_where=sa.text("state NOT IN ('ditutup', 'digabung', 'diarsipkan')"))
    op.create_index('ix_ticket_open', 'ticket', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state NOT IN ('ditutup', 'digabung', 'diarsipkan')"))
    op.create_index('ix_ticket_over', 'ticket', ['agency_id', 'closed_at', 'id'], unique=False, postgresql_where=sa.text('closed_at IS NOT NULL'))
    op.create_index('ix_ticket_agency_opened', 'ticket', ['agency_id', 'opened_at', 'id'], unique=False)
    op.create_index('ix_ticket_village', 'ticket', ['village_code', 'opened_at'], unique=False)
    op.create_index(op.f('ix_ticket_opened_at'), 'ticket', ['opened_at'], unique=False)
    op.create_index('ix_ticket_reply_due', 'ticket', ['reply_due_at'], unique=False, postgresql_where=sa.text('reply_due_at IS NOT NULL'))
    op.create_foreign_key(op.f('fk_ticket_holder_id_app_user'), 'ticket', 'app_user', ['holder_id'], ['id'])
    op.create_foreign_key(op.f('fk_ticket_category_code_category'), 'ticket', 'category', ['category_code'], ['code'])


def _checks() -> None:
    listed = ", ".join(f"'{state}'" for state in STATES)
    op.drop_constraint(op.f("ck_ticket_ticketstate"), "ticket")
    op.create_check_constraint(op.f("ck_ticket_ticketstate"), "ticket", f"state IN ({listed})")
    op.drop_constraint(op.f("ck_category_kind"), "category")
    op.create_check_constraint(op.f("ck_category_kind"), "category", "kind IN ('darurat', 'aduan', 'saran', 'informasi')")
    op.create_check_constraint(op.f("ck_responsibility_hours"), "responsibility", "hours IN ('', 'jam_kerja', 'luar_jam')")
    op.create_check_constraint(op.f("ck_incident_merged_is_over"), "incident", "merged_into IS NULL OR (merged_into <> id AND state = 'ditutup')")
    op.create_check_constraint(op.f("ck_ticket_priority"), "ticket", "priority BETWEEN 1 AND 4")
    op.create_check_constraint(op.f("ck_ticket_stars"), "ticket", "stars BETWEEN 1 AND 5")
    op.create_check_constraint(op.f("ck_ticket_held_since"), "ticket", "(holder_id IS NULL) = (held_at IS NULL)")
    op.create_check_constraint(op.f("ck_ticket_counts"), "ticket", "returns >= 0 AND reopens >= 0 AND escalated >= 0 AND proofs >= 0")


def downgrade() -> None:
    raise NotImplementedError("what was done about the reports would be lost")
