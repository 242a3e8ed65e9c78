-- Counts that look past the policies answer only roles that may see a case at all: who asks as
-- another, a planner or a screen on the wall, is told nothing, whatever id is asked for.
CREATE OR REPLACE FUNCTION case_stands(incident_id bigint, OUT open bigint, OUT units_out bigint, OUT due_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE t.state NOT IN ('ditutup', 'digabung', 'diarsipkan')),
           (SELECT count(*) FROM public.assignment AS a
             WHERE a.incident_id = $1 AND a.released_at IS NULL),
           -- of what waits for the reporter, or was said to be done, nobody is late
           min(t.due_at) FILTER (WHERE t.state NOT IN ('ditutup', 'digabung', 'diarsipkan',
             'ditunda', 'menunggu_tanggapan', 'ditindaklanjuti'))
      FROM public.ticket AS t WHERE t.incident_id = $1
    -- who moves tickets: a case follows each step
    HAVING current_setting('app.role', true) IN ('operator', 'dispatcher', 'agency_officer',
      'leader', 'reporter', 'timer', 'exchange', 'system')
  $$;

CREATE OR REPLACE FUNCTION reports_of(incident_id bigint) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE family (id) AS (
      SELECT $1
      UNION SELECT i.id FROM public.incident AS i JOIN family ON i.merged_into = family.id
    )
    SELECT count(*) FROM family JOIN public.call AS c ON c.incident_id = family.id
    -- who has an inbox
    HAVING current_setting('app.role', true) IN ('operator', 'dispatcher', 'agency_officer',
      'leader', 'exchange', 'system')
  $$;
