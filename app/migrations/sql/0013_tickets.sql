-- How many reports tell of a case. As before, and: of cases that who asks may not see, none is counted,
-- whatever id is given; a case of a group that was merged into one that is not, or the other way
-- round, is told to nobody by a number.
CREATE OR REPLACE FUNCTION reports_of(incident_id bigint) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE family (id) AS (
      SELECT i.id FROM public.incident AS i
       WHERE i.id = $1 AND (public.in_group(i.restricted_group) OR public.ctx_role() = 'system')
      UNION SELECT i.id FROM public.incident AS i JOIN family ON i.merged_into = family.id
       WHERE public.in_group(i.restricted_group) OR public.ctx_role() = 'system'
    )
    SELECT count(*) FROM family JOIN public.call AS c ON c.incident_id = family.id
    -- who has an inbox
    HAVING public.ctx_role() IN ('operator', 'dispatcher', 'agency_officer', 'leader', 'exchange', 'system')
  $$;
