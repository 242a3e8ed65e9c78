-- Units that might go, free ones and those under way, with where they were last heard.
-- Comes out: a row a unit, by call sign; the columns from assignment_id on only where the asker
-- may see what it is out for. :skills and :agencies empty: all of them; :only one unit, or NULL.
-- Uses: uq_assignment_unit_open.
SELECT unit.id, unit.call_sign, unit.kind, unit.skills, unit.by_sea, unit.state, unit.state_since,
       unit.crew, unit.shift_ends_at, unit.silent_since,
       unit.fix_at, unit.fix_accuracy_m,
       ST_X(unit.position) AS lon, ST_Y(unit.position) AS lat,
       agency.short AS agency, station.name AS station, station.assumed,
       ST_X(station.position) AS station_lon, ST_Y(station.position) AS station_lat,
       unit.agency_id,
       held.id AS assignment_id, held.version, held.state AS assignment_state,
       held.incident_id, incident.category_code, incident.priority
  FROM unit
  JOIN agency ON agency.id = unit.agency_id
  JOIN station ON station.id = unit.station_id
  LEFT JOIN assignment AS held ON held.unit_id = unit.id
       AND held.released_at IS NULL AND held.state <> 'diusulkan'
  LEFT JOIN incident ON incident.id = held.incident_id
 WHERE unit.active
   AND unit.state = ANY(CAST(:states AS text[]))
   AND (CAST(:only AS bigint) IS NULL OR unit.id = CAST(:only AS bigint))
   AND (cardinality(CAST(:agencies AS integer[])) + cardinality(CAST(:skills AS text[])) = 0
        OR unit.agency_id = ANY(CAST(:agencies AS integer[]))
        OR unit.skills && CAST(:skills AS text[]))
 ORDER BY unit.call_sign
