-- One vector tile of the open incidents that the transaction may see: layer incidents.
-- Usage: dispatch.tiles.incident_tile(). Leans on ix_incident_open_cell, or reads all where the tile
-- holds most of them; row security lets no operator of PostGIS choose rows, so cells do.
-- Comes out: one row with the bytes; empty bytes where there is nothing.
-- :low, :high  the tile's run of cell numbers      :shift  bits of a number below a cluster's cell
-- :z           its zoom, :x and :y its place       :first  its first cluster cell
WITH meant AS (
  SELECT i.cell >> :shift AS cell, i.priority, i.id, i.opened_at,
         i.due_at < :now AS late, ST_X(i.pin) AS lon, ST_Y(i.pin) AS lat
    FROM incident AS i
   WHERE i.state <> 'ditutup'
     AND i.cell >= :low AND i.cell < :high
     AND {conditions}
),
by_priority AS (
  SELECT cell, priority, count(*) AS n, count(*) FILTER (WHERE late) AS late, min(id) AS id,
         min(opened_at) AS oldest, sum(lon) AS lon, sum(lat) AS lat
    FROM meant
   GROUP BY cell, priority
),
cells AS (
  SELECT (cell - :first)::integer AS at, sum(n)::integer AS n, min(priority) AS p,
         coalesce(sum(n) FILTER (WHERE priority = 1), 0)::integer AS p1,
         coalesce(sum(n) FILTER (WHERE priority = 2), 0)::integer AS p2,
         coalesce(sum(n) FILTER (WHERE priority = 3), 0)::integer AS p3,
         coalesce(sum(n) FILTER (WHERE priority = 4), 0)::integer AS p4,
         sum(late)::integer AS late, extract(epoch FROM min(oldest))::bigint AS oldest,
         min(id) AS id, (sum(lon) / sum(n))::float8 AS lon, radians((sum(lat) / sum(n))::float8) AS lat
    FROM by_priority
   GROUP BY cell
),
-- The mean is taken in degrees: in a cell of a fifth of a degree that is metres from the other.
-- Never on the far edge of the tile: there a map draws it with the neighbour, which does not have it.
placed AS (
  SELECT *,
         greatest(0, least(4095, floor(((lon + 180) / 360 * (1 << :z) - :x) * 4096))) AS east,
         greatest(0, least(4095, floor(
           ((1 - ln(tan(lat) + 1 / cos(lat)) / pi()) / 2 * (1 << :z) - :y) * 4096))) AS south
    FROM cells
),
incidents AS (
  SELECT ST_MakePoint(placed.east, placed.south) AS shape,
         placed.n, placed.p, placed.p1, placed.p2, placed.p3, placed.p4, placed.late, placed.oldest,
         (at & 1) | ((at >> 1) & 2) | ((at >> 2) & 4) | ((at >> 3) & 8) | ((at >> 4) & 16) AS cx,
         ((at >> 1) & 1) | ((at >> 2) & 2) | ((at >> 3) & 4) | ((at >> 4) & 8) | ((at >> 5) & 16) AS cy,
         one.id, one.id AS feature, one.category, one.state, one.unsure
    FROM placed
    -- As a look-up for each that stands alone: a join would read the whole table again.
    LEFT JOIN LATERAL (
      SELECT i.id, i.state, (i.doubt > :unsure OR i.contradictions <> '{{}}')::integer AS unsure,
             CASE WHEN :veiled AND i.restricted_group IS NOT NULL
                    AND i.restricted_group <> ALL (CAST(:own_groups AS text[]))
                  THEN :veil ELSE i.category_code END AS category
        FROM incident AS i
       WHERE placed.n = 1 AND i.id = placed.id
       LIMIT 1
    ) AS one ON true
   ORDER BY at
)
SELECT coalesce(ST_AsMVT(incidents, 'incidents', 4096, 'shape', 'feature'), '') FROM incidents
