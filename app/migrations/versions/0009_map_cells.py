"""The map cell of each incident: what tiles are found by, which row security lets no pin be."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Row security is asked before any operator that might tell of a hidden row, and PostGIS's all
# might: an index on `pin` is never used under it. Comparing whole numbers tells nothing.
SPREAD = """
CREATE FUNCTION spread_bits(number bigint) RETURNS bigint
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  number := (number | (number << 16)) & 281470681808895;       -- 0x0000FFFF0000FFFF
  number := (number | (number << 8)) & 71777214294589695;      -- 0x00FF00FF00FF00FF
  number := (number | (number << 4)) & 1085102592571150095;    -- 0x0F0F...
  number := (number | (number << 2)) & 3689348814741910323;    -- 0x3333...
  RETURN (number | (number << 1)) & 6148914691236517205;       -- 0x5555...
END $$
"""
# As geo/map_cells.py reckons it; the same formula as incident_cells(). Names are whole: a restored
# dump fills the table with no search path.
CELL = """
CREATE FUNCTION map_cell(pin geometry) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT public.spread_bits(floor((public.ST_X(pin) + 180) / 360 * 2147483648)::bigint)
      | (public.spread_bits(floor((1 - ln(tan(radians(public.ST_Y(pin)))
          + 1 / cos(radians(public.ST_Y(pin))))
          / pi()) / 2 * 2147483648)::bigint) << 1)
  $$
"""


def upgrade() -> None:
    op.execute(SPREAD)
    op.execute(CELL)
    op.add_column("incident", sa.Column("cell", sa.BigInteger(), sa.Computed("map_cell(pin)", persisted=True), nullable=True))
    op.create_index("ix_incident_open_cell", "incident", ["cell"], postgresql_where=sa.text("state <> 'ditutup'"))


def downgrade() -> None:
    op.drop_column("incident", "cell")
    op.execute("DROP FUNCTION map_cell(geometry)")
    op.execute("DROP FUNCTION spread_bits(bigint)")
