-- Row-level security. Sub-selects in brackets are evaluated once a statement, not once a row.
-- Policies of `incident` look at no other table but `assignment`, and those of `assignment`
-- at none, so that none can lead back to itself.

ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON incident FOR SELECT TO tanggap_app USING (
  CASE (SELECT ctx_role())
    -- Who took a sensitive call keeps it in sight until it is over; nobody else without the group.
    WHEN 'operator' THEN in_group(restricted_group)
      OR (opened_by = (SELECT ctx_user())
          AND coalesce(closed_at > now() - interval '1 hour', true))
    WHEN 'dispatcher' THEN in_group(restricted_group)
      OR (opened_by = (SELECT ctx_user())
          AND coalesce(closed_at > now() - interval '1 hour', true))
    WHEN 'leader' THEN in_group(restricted_group)
    WHEN 'agency_officer' THEN
      in_group(restricted_group) AND (SELECT ctx_agency()) = ANY (agency_ids)
    WHEN 'field_unit' THEN EXISTS (
      SELECT FROM assignment
       WHERE assignment.incident_id = incident.id
         AND assignment.unit_id = (SELECT ctx_unit())
         AND assignment.released_at IS NULL)
    WHEN 'village_head' THEN restricted_group IS NULL AND village_code = (SELECT ctx_village())
    ELSE false
  END);
CREATE POLICY take ON incident FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY work ON incident FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('operator', 'dispatcher', 'field_unit'));

ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON assignment FOR SELECT TO tanggap_app USING (
  CASE (SELECT ctx_role())
    WHEN 'operator' THEN in_group(restricted_group)
    WHEN 'dispatcher' THEN in_group(restricted_group)
    WHEN 'leader' THEN in_group(restricted_group)
    WHEN 'agency_officer' THEN in_group(restricted_group) AND EXISTS (
      SELECT FROM unit WHERE unit.id = assignment.unit_id AND unit.agency_id = (SELECT ctx_agency()))
    WHEN 'field_unit' THEN unit_id = (SELECT ctx_unit())
    ELSE false
  END);
CREATE POLICY send ON assignment FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY work ON assignment FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('operator', 'dispatcher', 'field_unit'));

ALTER TABLE ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON ticket FOR SELECT TO tanggap_app USING (
  in_group(restricted_group) AND (
    (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader')
    OR ((SELECT ctx_role()) = 'agency_officer' AND agency_id = (SELECT ctx_agency()))));
CREATE POLICY owe ON ticket FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY work ON ticket FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer'));

-- The words of a caller: not for the leader, the village head, the planner, the administrator.
ALTER TABLE call ENABLE ROW LEVEL SECURITY;
ALTER TABLE call FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON call FOR SELECT TO tanggap_app USING (
  CASE (SELECT ctx_role())
    WHEN 'operator' THEN in_group(restricted_group) OR operator_id = (SELECT ctx_user())
    WHEN 'dispatcher' THEN in_group(restricted_group) OR operator_id = (SELECT ctx_user())
    WHEN 'agency_officer' THEN in_group(restricted_group)
      AND EXISTS (SELECT FROM incident WHERE incident.id = call.incident_id)
    -- A crew outside the group gets the address of a sensitive case, not what was told.
    WHEN 'field_unit' THEN in_group(restricted_group)
      AND EXISTS (SELECT FROM incident WHERE incident.id = call.incident_id)
    ELSE false
  END);
CREATE POLICY take ON call FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));

-- Number and name of a caller: while the case is open for whom it is needed; else by a
-- reason, which dispatch/contacts.py logs in the same transaction that sets app.reveal.
ALTER TABLE call_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE call_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON call_contact FOR SELECT TO tanggap_app USING (
  CASE (SELECT ctx_role())
    WHEN 'operator' THEN in_group(restricted_group) AND (
      call_id = (SELECT ctx_reveal()) OR EXISTS (
        SELECT FROM incident
         WHERE incident.id = call_contact.incident_id AND incident.state <> 'ditutup'))
    WHEN 'dispatcher' THEN in_group(restricted_group) AND (
      call_id = (SELECT ctx_reveal()) OR EXISTS (
        SELECT FROM incident
         WHERE incident.id = call_contact.incident_id AND incident.state <> 'ditutup'))
    WHEN 'agency_officer' THEN in_group(restricted_group) AND call_id = (SELECT ctx_reveal())
      AND EXISTS (SELECT FROM incident WHERE incident.id = call_contact.incident_id)
    WHEN 'field_unit' THEN in_group(restricted_group) AND EXISTS (
      SELECT FROM incident
       WHERE incident.id = call_contact.incident_id AND incident.state <> 'ditutup')
    ELSE false
  END);
CREATE POLICY take ON call_contact FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));

ALTER TABLE unit ENABLE ROW LEVEL SECURITY;
ALTER TABLE unit FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON unit FOR SELECT TO tanggap_app USING (
  CASE (SELECT ctx_role())
    WHEN 'operator' THEN true
    WHEN 'dispatcher' THEN true
    WHEN 'leader' THEN true
    WHEN 'agency_officer' THEN agency_id = (SELECT ctx_agency())
    WHEN 'field_unit' THEN id = (SELECT ctx_unit())
    WHEN 'auth' THEN true  -- the call sign for the log-in of its crew
    ELSE false
  END);
CREATE POLICY work ON unit FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher')
  OR ((SELECT ctx_role()) = 'field_unit' AND id = (SELECT ctx_unit())));

-- The log: own deeds for everybody, the history of a case for who may see the case.
ALTER TABLE log_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE log_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON log_entry FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('hub', 'data_protection') THEN true
    WHEN actor_id = (SELECT ctx_user()) THEN true
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader', 'agency_officer', 'field_unit')
      THEN kind NOT LIKE 'contact.%' AND kind NOT LIKE 'caller.%'
       AND EXISTS (SELECT FROM incident WHERE incident.id = log_entry.incident_id)
    ELSE false
  END);
CREATE POLICY write ON log_entry FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IS NOT NULL AND actor_id IS NOT DISTINCT FROM (SELECT ctx_user()));

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotency_key TO tanggap_app
  USING (user_id = (SELECT ctx_user()));

-- Accounts: the log-in and the administrator; everybody their own.
ALTER TABLE app_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_user FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON app_user FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) IN ('auth', 'administrator') OR id = (SELECT ctx_user()));
CREATE POLICY add ON app_user FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'administrator');
CREATE POLICY change ON app_user FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) IN ('auth', 'administrator'));

ALTER TABLE user_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_session FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON user_session TO tanggap_app USING (
  (SELECT ctx_role()) IN ('auth', 'administrator') OR user_id = (SELECT ctx_user()));

-- The owner works in the context 'system' only (set-up, demo, editions), never by accident.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['incident', 'assignment', 'ticket', 'call', 'call_contact', 'unit',
                              'log_entry', 'idempotency_key', 'app_user', 'user_session'] LOOP
    EXECUTE format(
      'CREATE POLICY house ON %I TO tanggap_owner USING ((SELECT ctx_role()) = ''system'')', name);
  END LOOP;
END $$;
