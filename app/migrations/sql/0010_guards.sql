-- Which columns of a case and a ticket each role may write.

-- A crew, an officer, a reporter, a leader and the clock write nothing of a case but its state and end.
CREATE FUNCTION only_its_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ctx_role() IN ('agency_officer', 'leader', 'timer', 'exchange', 'reporter', 'contractor') THEN
    RAISE EXCEPTION '% writes only how the case ends', ctx_role() USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_its_end BEFORE UPDATE OF id, category_code, priority, level, place_text, pin,
  pinned_by, edition_id, village_id, village_code, district_code, border_m, off_m, outside,
  land_mass_id, location, village_p, doubt, also_villages, contradictions, restricted_group, audience,
  owner, channel, after_hours, opened_at, opened_by, merged_into, demo ON incident
  FOR EACH ROW EXECUTE FUNCTION only_its_end();
CREATE TRIGGER merged_not_by_others BEFORE UPDATE OF merged_into, owner ON incident
  FOR EACH ROW WHEN (OLD.merged_into IS DISTINCT FROM NEW.merged_into OR OLD.owner IS DISTINCT FROM NEW.owner)
  EXECUTE FUNCTION not_by_a_crew();

-- What a ticket is about, whose it is and what it looked at: the room alone, and the house.
CREATE FUNCTION only_by_the_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ctx_role() NOT IN ('operator', 'dispatcher', 'system') THEN
    RAISE EXCEPTION '% does not write that of a ticket', ctx_role() USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_by_the_room BEFORE UPDATE OF id, incident_id, agency_id, kind, rule, decided,
  opened_at, proof_needed, demo ON ticket FOR EACH ROW EXECUTE FUNCTION only_by_the_room();
