-- One vector tile of areas where an uncertain incident may be: layer doubt.
-- Usage: dispatch.tiles.incident_tile(). Leans on ix_incident_open_cell.
-- Comes out: one row with the bytes; empty bytes where there is nothing.
-- Only of those that stand alone in their cluster's cell: the areas of forty in one sign tell nothing.
-- around   (put in as text) the runs of cells that cover the tile and :reach degrees around it; an area
--          is drawn no further from its pin, so that the next tile has the rest of it
WITH tile AS MATERIALIZED (
  SELECT ST_TileEnvelope(:z, :x, :y) AS metres,
         ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.02), 4326) AS degrees
),
meant AS (
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
         -- A pin set by hand is kept as a radius within which it is that sure. A circle is drawn
         -- as an ellipse in degrees, and only where it comes near.
         CASE WHEN one.kept IS NOT NULL THEN ST_SetSRID(ST_GeomFromGeoJSON(one.kept), 4326)
              WHEN one.by_hand AND ST_Expand(one.pin, circle.degrees * 1.03) && tile.degrees
              THEN ST_Translate(ST_Scale(ST_Buffer(ST_SetSRID(ST_Point(0, 0), 4326),
                circle.degrees, 6), 1 / cos(radians(ST_Y(one.pin))), 1), ST_X(one.pin), ST_Y(one.pin))
         END AS area
    FROM tile
   CROSS JOIN alone
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
   CROSS JOIN LATERAL (
     SELECT coalesce(one.radius_m, :hand_radius_m) / 110574
            * sqrt(ln(0.32) / ln(1 - greatest(least(coalesce(one.confidence, 0.68), 0.99), 0.01))) AS degrees
   ) AS circle
),
doubt AS (
  SELECT id AS feature, id, priority AS p,
         ST_AsMVTGeom(ST_Transform(ST_ClipByBox2D(area, room::box2d), 3857),
           tile.metres, 4096, 64) AS shape
    FROM tile
    JOIN drawn ON drawn.area && tile.degrees
   ORDER BY id
)
SELECT coalesce(ST_AsMVT(doubt, 'doubt', 4096, 'shape', 'feature'), '')
  FROM doubt
 WHERE shape IS NOT NULL
