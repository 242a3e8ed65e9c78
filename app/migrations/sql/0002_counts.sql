-- Counts for who may count but see no row. The only functions that look past the policies:
-- they belong to tanggap_counter, which may read these columns of what is not sensitive.
GRANT USAGE ON SCHEMA public TO tanggap_counter;
GRANT SELECT (village_code, priority, state, opened_at, restricted_group, demo) ON incident
  TO tanggap_counter;
GRANT SELECT (demo) ON call TO tanggap_counter;
-- A policy holds for members of the role, too: the owner is one, and must not see through it.
CREATE POLICY count ON incident FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter' AND restricted_group IS NULL);
CREATE POLICY count ON call FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');

CREATE FUNCTION open_load()
  RETURNS TABLE (village_code text, open bigint, urgent bigint, oldest_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.village_code::text, count(*), count(*) FILTER (WHERE i.priority = 1), min(i.opened_at)
      FROM public.incident AS i
     WHERE i.state <> 'ditutup' AND i.village_code IS NOT NULL
       AND current_setting('app.role', true) IN ('planner', 'leader')
     GROUP BY i.village_code
  $$;

-- Whether a demonstration is on: everybody is told, in the mark on every screen.
CREATE FUNCTION demo_is_on() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.incident WHERE demo)
        OR EXISTS (SELECT FROM public.call WHERE demo)
  $$;

REVOKE ALL ON FUNCTION open_load(), demo_is_on() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_load(), demo_is_on() TO tanggap_app;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION open_load() OWNER TO tanggap_counter;
ALTER FUNCTION demo_is_on() OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
