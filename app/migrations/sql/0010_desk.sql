-- Stored filters, templates of answers, hand-overs, notices: who sees and writes which rows.

GRANT SELECT, INSERT, DELETE ON stored_filter TO tanggap_app;
GRANT UPDATE (query) ON stored_filter TO tanggap_app;
GRANT SELECT, INSERT, DELETE ON answer_template TO tanggap_app;
GRANT SELECT, INSERT ON handover, notice TO tanggap_app;
GRANT UPDATE (taken_at, taken_by) ON handover TO tanggap_app;
GRANT UPDATE (seen_at) ON notice TO tanggap_app;
GRANT USAGE ON SEQUENCE stored_filter_id_seq, answer_template_id_seq, handover_id_seq, notice_id_seq
  TO tanggap_app;

ALTER TABLE stored_filter ENABLE ROW LEVEL SECURITY;
ALTER TABLE stored_filter FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON stored_filter TO tanggap_app USING (user_id = (SELECT ctx_user()));

-- Everybody's own words and those of the whole regency; the latter come from its files alone.
ALTER TABLE answer_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer_template FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON answer_template FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher') THEN true
    WHEN (SELECT ctx_role()) = 'leader' THEN agency_id IS NULL
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN
      agency_id IS NULL OR agency_id = (SELECT ctx_agency())
    ELSE false
  END);
CREATE POLICY add ON answer_template FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'agency_officer' AND agency_id = (SELECT ctx_agency()));
CREATE POLICY drop ON answer_template FOR DELETE TO tanggap_app USING (
  (SELECT ctx_role()) = 'agency_officer' AND agency_id = (SELECT ctx_agency()));

-- Of one's own side: the room (no agency), or the agency. Leaders have no shift.
ALTER TABLE handover ENABLE ROW LEVEL SECURITY;
ALTER TABLE handover FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON handover FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher') THEN agency_id IS NULL
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN agency_id = (SELECT ctx_agency())
    ELSE false
  END);
CREATE POLICY leave ON handover FOR INSERT TO tanggap_app WITH CHECK (
  by_user = (SELECT ctx_user()) AND taken_at IS NULL
  AND CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher') THEN agency_id IS NULL
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN agency_id = (SELECT ctx_agency())
    ELSE false
  END);
-- Taken once: a row that was taken is no longer to be written.
CREATE POLICY take ON handover FOR UPDATE TO tanggap_app
  USING (taken_at IS NULL AND (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer'))
  WITH CHECK (taken_at IS NOT NULL);

-- Seen by whom it is for; written by whoever sees the ticket that it tells of.
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notice FOR SELECT TO tanggap_app USING (user_id = (SELECT ctx_user()));
CREATE POLICY seen ON notice FOR UPDATE TO tanggap_app USING (user_id = (SELECT ctx_user()));
CREATE POLICY tell ON notice FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer', 'leader', 'timer')
  AND seen_at IS NULL
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = notice.ticket_id));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['stored_filter', 'answer_template', 'handover', 'notice'] LOOP
    EXECUTE format(
      'CREATE POLICY house ON %I TO tanggap_owner USING ((SELECT ctx_role()) = ''system'')', name);
  END LOOP;
END $$;

-- Who may be spoken to about a ticket of that agency: the room, the leaders, its own officers.
-- Accounts are hidden from all but the administrator; of these colleagues name and keys are told.
GRANT SELECT (id, name, role, agency_id, groups, active) ON app_user TO tanggap_counter;
CREATE POLICY count ON app_user FOR SELECT TO tanggap_counter USING (current_user = 'tanggap_counter');
CREATE FUNCTION colleagues(agency_ integer)
  RETURNS TABLE (id integer, name text, role text, agency_id integer, groups text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT u.id, u.name::text, u.role::text, u.agency_id, u.groups
      FROM public.app_user AS u
     WHERE u.active AND (u.role IN ('operator', 'dispatcher', 'leader')
         OR (u.role = 'agency_officer' AND u.agency_id = agency_))
       AND CASE current_setting('app.role', true)
         WHEN 'operator' THEN true
         WHEN 'dispatcher' THEN true
         WHEN 'leader' THEN true
         WHEN 'agency_officer' THEN agency_ = public.ctx_agency()
         ELSE false
       END
     ORDER BY u.name, u.id
  $$;

REVOKE ALL ON FUNCTION colleagues(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION colleagues(integer) TO tanggap_app;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION colleagues(integer) OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
