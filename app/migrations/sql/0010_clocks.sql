-- The ladder of reminders (dispatch/escalations.py): only the clock of the house climbs it.
CREATE FUNCTION only_the_clock_climbs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ctx_role() NOT IN ('timer', 'system') THEN
    RAISE EXCEPTION '% does not climb the ladder of reminders', ctx_role()
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_the_clock_climbs BEFORE UPDATE OF escalated ON ticket FOR EACH ROW
  WHEN (OLD.escalated <> NEW.escalated) EXECUTE FUNCTION only_the_clock_climbs();
