-- Free units for one incident, nearest first by straight line on the ellipsoid.
-- Comes out: a row a unit; same_land tells whether a road can lead there (bridges count as land).
-- Uses: ix_unit_position_geography (KNN), ix_land_mass_area.
-- Candidates: the agencies that answer for it, and whoever has all the skills it needs.
WITH spot AS (
  SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography AS here
)
SELECT unit.id, unit.call_sign, unit.kind, unit.skills, unit.by_sea,
       agency.short AS agency, station.name AS station,
       station.assumed AND unit.fix_at IS NULL AS assumed,
       unit.agency_id = ANY(CAST(:agencies AS integer[])) AS responsible,
       ST_X(unit.position) AS lon, ST_Y(unit.position) AS lat,
       unit.position::geography <-> spot.here AS straight_m,
       NOT unit.by_sea AND land.id IS NOT NULL AND land.id = CAST(:land AS integer) AS same_land
  FROM spot, unit
  JOIN agency ON agency.id = unit.agency_id
  JOIN station ON station.id = unit.station_id
  LEFT JOIN LATERAL (
    SELECT land_mass.id
      FROM land_mass
     WHERE land_mass.edition_id = CAST(:edition AS integer)
       AND ST_DWithin(land_mass.area, unit.position, 0.01)  -- about 1 km: quays and beaches
     ORDER BY land_mass.area <-> unit.position
     LIMIT 1
  ) AS land ON true
 WHERE unit.active
   AND unit.state IN ('siap', 'kembali')
   AND (unit.agency_id = ANY(CAST(:agencies AS integer[]))
        OR (cardinality(CAST(:needs AS text[])) > 0 AND unit.skills @> CAST(:needs AS text[])))
 ORDER BY unit.position::geography <-> spot.here
 LIMIT :most
