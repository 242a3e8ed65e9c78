-- Proof of the work, what its seal keeps, and links by which contractors bring it.

-- Who sees the ticket sees its proof. A contractor sees what came by links of the own ticket.
GRANT SELECT, INSERT ON proof TO tanggap_app;
GRANT UPDATE (accepted) ON proof TO tanggap_app;
GRANT USAGE ON SEQUENCE proof_id_seq TO tanggap_app;
ALTER TABLE proof ENABLE ROW LEVEL SECURITY;
ALTER TABLE proof FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON proof FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer', 'leader') THEN
      EXISTS (SELECT FROM ticket WHERE ticket.id = proof.ticket_id)
    WHEN (SELECT ctx_role()) = 'contractor' THEN
      ticket_id = (SELECT ctx_ticket()) AND link_id IS NOT NULL
    ELSE false
  END);
CREATE POLICY bring ON proof FOR INSERT TO tanggap_app WITH CHECK (
  by_user IS NOT DISTINCT FROM (SELECT ctx_user()) AND accepted IS NULL
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = proof.ticket_id
    AND ticket.incident_id = proof.incident_id
    AND ticket.restricted_group IS NOT DISTINCT FROM proof.restricted_group)
  AND CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer') THEN link_id IS NULL
    WHEN (SELECT ctx_role()) = 'contractor' THEN EXISTS (
      SELECT FROM work_link WHERE work_link.id = proof.link_id
         AND work_link.ticket_id = proof.ticket_id
         AND work_link.done_at IS NULL AND work_link.revoked_at IS NULL)
    ELSE false
  END);
CREATE POLICY look ON proof FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher')
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = proof.ticket_id));
CREATE POLICY house ON proof TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- The seal is written with its photo, and read by same_photo() alone.
GRANT INSERT ON proof_seal TO tanggap_app;
ALTER TABLE proof_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE proof_seal FORCE ROW LEVEL SECURITY;
CREATE POLICY seal ON proof_seal FOR INSERT TO tanggap_app WITH CHECK (
  EXISTS (SELECT FROM proof WHERE proof.id = proof_seal.proof_id AND proof.kind = 'foto'
    AND proof.ticket_id = proof_seal.ticket_id));
CREATE POLICY house ON proof_seal TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
GRANT INSERT ON proof_band TO tanggap_app;
ALTER TABLE proof_band ENABLE ROW LEVEL SECURITY;
ALTER TABLE proof_band FORCE ROW LEVEL SECURITY;
CREATE POLICY seal ON proof_band FOR INSERT TO tanggap_app WITH CHECK (
  EXISTS (SELECT FROM proof WHERE proof.id = proof_band.proof_id AND proof.kind = 'foto'));
CREATE POLICY house ON proof_band TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- Links: the officers of the ticket and the room; the log-in (auth) finds one by its hash.
GRANT SELECT, INSERT ON work_link TO tanggap_app;
GRANT UPDATE (done_at, done_note, revoked_at) ON work_link TO tanggap_app;
GRANT USAGE ON SEQUENCE work_link_id_seq TO tanggap_app;
ALTER TABLE work_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_link FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON work_link FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'auth' THEN true
    WHEN (SELECT ctx_role()) = 'contractor' THEN ticket_id = (SELECT ctx_ticket())
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer', 'leader') THEN
      EXISTS (SELECT FROM ticket WHERE ticket.id = work_link.ticket_id)
    ELSE false
  END);
CREATE POLICY make ON work_link FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer')
  AND made_by IS NOT DISTINCT FROM (SELECT ctx_user())
  AND done_at IS NULL AND revoked_at IS NULL
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = work_link.ticket_id
    AND ticket.incident_id = work_link.incident_id
    AND ticket.restricted_group IS NOT DISTINCT FROM work_link.restricted_group));
CREATE POLICY change ON work_link FOR UPDATE TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'contractor' THEN ticket_id = (SELECT ctx_ticket())
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer') THEN
      EXISTS (SELECT FROM ticket WHERE ticket.id = work_link.ticket_id)
    ELSE false
  END);
CREATE POLICY house ON work_link TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- A contractor says once that it is done; an officer takes a link back once. Neither the other's.
CREATE FUNCTION work_link_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.done_at IS NOT NULL OR OLD.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'the link is used up' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF ctx_role() = 'contractor' AND NEW.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'a contractor revokes nothing' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF ctx_role() NOT IN ('contractor', 'system')
     AND (NEW.done_at IS NOT NULL OR NEW.done_note IS NOT NULL) THEN
    RAISE EXCEPTION 'only the contractor says that it is done' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER work_link_ends_once BEFORE UPDATE ON work_link
  FOR EACH ROW EXECUTE FUNCTION work_link_ends_once();

-- A ticket that goes to another agency takes no links of the former along.
CREATE FUNCTION work_links_end_with_the_agency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE work_link SET revoked_at = now()
   WHERE ticket_id = NEW.id AND done_at IS NULL AND revoked_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER work_links_end_with_the_agency AFTER UPDATE OF agency_id ON ticket
  FOR EACH ROW WHEN (OLD.agency_id <> NEW.agency_id)
  EXECUTE FUNCTION work_links_end_with_the_agency();

-- A contractor moves nothing: of the ticket only the counts of its proof change by one.
CREATE FUNCTION only_proof_by_a_contractor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['proofs', 'flags'] <> to_jsonb(OLD) - ARRAY['proofs', 'flags'] THEN
    RAISE EXCEPTION 'a contractor brings proof, nothing else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_proof_by_a_contractor BEFORE UPDATE ON ticket
  FOR EACH ROW WHEN (ctx_role() = 'contractor') EXECUTE FUNCTION only_proof_by_a_contractor();

-- Tickets whose photos looked the same: ids, never a seal. Not what stands in the asking ticket,
-- unless it was rejected there, or brought before the ticket was opened again. NULL stands for a
-- sensitive one of another group.
-- Leans on pk_proof_band; hashes_ beside most_: how many bits each may be apart.
GRANT SELECT (proof_id, ticket_id, sha256, phash) ON proof_seal TO tanggap_counter;
GRANT SELECT ON proof_band TO tanggap_counter;
GRANT SELECT (id, ticket_id, kind, at, found, accepted) ON proof TO tanggap_counter;
GRANT SELECT (restricted_group) ON ticket TO tanggap_counter;
GRANT SELECT (ticket_id, state, at) ON ticket_step TO tanggap_counter;
CREATE POLICY same_photo ON proof_seal FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');
CREATE POLICY same_photo ON proof_band FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');
CREATE POLICY same_photo ON proof FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');
CREATE POLICY same_photo ON ticket_step FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');
CREATE FUNCTION same_photo(
    ticket_id_ bigint, sha256_ bytea, bands_ integer[], hashes_ bigint[], most_ integer[])
  RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH met AS MATERIALIZED (
      SELECT DISTINCT b.proof_id FROM public.proof_band AS b WHERE b.band = ANY (bands_)
    ),
    near AS MATERIALIZED (
      SELECT s.proof_id, s.ticket_id
        FROM met
        JOIN public.proof_seal AS s ON s.proof_id = met.proof_id
       WHERE s.sha256 = sha256_
          -- 0 stands for a picture that shows nothing to know it by.
          OR (s.phash <> 0 AND EXISTS (
            SELECT FROM unnest(hashes_, most_) AS of (hash, most)
             WHERE bit_count((s.phash # of.hash)::bit(64)) <= of.most))
    )
    SELECT DISTINCT CASE WHEN t.restricted_group IS NULL
             OR t.restricted_group = (SELECT own.restricted_group FROM public.ticket AS own
                                       WHERE own.id = ticket_id_)
           THEN t.id END
      FROM near
      JOIN public.proof AS p ON p.id = near.proof_id
      JOIN public.ticket AS t ON t.id = near.ticket_id
     WHERE current_setting('app.role', true) IN
           ('operator', 'dispatcher', 'agency_officer', 'contractor')
       AND (near.ticket_id <> ticket_id_ OR p.accepted IS FALSE OR EXISTS (
             SELECT FROM public.ticket_step AS again
              WHERE again.ticket_id = ticket_id_ AND again.state = 'dibuka_kembali'
                AND again.at > p.at))
  $$;

-- What was found in all proofs of a ticket, for its count and flags: codes, never a picture.
CREATE FUNCTION proof_findings(ticket_id_ bigint)
  RETURNS TABLE (kind text, found text[], accepted boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.kind::text, p.found, p.accepted FROM public.proof AS p
     WHERE p.ticket_id = ticket_id_
       AND (current_setting('app.role', true) IN ('operator', 'dispatcher', 'agency_officer', 'system')
         OR (current_setting('app.role', true) = 'contractor' AND public.ctx_ticket() = ticket_id_))
  $$;

-- Who made a link is told that the work was said to be done.
GRANT INSERT ON notice TO tanggap_counter;
GRANT USAGE ON SEQUENCE notice_id_seq TO tanggap_counter;
CREATE POLICY tell_of_work ON notice FOR INSERT TO tanggap_counter
  WITH CHECK (current_user = 'tanggap_counter');
CREATE FUNCTION tell_of_work() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.notice (user_id, ticket_id, kind, at, by_name)
  VALUES (NEW.made_by, NEW.ticket_id, 'rekanan_selesai', NEW.done_at, NEW.name);
  RETURN NULL;
END $$;

GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION same_photo(bigint, bytea, integer[], bigint[], integer[]) OWNER TO tanggap_counter;
ALTER FUNCTION proof_findings(bigint) OWNER TO tanggap_counter;
ALTER FUNCTION tell_of_work() OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
REVOKE ALL ON FUNCTION same_photo(bigint, bytea, integer[], bigint[], integer[]),
  proof_findings(bigint), tell_of_work() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION same_photo(bigint, bytea, integer[], bigint[], integer[]),
  proof_findings(bigint) TO tanggap_app;
CREATE TRIGGER tell_of_work AFTER UPDATE OF done_at ON work_link
  FOR EACH ROW WHEN (OLD.done_at IS NULL AND NEW.done_at IS NOT NULL AND NEW.made_by IS NOT NULL)
  EXECUTE FUNCTION tell_of_work();
