GRANT SELECT, INSERT, UPDATE ON unit_token TO tanggap_app;
GRANT SELECT, INSERT, DELETE ON unit_fix TO tanggap_app;
GRANT SELECT, INSERT ON photo TO tanggap_app;
GRANT USAGE ON SEQUENCE unit_token_id_seq, unit_fix_id_seq, photo_id_seq TO tanggap_app;

-- Tokens: found by their hash at each fix, handed out and taken back by the control room.
ALTER TABLE unit_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE unit_token FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON unit_token FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) IN ('auth', 'dispatcher', 'administrator'));
CREATE POLICY add ON unit_token FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('dispatcher', 'administrator'));
CREATE POLICY change ON unit_token FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('auth', 'dispatcher', 'administrator'));
CREATE POLICY house ON unit_token TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- The live wire reads which units were heard of, and hands on what each scope may see of them.
CREATE POLICY hub_hears ON unit FOR SELECT TO tanggap_app USING ((SELECT ctx_role()) = 'hub');

-- Where a crew was is about people at work: the control room and the crew itself.
ALTER TABLE unit_fix ENABLE ROW LEVEL SECURITY;
ALTER TABLE unit_fix FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON unit_fix FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher', 'timer')
  OR ((SELECT ctx_role()) = 'field_unit' AND unit_id = (SELECT ctx_unit())));
CREATE POLICY write ON unit_fix FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'field_unit' AND unit_id = (SELECT ctx_unit()));
CREATE POLICY purge ON unit_fix FOR DELETE TO tanggap_app USING ((SELECT ctx_role()) = 'timer');
CREATE POLICY house ON unit_fix TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- Photos of a case: for who may see the case and its group; a crew sees what it took itself.
ALTER TABLE photo ENABLE ROW LEVEL SECURITY;
ALTER TABLE photo FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON photo FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer') THEN
      in_group(restricted_group)
      AND EXISTS (SELECT FROM incident WHERE incident.id = photo.incident_id)
    WHEN (SELECT ctx_role()) = 'field_unit' THEN unit_id = (SELECT ctx_unit())
      AND EXISTS (SELECT FROM incident WHERE incident.id = photo.incident_id)
    ELSE false
  END);
-- A crew's picture may come late, out of a dead spot: for a day after its task was over.
CREATE POLICY add ON photo FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher')
    OR ((SELECT ctx_role()) = 'field_unit' AND unit_id = (SELECT ctx_unit()) AND EXISTS (
      SELECT FROM assignment
       WHERE assignment.id = photo.assignment_id
         AND assignment.unit_id = photo.unit_id
         AND assignment.incident_id = photo.incident_id
         AND coalesce(assignment.released_at > now() - interval '1 day', true))));
CREATE POLICY house ON photo TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- A crew moves its order on, and with it its unit and the state of the case: nothing else of them.
-- To point its order at another case would open that case to it.
CREATE FUNCTION not_by_a_crew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ctx_role() = 'field_unit' THEN
    RAISE EXCEPTION 'a crew does not write that' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER not_by_a_crew BEFORE UPDATE OF incident_id, unit_id, part, restricted_group, sent_by,
  sent_by_name, next_id, demo ON assignment FOR EACH ROW EXECUTE FUNCTION not_by_a_crew();
CREATE TRIGGER not_by_a_crew BEFORE UPDATE OF call_sign, station_id, agency_id, kind, skills, by_sea,
  active ON unit FOR EACH ROW EXECUTE FUNCTION not_by_a_crew();
CREATE TRIGGER not_by_a_crew BEFORE UPDATE OF category_code, priority, level, place_text, pin,
  village_id, village_code, agency_ids, restricted_group, opened_by, closed_at, outcome, demo
  ON incident FOR EACH ROW EXECUTE FUNCTION not_by_a_crew();
