-- Gives the places of one source the village in force that covers them, and says so in words.
-- Usage: geo.gazetteer.import_places(). Leans on ix_village_area. No rows come out.
UPDATE place
   SET village_code = home.code,
       context = coalesce(nullif(place.context, ''), home.name || ', ' || home.district)
  FROM place AS located
 CROSS JOIN LATERAL (
   SELECT village.code, village.name, village.district
     FROM village
     JOIN edition ON edition.id = village.edition_id AND edition.in_force
    WHERE ST_Covers(village.area, located.position)
    ORDER BY village.code
    LIMIT 1
 ) AS home
 WHERE place.id = located.id
   AND located.source = :source
