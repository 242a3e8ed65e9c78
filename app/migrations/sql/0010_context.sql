-- Who holds a code or a link has no account: the context names the report, or the ticket.
CREATE FUNCTION ctx_call() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.call_id', true), '')::bigint $$;
CREATE FUNCTION ctx_ticket() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.ticket_id', true), '')::bigint $$;

-- The case that a report now belongs to: the one it opened or joined, or what that was merged into.
-- It looks past the policies, which could not look from `incident` to `call` and back.
GRANT SELECT (id, incident_id) ON call TO tanggap_counter;
GRANT SELECT (merged_into) ON incident TO tanggap_counter;
CREATE FUNCTION reported_incident() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE trail (id, next, steps) AS (
      SELECT i.id, i.merged_into, 1 FROM public.call AS c JOIN public.incident AS i ON i.id = c.incident_id
       WHERE c.id = public.ctx_call() AND current_setting('app.role', true) = 'reporter'
      UNION ALL
      SELECT i.id, i.merged_into, trail.steps + 1
        FROM trail JOIN public.incident AS i ON i.id = trail.next WHERE trail.steps < 50
    )
    SELECT id FROM trail WHERE next IS NULL
  $$;
-- The case of the ticket that a contractor's link is for.
GRANT SELECT (id, incident_id) ON ticket TO tanggap_counter;
CREATE POLICY count ON ticket FOR SELECT TO tanggap_counter USING (current_user = 'tanggap_counter');
CREATE FUNCTION linked_incident() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.incident_id FROM public.ticket AS t
     WHERE t.id = public.ctx_ticket() AND current_setting('app.role', true) = 'contractor'
  $$;
-- A ticket copies what its case says of kind and place.
GRANT UPDATE (category_code, priority, village_code, district_code, restricted_group) ON ticket
  TO tanggap_counter;
CREATE POLICY follow ON ticket FOR UPDATE TO tanggap_counter USING (current_user = 'tanggap_counter');
CREATE FUNCTION tickets_follow() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE public.ticket SET category_code = NEW.category_code, priority = NEW.priority,
         village_code = NEW.village_code, district_code = NEW.district_code,
         restricted_group = NEW.restricted_group
   WHERE incident_id = NEW.id;
  RETURN NULL;
END $$;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION reported_incident() OWNER TO tanggap_counter;
ALTER FUNCTION linked_incident() OWNER TO tanggap_counter;
ALTER FUNCTION tickets_follow() OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
REVOKE ALL ON FUNCTION reported_incident(), linked_incident(), tickets_follow() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reported_incident(), linked_incident() TO tanggap_app;
CREATE TRIGGER tickets_follow AFTER UPDATE OF category_code, priority, village_code, district_code,
  restricted_group ON incident FOR EACH ROW
  WHEN (OLD.category_code IS DISTINCT FROM NEW.category_code OR OLD.priority <> NEW.priority
    OR OLD.village_code IS DISTINCT FROM NEW.village_code
    OR OLD.district_code IS DISTINCT FROM NEW.district_code
    OR OLD.restricted_group IS DISTINCT FROM NEW.restricted_group)
  EXECUTE FUNCTION tickets_follow();
