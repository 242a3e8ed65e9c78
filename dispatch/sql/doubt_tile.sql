-- One vector tile of areas where an uncertain incident may be: layer doubt.
-- Usage: dispatch.tiles.incident_tile(). Leans on ix_incident_open_cell.
-- Comes out: one row with the bytes; empty bytes where there is nothing.
-- Only of those that stand alone in their cluster's cell: the areas of forty in one sign tell nothing.
-- around (put in as text)  the runs of cell numbers that cover the tile and :reach degrees around it; an area is
--             drawn no further from its pin, so that the next tile has the rest of it
WITH meant AS (
  SELECT i.id, i.cell >> :shift AS cell, i.doubt > :unsure AS unsure
    FROM incident AS i
   WHERE i.state <> 'ditutup'
     AND ({around})
     AND {conditions}
),
alone AS (
  SELECT min(id) AS id
    FROM meant
   GROUP BY cell
  HAVING count(*) = 1 AND bool_or(unsure)
),
drawn AS (
  SELECT one.id, one.priority, ST_Expand(one.pin, CAST(:reach AS float8)) AS room,
         CASE WHEN one.kept IS NOT NULL THEN ST_SetSRID(ST_GeomFromGeoJSON(one.kept), 4326)
              -- A pin set by hand is kept as a radius within which it is that sure.
              WHEN one.by_hand THEN ST_Transform(ST_Buffer(ST_Transform(one.pin, 3857),
                coalesce(one.radius_m, :hand_radius_m) / cos(radians(ST_Y(one.pin)))
                * sqrt(ln(0.32) / ln(1 - least(coalesce(one.confidence, 0.68), 0.99))), 6), 4326)
         END AS area
    FROM alone
   -- As a look-up for each: a join would read the whole table again.
   CROSS JOIN LATERAL (
     SELECT i.id, i.priority, i.pin, i.location ->> 'outline' AS kept,
            i.location ->> 'by' = 'petugas' AS by_hand,
            (i.location ->> 'radius_m')::float8 AS radius_m,
            (i.location ->> 'confidence')::float8 AS confidence
       FROM incident AS i
      WHERE i.id = alone.id
      LIMIT 1
   ) AS one
),
doubt AS (
  SELECT id AS feature, id, priority AS p,
         ST_AsMVTGeom(ST_Transform(ST_ClipByBox2D(area, room::box2d), 3857),
           ST_TileEnvelope(:z, :x, :y), 4096, 64) AS shape
    FROM drawn
   WHERE area && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.02), 4326)
   ORDER BY id
)
SELECT coalesce(ST_AsMVT(doubt, 'doubt', 4096, 'shape', 'feature'), '')
  FROM doubt
 WHERE shape IS NOT NULL
