-- Where one point lies under one edition of the boundaries.
-- Usage: geo.villages.placement_at(). Leans on ix_village_area and ix_land_mass_area.
-- Comes out: one row, or none where there is no such edition. village, neighbour and nearest are
-- the fields of a VillageRef as JSON, or null; border_m, nearest_m in metres along the ellipsoid.
-- :edition_id  null asks for the edition in force
-- :stretch     metres of a degree of longitude over metres of one of latitude, at the point;
--              nearest points are sought in a plane scaled by it
-- :degree_m    metres of a degree of latitude, at the point
-- :gap_most_m, :nearest_most_m, :land_most_m  how far to look for each
WITH pin AS MATERIALIZED (
  SELECT edition.id AS edition_id, edition.key, edition.status,
         ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS spot
    FROM edition
   WHERE edition.id = :edition_id
      OR (CAST(:edition_id AS integer) IS NULL AND edition.in_force)
),
home AS (
  SELECT village.*
    FROM pin
    JOIN village ON village.edition_id = pin.edition_id AND ST_Covers(village.area, pin.spot)
   ORDER BY village.code
   LIMIT 1
),
foot AS MATERIALIZED (
  SELECT ST_ClosestPoint(ST_Scale(ST_Boundary(home.area), :stretch, 1),
                         ST_Scale(pin.spot, :stretch, 1)) AS scaled
    FROM home, pin
),
border AS MATERIALIZED (
  SELECT scaled, ST_Scale(scaled, 1 / CAST(:stretch AS double precision), 1) AS spot FROM foot
),
neighbour AS (
  SELECT beyond.*
    FROM border, home
    -- 0.0005 degrees are more than 50 m in any direction in this country.
    JOIN village AS beyond
      ON beyond.edition_id = home.edition_id AND beyond.id <> home.id,
   LATERAL (
     SELECT ST_Distance(ST_Scale(beyond.area, :stretch, 1), border.scaled) * :degree_m AS gap_m
   ) AS measured
   WHERE beyond.area && ST_Expand(border.spot, 0.0005)
     AND gap_m <= :gap_most_m
   -- To the centimetre: villages that meet at one corner are equally near whatever the rounding.
   ORDER BY round(CAST(gap_m AS numeric), 2), beyond.code
   LIMIT 1
),
nearest AS (
  SELECT village.*,
         ST_Distance(CAST(ST_Scale(scaled, 1 / CAST(:stretch AS double precision), 1) AS geography),
                     CAST(pin.spot AS geography)) AS distance_m
    FROM pin
    -- Eight by degrees, from the index; the order by metres among them is settled below.
   CROSS JOIN LATERAL (
     SELECT * FROM village AS near
      WHERE near.edition_id = pin.edition_id
      ORDER BY near.area <-> pin.spot
      LIMIT 8
   ) AS village
   CROSS JOIN LATERAL (
     SELECT ST_ClosestPoint(ST_Scale(village.area, :stretch, 1),
                            ST_Scale(pin.spot, :stretch, 1)) AS scaled
   ) AS shore
   WHERE NOT EXISTS (SELECT FROM home)
   ORDER BY round(CAST(ST_Distance(scaled, ST_Scale(pin.spot, :stretch, 1)) * :degree_m AS numeric), 2),
            village.code
   LIMIT 1
),
land AS (
  SELECT mass.id, CASE WHEN ST_Covers(mass.area, pin.spot) THEN 0
                       ELSE ST_Distance(ST_Scale(mass.area, :stretch, 1),
                                        ST_Scale(pin.spot, :stretch, 1)) * :degree_m
                  END AS distance_m
    FROM pin
    -- 0.01 degrees are more than 1 km in any direction in this country.
    JOIN land_mass AS mass
      ON mass.edition_id = pin.edition_id AND mass.area && ST_Expand(pin.spot, 0.01)
   ORDER BY distance_m, mass.id
   LIMIT 1
)
SELECT pin.edition_id, pin.key AS edition, pin.status,
       home_ref.fields AS village,
       ST_Distance(CAST(border.spot AS geography), CAST(pin.spot AS geography)) AS border_m,
       neighbour_ref.fields AS neighbour,
       nearest_ref.fields AS nearest, nearest.distance_m AS nearest_m,
       land.id AS land_mass_id
  FROM pin
  LEFT JOIN home ON true
  LEFT JOIN border ON true
  LEFT JOIN neighbour ON true
  LEFT JOIN nearest ON nearest.distance_m <= :nearest_most_m
  LEFT JOIN land ON land.distance_m <= :land_most_m
  LEFT JOIN LATERAL (
    SELECT jsonb_build_object('id', home.id, 'code', home.code, 'name', home.name, 'kind', home.kind,
      'district_code', home.district_code, 'district', home.district) AS fields WHERE home.id IS NOT NULL
  ) AS home_ref ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_build_object('id', neighbour.id, 'code', neighbour.code, 'name', neighbour.name,
      'kind', neighbour.kind, 'district_code', neighbour.district_code,
      'district', neighbour.district) AS fields WHERE neighbour.id IS NOT NULL
  ) AS neighbour_ref ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_build_object('id', nearest.id, 'code', nearest.code, 'name', nearest.name,
      'kind', nearest.kind, 'district_code', nearest.district_code,
      'district', nearest.district) AS fields WHERE nearest.id IS NOT NULL
  ) AS nearest_ref ON true
