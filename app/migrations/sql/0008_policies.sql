-- Ground of the live map: read by everybody, written by the owner (`tanggap`).
GRANT SELECT ON village_drawing, village_facts, village_part TO tanggap_app;

-- A village head sees what may be told in a village; a wallboard what is not sensitive.
DROP POLICY see ON incident;
CREATE POLICY see ON incident FOR SELECT TO tanggap_app USING (
  CASE
    -- Who took a sensitive call keeps it in sight until it is over; nobody else without the group.
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher') THEN in_group(restricted_group)
      OR (opened_by = (SELECT ctx_user())
          AND coalesce(closed_at > now() - interval '1 hour', true))
    WHEN (SELECT ctx_role()) = 'leader' THEN in_group(restricted_group)
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN
      in_group(restricted_group) AND (SELECT ctx_agency()) = ANY (agency_ids)
    WHEN (SELECT ctx_role()) = 'field_unit' THEN EXISTS (
      SELECT FROM assignment
       WHERE assignment.incident_id = incident.id
         AND assignment.unit_id = (SELECT ctx_unit())
         AND assignment.released_at IS NULL)
    WHEN (SELECT ctx_role()) = 'village_head' THEN restricted_group IS NULL
      AND audience <> 'ruang'
      AND (village_code = (SELECT ctx_village()) OR (SELECT ctx_village()) = ANY (also_villages))
    WHEN (SELECT ctx_role()) = 'wallboard' THEN restricted_group IS NULL
    ELSE false
  END);

-- A village head says where it is, of a case that is counted to the own village, and stays so.
-- USING names all that WITH CHECK names: else a refusal would tell of a case that is not seen.
CREATE POLICY say_where ON incident FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) = 'village_head' AND village_code = (SELECT ctx_village())
    AND restricted_group IS NULL AND audience <> 'ruang' AND state <> 'ditutup');
-- Of a neighbour's case that may lie in the own village the head says so, and moves nothing.
CREATE POLICY hint ON incident FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) = 'village_head' AND (SELECT ctx_village()) = ANY (also_villages)
    AND restricted_group IS NULL AND audience <> 'ruang' AND state <> 'ditutup');
CREATE FUNCTION only_where_by_a_village_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ctx_role() = 'village_head' THEN
    RAISE EXCEPTION 'a village head says where it is, nothing else'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_where_by_a_village_head BEFORE UPDATE OF id, category_code, priority, level, state,
  place_text, village_code, district_code, agency_ids, restricted_group, audience, channel, due_at, opened_at,
  opened_by, closed_at, outcome, after_hours, demo ON incident
  FOR EACH ROW EXECUTE FUNCTION only_where_by_a_village_head();

CREATE FUNCTION only_a_hint_by_a_neighbour() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ctx_role() = 'village_head' AND OLD.village_code IS DISTINCT FROM ctx_village() THEN
    RAISE EXCEPTION 'a neighbour hints, and moves nothing' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_a_hint_by_a_neighbour BEFORE UPDATE OF pin, pinned_by, edition_id, village_id,
  border_m, off_m, outside, land_mass_id, village_p, also_villages ON incident
  FOR EACH ROW EXECUTE FUNCTION only_a_hint_by_a_neighbour();

-- A crew writes nothing of its case but its state: also of the columns that are new here.
DROP TRIGGER not_by_a_crew ON incident;
CREATE TRIGGER not_by_a_crew BEFORE UPDATE OF id, category_code, priority, level, place_text, pin,
  pinned_by, edition_id, village_id, village_code, district_code, border_m, off_m, outside,
  land_mass_id, location, village_p, doubt, also_villages, contradictions, agency_ids,
  restricted_group, audience, channel, after_hours, due_at, opened_at, opened_by, closed_at, outcome,
  demo ON incident FOR EACH ROW EXECUTE FUNCTION not_by_a_crew();

-- The log-in of a wallboard is renewed while the screen is on (app/auth/sessions.py).
GRANT UPDATE (expires_at) ON user_session TO tanggap_app;

-- What village heads said: for who may see the case; they see what was said in their own name.
GRANT SELECT, INSERT ON village_mark TO tanggap_app;
GRANT USAGE ON SEQUENCE village_mark_id_seq TO tanggap_app;
ALTER TABLE village_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE village_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON village_mark FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader', 'agency_officer', 'field_unit')
      THEN EXISTS (SELECT FROM incident WHERE incident.id = village_mark.incident_id)
    WHEN (SELECT ctx_role()) = 'village_head' THEN village_code = (SELECT ctx_village())
    ELSE false
  END);
CREATE POLICY say ON village_mark FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'village_head' AND village_code = (SELECT ctx_village())
    AND by_user = (SELECT ctx_user())
    AND EXISTS (SELECT FROM incident WHERE incident.id = village_mark.incident_id));
CREATE POLICY house ON village_mark TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- Pictures of what stands in public space, for the village it stands in: the proof of the work.
DROP POLICY see ON photo;
CREATE POLICY see ON photo FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer') THEN
      in_group(restricted_group)
      AND EXISTS (SELECT FROM incident WHERE incident.id = photo.incident_id)
    WHEN (SELECT ctx_role()) = 'field_unit' THEN unit_id = (SELECT ctx_unit())
      AND EXISTS (SELECT FROM incident WHERE incident.id = photo.incident_id)
    WHEN (SELECT ctx_role()) = 'village_head' THEN restricted_group IS NULL
      AND EXISTS (SELECT FROM incident WHERE incident.id = photo.incident_id
        AND incident.audience = 'umum' AND incident.village_code = (SELECT ctx_village()))
    ELSE false
  END);

-- A wallboard shows how many units of each kind are free.
DROP POLICY see ON unit;
CREATE POLICY see ON unit FOR SELECT TO tanggap_app USING (
  CASE (SELECT ctx_role())
    WHEN 'operator' THEN true
    WHEN 'dispatcher' THEN true
    WHEN 'leader' THEN true
    WHEN 'wallboard' THEN true
    WHEN 'agency_officer' THEN agency_id = (SELECT ctx_agency())
    WHEN 'field_unit' THEN id = (SELECT ctx_unit())
    WHEN 'auth' THEN true  -- the call sign for the log-in of its crew
    ELSE false
  END);

-- Counts for the public are made by the timer, and read by whoever comes.
GRANT SELECT, INSERT, DELETE ON public_snapshot TO tanggap_app;
ALTER TABLE public_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_snapshot FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON public_snapshot FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) IS NOT NULL);
CREATE POLICY make ON public_snapshot FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'timer');
CREATE POLICY forget ON public_snapshot FOR DELETE TO tanggap_app
  USING ((SELECT ctx_role()) = 'timer');
CREATE POLICY house ON public_snapshot TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- Functions that look past the policies. From here on each says itself what it leaves out:
-- the policy of tanggap_counter no longer does. All of them answer counts or cells, never a row.
GRANT SELECT (id, pin, category_code, agency_ids, audience, channel, due_at, closed_at, doubt) ON incident
  TO tanggap_counter;
DROP POLICY count ON incident;
CREATE POLICY count ON incident FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');

CREATE OR REPLACE FUNCTION open_load()
  RETURNS TABLE (village_code text, open bigint, urgent bigint, oldest_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.village_code::text, count(*), count(*) FILTER (WHERE i.priority = 1), min(i.opened_at)
      FROM public.incident AS i
     WHERE i.state <> 'ditutup' AND i.village_code IS NOT NULL AND i.restricted_group IS NULL
       AND current_setting('app.role', true) IN ('planner', 'leader')
     GROUP BY i.village_code
  $$;

-- The load by village for who may count but see no row (planners), by what the filter names.
-- A parameter that is NULL leaves all in. as dispatch/load.py counts rows for everybody else.
CREATE FUNCTION counted_load(
    now_ timestamptz, kind_ text, categories_ text[], agency_ integer, channel_ text,
    priorities_ integer[], since_ timestamptz, until_ timestamptz, late_ boolean)
  RETURNS TABLE (village_code text, open bigint, urgent bigint, late bigint,
                 oldest_at timestamptz, mean_opened double precision, unpinned bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.village_code::text, count(*), count(*) FILTER (WHERE i.priority = 1),
           count(*) FILTER (WHERE i.due_at < now_), min(i.opened_at),
           avg(extract(epoch FROM i.opened_at))::double precision,
           count(*) FILTER (WHERE i.pin IS NULL)
      FROM public.incident AS i
     WHERE i.state <> 'ditutup' AND i.restricted_group IS NULL
       AND current_setting('app.role', true) = 'planner'
       AND (kind_ IS NULL OR i.category_code IN (
             SELECT c.code FROM public.category AS c WHERE c.kind = kind_))
       AND (categories_ IS NULL OR i.category_code = ANY (categories_))
       AND (agency_ IS NULL OR agency_ = ANY (i.agency_ids))
       AND (channel_ IS NULL OR i.channel = channel_)
       AND (priorities_ IS NULL OR i.priority = ANY (priorities_))
       AND (since_ IS NULL OR i.opened_at >= since_)
       AND (until_ IS NULL OR i.opened_at < until_)
       AND (late_ IS NOT TRUE OR i.due_at < now_)
     GROUP BY i.village_code
  $$;
GRANT SELECT (code, kind) ON category TO tanggap_counter;

-- In which cell of the map (Web Mercator, zoom 18) open incidents lie: which tiles grow stale.
-- ids_ NULL: all. An incident that is closed, unpinned or gone comes not at all.
CREATE FUNCTION incident_cells(ids_ bigint[])
  RETURNS TABLE (id bigint, x integer, y integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.id,
           floor((public.ST_X(i.pin) + 180) / 360 * 262144)::integer,
           floor((1 - ln(tan(radians(public.ST_Y(i.pin))) + 1 / cos(radians(public.ST_Y(i.pin))))
             / pi()) / 2 * 262144)::integer
      FROM public.incident AS i
     WHERE i.state <> 'ditutup' AND i.pin IS NOT NULL
       AND (ids_ IS NULL OR i.id = ANY (ids_))
       AND current_setting('app.role', true) = 'hub'
  $$;

-- What a wallboard may tell of all that is open, the sensitive included: how many, never what.
CREATE FUNCTION wall_figures(now_ timestamptz)
  RETURNS TABLE (kind text, priority integer, open bigint, waiting bigint, late bigint,
                 oldest_at timestamptz, oldest_waiting_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.kind::text, i.priority, count(*), count(*) FILTER (WHERE i.state = 'baru'),
           count(*) FILTER (WHERE i.due_at < now_), min(i.opened_at),
           min(i.opened_at) FILTER (WHERE i.state = 'baru')
      FROM public.incident AS i
      JOIN public.category AS c ON c.code = i.category_code
     WHERE i.state <> 'ditutup'
       AND current_setting('app.role', true) IN ('operator', 'dispatcher', 'leader', 'wallboard')
     GROUP BY c.kind, i.priority
  $$;

-- Cases in public space, counted for the public, as they stood at that moment: never the sensitive.
CREATE FUNCTION public_counts(at_ timestamptz)
  RETURNS TABLE (village_code text, category_code text, open bigint, closed_30d bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.village_code::text, i.category_code::text,
           count(*) FILTER (WHERE i.closed_at IS NULL OR i.closed_at > at_),
           count(*) FILTER (WHERE i.closed_at <= at_)
      FROM public.incident AS i
     WHERE i.audience = 'umum' AND i.restricted_group IS NULL AND i.village_code IS NOT NULL
       AND i.opened_at <= at_ AND (i.closed_at IS NULL OR i.closed_at > at_ - interval '30 days')
       AND current_setting('app.role', true) = 'timer'
     GROUP BY i.village_code, i.category_code
  $$;

REVOKE ALL ON FUNCTION
  counted_load(timestamptz, text, text[], integer, text, integer[], timestamptz, timestamptz, boolean),
  incident_cells(bigint[]), wall_figures(timestamptz), public_counts(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  counted_load(timestamptz, text, text[], integer, text, integer[], timestamptz, timestamptz, boolean),
  incident_cells(bigint[]), wall_figures(timestamptz), public_counts(timestamptz) TO tanggap_app;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION counted_load(timestamptz, text, text[], integer, text, integer[], timestamptz,
  timestamptz, boolean) OWNER TO tanggap_counter;
ALTER FUNCTION incident_cells(bigint[]) OWNER TO tanggap_counter;
ALTER FUNCTION wall_figures(timestamptz) OWNER TO tanggap_counter;
ALTER FUNCTION public_counts(timestamptz) OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
