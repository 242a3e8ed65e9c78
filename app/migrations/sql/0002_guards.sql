-- Rules that hold whoever writes.

-- The log is added to, never changed. Only what was invented for a demonstration may go.
CREATE FUNCTION keep_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.demo THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'log_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep_log BEFORE UPDATE OR DELETE ON log_entry
  FOR EACH ROW EXECUTE FUNCTION keep_log();
CREATE FUNCTION keep_log_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'log_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep_log_whole BEFORE TRUNCATE ON log_entry
  FOR EACH STATEMENT EXECUTE FUNCTION keep_log_whole();

-- A pinned incident stands in the village that it names, or within 2 km of it (a shore, a quay).
-- The look-up in the process only proposes; this is the truth.
CREATE FUNCTION check_incident_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place village%ROWTYPE;
BEGIN
  IF NEW.pin IS NULL OR NEW.village_id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT * INTO place FROM village WHERE id = NEW.village_id;
  IF place.code IS DISTINCT FROM NEW.village_code OR place.edition_id <> NEW.edition_id THEN
    RAISE EXCEPTION 'village % is not village_code % of edition %',
      NEW.village_id, NEW.village_code, NEW.edition_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.off_m IS NULL AND NOT ST_Covers(place.area, NEW.pin) THEN
    RAISE EXCEPTION 'pin is not in village %', NEW.village_code USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.off_m IS NOT NULL AND NOT ST_DWithin(place.area::geography, NEW.pin::geography, 2000) THEN
    RAISE EXCEPTION 'pin is far from village %', NEW.village_code USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_incident_place
  BEFORE INSERT OR UPDATE OF pin, village_id, village_code, edition_id, off_m ON incident
  FOR EACH ROW EXECUTE FUNCTION check_incident_place();
