-- Gives the places of one source the villages in force that they lie in, and says so in words.
-- Villages that are set stay. A point lies in the one that covers it; a line in those where it
-- runs for more than 30 m; an area in those that hold more than 1 % of it: most of it first. A
-- shape too small for that lies where most of it is.
-- Usage: geo.gazetteer.replace_places(). Leans on ix_village_area. No rows come out.
WITH here AS NOT MATERIALIZED (
  SELECT village.code, village.area
    FROM village
    JOIN edition ON edition.id = village.edition_id AND edition.in_force
),
unplaced AS (
  SELECT id, position, shape
    FROM place
   WHERE source = :source AND village_codes = '{}'
),
shared AS (
  SELECT unplaced.id, here.code,
         CASE ST_Dimension(unplaced.shape)
           WHEN 1 THEN ST_Length(common.part::geography) / 30
           ELSE ST_Area(common.part) / nullif(ST_Area(unplaced.shape), 0) / 0.01
         END AS share
    FROM unplaced
    JOIN here ON ST_Intersects(here.area, unplaced.shape)
   CROSS JOIN LATERAL (SELECT ST_Intersection(here.area, unplaced.shape) AS part) AS common
   WHERE unplaced.shape IS NOT NULL
),
ranked AS (
  SELECT id, code, share, row_number() OVER (PARTITION BY id ORDER BY share DESC, code) AS rank
    FROM shared
),
homes AS (
  SELECT id, array_agg(code ORDER BY rank) AS codes
    FROM ranked
   WHERE share > 1 OR rank = 1
   GROUP BY id
   UNION ALL
  SELECT unplaced.id, ARRAY[home.code]
    FROM unplaced
   CROSS JOIN LATERAL (
     SELECT here.code
       FROM here
      WHERE ST_Covers(here.area, unplaced.position)
      ORDER BY here.code
      LIMIT 1
   ) AS home
   WHERE unplaced.shape IS NULL
)
UPDATE place
   SET village_codes = homes.codes
  FROM homes
 WHERE place.id = homes.id;

-- One village: "Village, Kecamatan". Several: their kecamatan, at most three.
UPDATE place
   SET context = told.words
  FROM place AS silent
 CROSS JOIN LATERAL (
   SELECT CASE cardinality(silent.village_codes)
            WHEN 1 THEN min(member.name || ', ' || member.district)
            ELSE array_to_string((array_agg(member.district ORDER BY member.first))[1:3], ', ')
          END AS words
     FROM (
       SELECT min(village.name) AS name, village.district, min(listed.nth) AS first
         FROM unnest(silent.village_codes) WITH ORDINALITY AS listed (code, nth)
         JOIN village ON village.code = listed.code
         JOIN edition ON edition.id = village.edition_id AND edition.in_force
        GROUP BY village.district
     ) AS member
 ) AS told
 WHERE place.id = silent.id
   AND silent.source = :source
   AND silent.context = ''
   AND told.words IS NOT NULL
