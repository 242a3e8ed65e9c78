-- One vector tile of an edition: layers villages, borders and labels.
-- Usage: geo.tiles.village_tile(). Leans on ix_village_area: the tile is turned to degrees, not the areas.
-- Comes out: one row with the bytes of the tile; empty bytes where there is nothing.
-- :extent  units a side; every corner is rounded to them by itself, so that neighbours that share
--          corners before share them after
-- :tolerance_m  the drawing to take, see geo.drawing; where there is none, the outline itself
-- Of borders each piece comes once, though two villages have it, and what parts districts is not among
-- what parts villages: a screen without a graphics card draws each corner in software.
-- :margin  units beyond each side, for outlines that would else end at the seam
WITH bounds AS MATERIALIZED (
  SELECT ST_TileEnvelope(:z, :x, :y) AS tile,
         ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.03125), 4326) AS degrees
),
shapes AS MATERIALIZED (
  SELECT village.code, village.name, village.kind, village.district, village.district_code,
         ST_AsMVTGeom(ST_Transform(coalesce(drawing.area, village.area), 3857),
           bounds.tile, :extent, :margin) AS shape
    FROM bounds
   CROSS JOIN village
    LEFT JOIN village_drawing AS drawing
      ON drawing.edition_id = village.edition_id
     AND drawing.code = village.code
     AND drawing.tolerance_m = :tolerance_m
   WHERE village.edition_id = :edition_id
     AND village.area && bounds.degrees
),
villages AS (
  SELECT code, name, kind, district, shape
    FROM shapes
   WHERE shape IS NOT NULL
   ORDER BY code
),
districts AS (
  SELECT ST_UnaryUnion(ST_Collect(ST_Boundary(shape))) AS edges
    FROM (SELECT ST_UnaryUnion(ST_Collect(shape)) AS shape
            FROM shapes
           WHERE shape IS NOT NULL
           GROUP BY district_code) AS district
),
edges AS (
  SELECT ST_UnaryUnion(ST_Collect(ST_Boundary(shape))) AS edges
    FROM shapes
   WHERE shape IS NOT NULL
),
borders AS (
  SELECT 'district' AS between, ST_LineMerge(districts.edges) AS shape
    FROM districts
   UNION ALL
  SELECT 'village', ST_LineMerge(ST_Difference(edges.edges, districts.edges))
    FROM edges, districts
),
labels AS (
  SELECT village.code, village.name,
         ST_AsMVTGeom(ST_Transform(village.seat, 3857), bounds.tile, :extent, 0) AS shape
    FROM village, bounds
   WHERE village.edition_id = :edition_id
     AND village.area && bounds.degrees
   ORDER BY village.code
)
SELECT coalesce((SELECT ST_AsMVT(villages, 'villages', :extent, 'shape') FROM villages), '')
    || coalesce((SELECT ST_AsMVT(borders, 'borders', :extent, 'shape') FROM borders WHERE NOT ST_IsEmpty(shape)), '')
    || coalesce((SELECT ST_AsMVT(labels, 'labels', :extent, 'shape') FROM labels WHERE shape IS NOT NULL), '')
