-- What QGIS reads: views in a schema of their own for the role tanggap_qgis (NOLOGIN; a person's
-- role becomes a member of it, docs/panduan/qgis.md). Counts and outlines only: no case, no person,
-- nothing sensitive; and how far units come. The counts come from functions that belong to tanggap_counter, as elsewhere
-- (0002_counts.sql): in a view the policies would see who asks, and show nothing.
CREATE SCHEMA qgis;
GRANT USAGE ON SCHEMA qgis TO tanggap_counter;
GRANT SELECT (category_code, pin, outside) ON incident TO tanggap_counter;
GRANT SELECT (id, kind, params, state, ended_at) ON job TO tanggap_counter;
GRANT SELECT ON job_file TO tanggap_counter;
CREATE POLICY isochrones ON job FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter' AND kind = 'cakupan' AND state = 'selesai');
CREATE POLICY isochrones ON job_file FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter' AND name = 'isokron.geojson');

-- Cases by village and week of the last 53 weeks, of what is not sensitive. Weeks by the clock of
-- the session (SET TimeZone). Leans on ix_incident_opened_at.
CREATE FUNCTION qgis.weekly_counts()
  RETURNS TABLE (village_code text, week date, n bigint, urgent bigint, demo boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.village_code::text, date_trunc('week', i.opened_at)::date, count(*),
           count(*) FILTER (WHERE i.priority = 1), bool_or(i.demo)
      FROM public.incident AS i
     WHERE i.restricted_group IS NULL AND i.merged_into IS NULL AND i.village_code IS NOT NULL
       AND i.opened_at >= date_trunc('week', now()) - interval '52 weeks'
     GROUP BY 1, 2
  $$;

-- Cases by village and category of the last year; fewer than five are withheld: they would point
-- at single ones.
CREATE FUNCTION qgis.category_counts()
  RETURNS TABLE (village_code text, category_code text, n bigint, demo boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.village_code::text, i.category_code::text, count(*), bool_or(i.demo)
      FROM public.incident AS i
     WHERE i.restricted_group IS NULL AND i.merged_into IS NULL AND i.village_code IS NOT NULL
       AND i.opened_at >= now() - interval '1 year'
     GROUP BY 1, 2
    HAVING count(*) >= 5
  $$;

-- Pinned cases of the last year by squares of some 50 m: only their sums leave this schema. Kinds
-- for the control room alone are told by village, not finer (dispatch.rules.withholding).
CREATE FUNCTION qgis.spots()
  RETURNS TABLE (spot geometry, n bigint, demo boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ST_SnapToGrid(i.pin, 0.0005), count(*), bool_or(i.demo)
      FROM public.incident AS i
     WHERE i.restricted_group IS NULL AND i.merged_into IS NULL AND i.pin IS NOT NULL
       AND i.audience <> 'ruang' AND NOT i.outside AND i.opened_at >= now() - interval '1 year'
     GROUP BY 1
  $$;

-- Hexagons of 2 km from edge to edge that meet the regency, in degrees; those with fewer than five
-- cases come without a count. One width only: two grids laid over each other would tell more. The
-- zone of the projection is that of the regency's middle.
CREATE FUNCTION qgis.hexagons()
  RETURNS TABLE (id text, n bigint, demo boolean, outline geometry)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH land AS (
      SELECT ST_Union(d.area) AS area
        FROM public.village AS d JOIN public.edition AS e ON e.id = d.edition_id AND e.in_force
    ), middle AS (
      SELECT ST_Centroid(ST_Envelope(area)) AS at FROM land
    ), zone AS (
      SELECT CASE WHEN ST_Y(at) < 0 THEN 32700 ELSE 32600 END
             + floor((ST_X(at) + 180) / 6)::int + 1 AS srid FROM middle
    ), flat AS (
      SELECT ST_Transform(ST_Simplify(land.area, 0.0002), zone.srid) AS area FROM land, zone
    ), hexes AS (
      SELECT h.i, h.j, h.geom
        FROM flat, ST_HexagonGrid(2000 / sqrt(3), flat.area) AS h
       WHERE ST_Intersects(h.geom, flat.area)
    ), counted AS (
      SELECT h.i, h.j, sum(s.n)::bigint AS n, bool_or(s.demo) AS demo
        FROM (SELECT ST_Transform(spot, zone.srid) AS spot, n, demo FROM qgis.spots(), zone) AS s
        JOIN hexes AS h ON ST_Intersects(h.geom, s.spot)
       GROUP BY h.i, h.j
    )
    SELECT format('%s:%s', h.i, h.j), CASE WHEN c.n >= 5 THEN c.n END, COALESCE(c.demo, false),
           ST_Transform(h.geom, 4326)
      FROM hexes AS h LEFT JOIN counted AS c USING (i, j)
  $$;
GRANT SELECT ON village, edition TO tanggap_counter;

-- How far each unit comes, as the newest isochrones of each question tell it that are still kept:
-- for each skill, and for units on duty or free.
CREATE FUNCTION qgis.newest_isochrones()
  RETURNS TABLE (job bigint, skill text, who text, hour text, made timestamptz, feature jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH newest AS (
      SELECT DISTINCT ON (j.params ->> 'skill', j.params ->> 'who') j.id, j.params, j.ended_at
        FROM public.job AS j
       WHERE j.kind = 'cakupan' AND j.state = 'selesai' AND j.params ->> 'what' = 'isokron'
       ORDER BY j.params ->> 'skill', j.params ->> 'who', j.id DESC
    )
    SELECT n.id, n.params ->> 'skill', n.params ->> 'who', n.params ->> 'hour', n.ended_at, one
      FROM newest AS n
      JOIN public.job_file AS f ON f.job_id = n.id AND f.name = 'isokron.geojson'
     CROSS JOIN jsonb_array_elements(convert_from(f.body, 'UTF8')::jsonb -> 'features') AS one
  $$;

REVOKE ALL ON FUNCTION qgis.weekly_counts(), qgis.category_counts(), qgis.spots(),
  qgis.hexagons(), qgis.newest_isochrones() FROM PUBLIC;
GRANT CREATE ON SCHEMA qgis TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION qgis.weekly_counts() OWNER TO tanggap_counter;
ALTER FUNCTION qgis.category_counts() OWNER TO tanggap_counter;
ALTER FUNCTION qgis.spots() OWNER TO tanggap_counter;
ALTER FUNCTION qgis.hexagons() OWNER TO tanggap_counter;
ALTER FUNCTION qgis.newest_isochrones() OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA qgis FROM tanggap_counter;

CREATE VIEW qgis.desa WITH (security_barrier) AS
  SELECT v.code::text AS kode, v.name::text AS nama, v.kind::text AS jenis,
         v.district_code::text AS kode_kecamatan, v.district::text AS kecamatan,
         COALESCE(f.population, v.population) AS penduduk,
         round((ST_Area(v.area::geography) / 1e6)::numeric, 3)::double precision AS luas_km2,
         e.key::text AS edisi, e.status::text AS status_batas,
         v.area::geometry(MultiPolygon, 4326) AS geom
    FROM public.village AS v
    JOIN public.edition AS e ON e.id = v.edition_id AND e.in_force
    LEFT JOIN public.village_facts AS f ON f.code = v.code;
COMMENT ON VIEW qgis.desa IS 'Desa dan kelurahan edisi yang berlaku';

CREATE VIEW qgis.kecamatan WITH (security_barrier) AS
  SELECT v.district_code::text AS kode, min(v.district)::text AS nama, count(*) AS desa,
         ST_Multi(ST_Union(v.area))::geometry(MultiPolygon, 4326) AS geom
    FROM public.village AS v
    JOIN public.edition AS e ON e.id = v.edition_id AND e.in_force
   GROUP BY v.district_code;
COMMENT ON VIEW qgis.kecamatan IS 'Kecamatan, gabungan desanya';

CREATE VIEW qgis.kejadian_mingguan WITH (security_barrier) AS
  SELECT c.village_code || '/' || c.week AS id, c.village_code AS kode, v.name::text AS desa,
         v.district::text AS kecamatan, c.week AS minggu, c.n AS jumlah, c.urgent AS gawat,
         c.demo AS latihan, v.area::geometry(MultiPolygon, 4326) AS geom
    FROM qgis.weekly_counts() AS c
    JOIN public.village AS v ON v.code = c.village_code
    JOIN public.edition AS e ON e.id = v.edition_id AND e.in_force;
COMMENT ON VIEW qgis.kejadian_mingguan IS 'Kejadian menurut desa dan minggu, 53 minggu terakhir, tanpa yang peka';

CREATE VIEW qgis.kejadian_kategori WITH (security_barrier) AS
  SELECT c.village_code || '/' || c.category_code AS id, c.village_code AS kode,
         v.name::text AS desa, v.district::text AS kecamatan, c.category_code AS kode_kategori,
         k.name_id::text AS kategori, c.n AS jumlah, c.demo AS latihan,
         v.area::geometry(MultiPolygon, 4326) AS geom
    FROM qgis.category_counts() AS c
    JOIN public.category AS k ON k.code = c.category_code AND k.restricted_group IS NULL
    JOIN public.village AS v ON v.code = c.village_code
    JOIN public.edition AS e ON e.id = v.edition_id AND e.in_force;
COMMENT ON VIEW qgis.kejadian_kategori IS 'Kejadian menurut desa dan kategori, setahun terakhir; di bawah 5 ditahan';

CREATE VIEW qgis.heksagon WITH (security_barrier) AS
  SELECT h.id, h.n AS jumlah, h.demo AS latihan, h.outline::geometry(Polygon, 4326) AS geom
    FROM qgis.hexagons() AS h;
COMMENT ON VIEW qgis.heksagon IS 'Kejadian yang punya titik dalam heksagon 2 km, setahun terakhir; di bawah 5 ditahan';

CREATE VIEW qgis.isochrones WITH (security_barrier) AS
  SELECT format('%s/%s/%s', i.job, i.feature -> 'properties' ->> 'unit',
                i.feature -> 'properties' ->> 'minutes') AS id,
         i.feature -> 'properties' ->> 'call_sign' AS unit,
         i.feature -> 'properties' ->> 'station' AS pos,
         (i.feature -> 'properties' ->> 'minutes')::integer AS menit,
         i.skill AS keahlian, i.who AS siapa, i.hour::integer AS jam, i.made AS dihitung,
         ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(i.feature -> 'geometry'), 4326))
           ::geometry(MultiPolygon, 4326) AS geom
    FROM qgis.newest_isochrones() AS i;
COMMENT ON VIEW qgis.isochrones IS 'Jangkauan tiap unit menurut menit, hitungan terbaru di halaman Jangkauan';

-- On a server of somebody else's the role may not be there yet: the guide says how to make it.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tanggap_qgis') THEN
    GRANT USAGE ON SCHEMA qgis TO tanggap_qgis;
    GRANT SELECT ON ALL TABLES IN SCHEMA qgis TO tanggap_qgis;
    GRANT EXECUTE ON FUNCTION qgis.weekly_counts(), qgis.category_counts(), qgis.hexagons(),
      qgis.newest_isochrones() TO tanggap_qgis;  -- not spots()
  END IF;
END $$;
