-- The owner, too, sees rows in the house's own context only.
SELECT set_config('app.role', 'system', true);
UPDATE assignment SET demo = true FROM incident
 WHERE incident.id = assignment.incident_id AND incident.demo;
SELECT set_config('app.role', '', true);

GRANT SELECT, INSERT ON assignment_step, told TO tanggap_app;
GRANT USAGE ON SEQUENCE assignment_step_id_seq TO tanggap_app;

-- A proposal shows a crew nothing: it is sent only by a person.
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
         AND assignment.released_at IS NULL
         AND assignment.state <> 'diusulkan')
    WHEN (SELECT ctx_role()) = 'village_head' THEN restricted_group IS NULL
      AND (village_code = (SELECT ctx_village()) OR (SELECT ctx_village()) = ANY (also_villages))
    WHEN (SELECT ctx_role()) = 'timer' THEN true  -- marks what it writes as demo or not
    ELSE false
  END);

-- The timer is the house's own: it raises the alarm for orders that nobody answered.
DROP POLICY see ON assignment;
CREATE POLICY see ON assignment FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader') THEN in_group(restricted_group)
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN in_group(restricted_group) AND EXISTS (
      SELECT FROM unit WHERE unit.id = assignment.unit_id AND unit.agency_id = (SELECT ctx_agency()))
    WHEN (SELECT ctx_role()) = 'field_unit' THEN
      unit_id = (SELECT ctx_unit()) AND state <> 'diusulkan'
      AND (proposed_at IS NULL OR ack_due_at IS NOT NULL)  -- nor a proposal that came to nothing
    WHEN (SELECT ctx_role()) = 'timer' THEN true
    ELSE false
  END);
DROP POLICY work ON assignment;
CREATE POLICY work ON assignment FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('operator', 'dispatcher', 'field_unit', 'timer'));
CREATE POLICY timer_sees ON unit FOR SELECT TO tanggap_app USING ((SELECT ctx_role()) = 'timer');
CREATE POLICY timer_works ON unit FOR UPDATE TO tanggap_app USING ((SELECT ctx_role()) = 'timer');

ALTER TABLE assignment_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE assignment_step FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON assignment_step FOR SELECT TO tanggap_app USING (
  EXISTS (SELECT FROM assignment WHERE assignment.id = assignment_step.assignment_id));
CREATE POLICY write ON assignment_step FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) IN ('operator', 'dispatcher', 'timer')
  OR ((SELECT ctx_role()) = 'field_unit' AND unit_id = (SELECT ctx_unit())));
CREATE POLICY house ON assignment_step TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

ALTER TABLE told ENABLE ROW LEVEL SECURITY;
ALTER TABLE told FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON told FOR SELECT TO tanggap_app USING (
  in_group(restricted_group) AND (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader'));
CREATE POLICY tell ON told FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY house ON told TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
