-- A village head sees what may lie in the own village, too: both sides of a border are told.
-- Still only what is not sensitive, and no more of it than of the own (app/api/wire.py).
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
      AND (village_code = (SELECT ctx_village()) OR (SELECT ctx_village()) = ANY (also_villages))
    ELSE false
  END);

-- Names that callers use for places are filtered, which is no proof: only who takes calls teaches
-- them, and only who takes calls and the process that searches for them read them.
ALTER TABLE learned_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE learned_name FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON learned_name FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) IN ('hub', 'operator', 'dispatcher'));
CREATE POLICY learn ON learned_name FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY learn_more ON learned_name FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY house ON learned_name TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
