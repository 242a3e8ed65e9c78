-- Tickets, their steps and words, instructions, merges: who sees and writes which rows.
-- Policies of `ticket` look at no other table; all others may look at `ticket`.

-- As in 0008, and: who holds a report's code or a ticket's link, the clock of the house, the
-- exchange with SP4N-LAPOR (never what is sensitive).
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
      AND audience <> 'ruang'
      AND (village_code = (SELECT ctx_village()) OR (SELECT ctx_village()) = ANY (also_villages))
    WHEN (SELECT ctx_role()) = 'wallboard' THEN restricted_group IS NULL
    WHEN (SELECT ctx_role()) = 'timer' THEN true
    WHEN (SELECT ctx_role()) = 'exchange' THEN restricted_group IS NULL
    WHEN (SELECT ctx_role()) = 'reporter' THEN id = (SELECT reported_incident())
    WHEN (SELECT ctx_role()) = 'contractor' THEN id = (SELECT linked_incident())
    ELSE false
  END);
-- A case ends with its last ticket, and opens again with one: also by the agency, the reporter, the
-- leader and the clock. 0010_guards.sql says which columns they may write.
CREATE POLICY ends ON incident FOR UPDATE TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN
      in_group(restricted_group) AND (SELECT ctx_agency()) = ANY (agency_ids)
    WHEN (SELECT ctx_role()) = 'leader' THEN in_group(restricted_group)
    WHEN (SELECT ctx_role()) = 'timer' THEN true
    WHEN (SELECT ctx_role()) = 'exchange' THEN restricted_group IS NULL
    WHEN (SELECT ctx_role()) = 'reporter' THEN id = (SELECT reported_incident())
    ELSE false
  END);

DROP POLICY see ON ticket;
CREATE POLICY see ON ticket FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN
      agency_id = (SELECT ctx_agency()) AND in_group(restricted_group)
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader') THEN in_group(restricted_group)
    WHEN (SELECT ctx_role()) = 'timer' THEN true
    WHEN (SELECT ctx_role()) = 'exchange' THEN restricted_group IS NULL
    WHEN (SELECT ctx_role()) = 'reporter' THEN incident_id = (SELECT reported_incident())
    WHEN (SELECT ctx_role()) = 'contractor' THEN id = (SELECT ctx_ticket())
    ELSE false
  END);
DROP POLICY work ON ticket;
CREATE POLICY work ON ticket FOR UPDATE TO tanggap_app USING ((SELECT ctx_role()) IN
  ('operator', 'dispatcher', 'agency_officer', 'leader', 'timer', 'exchange', 'reporter', 'contractor'));

GRANT SELECT, INSERT ON ticket_step, ticket_message TO tanggap_app;
GRANT SELECT, INSERT, UPDATE ON ticket_rating, instruction, merge TO tanggap_app;
GRANT USAGE ON SEQUENCE ticket_step_id_seq, ticket_message_id_seq, instruction_id_seq, merge_id_seq
  TO tanggap_app;

ALTER TABLE ticket_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_step FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON ticket_step FOR SELECT TO tanggap_app USING (
  EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_step.ticket_id));
CREATE POLICY write ON ticket_step FOR INSERT TO tanggap_app WITH CHECK (
  by_user IS NOT DISTINCT FROM (SELECT ctx_user())
  -- The room writes the first step with the ticket itself, which is not there to be seen yet.
  AND ((SELECT ctx_role()) IN ('operator', 'dispatcher')
    OR EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_step.ticket_id)));

-- The words of a caller: not for the leader. A reporter sees answers, and what was replied on the
-- own report; internal notes never.
ALTER TABLE ticket_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_message FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON ticket_message FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer') THEN
      EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_message.ticket_id)
    WHEN (SELECT ctx_role()) = 'leader' THEN kind <> 'tanggapan'
      AND EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_message.ticket_id)
    WHEN (SELECT ctx_role()) = 'reporter' THEN
      (kind = 'jawaban' AND EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_message.ticket_id))
      OR call_id = (SELECT ctx_call())
    WHEN (SELECT ctx_role()) = 'exchange' THEN kind = 'jawaban'
      AND EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_message.ticket_id)
    ELSE false
  END);
CREATE POLICY say ON ticket_message FOR INSERT TO tanggap_app WITH CHECK (
  by_user IS NOT DISTINCT FROM (SELECT ctx_user())
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_message.ticket_id)
  AND CASE
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer') THEN kind <> 'tanggapan'
    WHEN (SELECT ctx_role()) = 'leader' THEN kind = 'catatan'
    WHEN (SELECT ctx_role()) = 'reporter' THEN kind = 'tanggapan' AND call_id = (SELECT ctx_call())
    ELSE false
  END);

ALTER TABLE ticket_rating ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_rating FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON ticket_rating FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'reporter' THEN call_id = (SELECT ctx_call())
    ELSE EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_rating.ticket_id)
  END);
CREATE POLICY rate ON ticket_rating FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'reporter' AND call_id = (SELECT ctx_call())
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_rating.ticket_id));
CREATE POLICY rate_again ON ticket_rating FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) = 'reporter' AND call_id = (SELECT ctx_call()));

ALTER TABLE instruction ENABLE ROW LEVEL SECURITY;
ALTER TABLE instruction FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON instruction FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer', 'leader', 'timer')
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = instruction.ticket_id));
CREATE POLICY give ON instruction FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'leader' AND by_user = (SELECT ctx_user())
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = instruction.ticket_id));
CREATE POLICY answer ON instruction FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher', 'agency_officer')
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = instruction.ticket_id));

ALTER TABLE merge ENABLE ROW LEVEL SECURITY;
ALTER TABLE merge FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON merge FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher')
  AND EXISTS (SELECT FROM incident WHERE incident.id = merge.from_id));
CREATE POLICY make ON merge FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) IN ('operator', 'dispatcher') AND by_user = (SELECT ctx_user()));
CREATE POLICY undo ON merge FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) IN ('operator', 'dispatcher')
  AND EXISTS (SELECT FROM incident WHERE incident.id = merge.from_id));

GRANT SELECT ON asset TO tanggap_app;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['ticket_step', 'ticket_message', 'ticket_rating', 'instruction', 'merge'] LOOP
    EXECUTE format(
      'CREATE POLICY house ON %I TO tanggap_owner USING ((SELECT ctx_role()) = ''system'')', name);
  END LOOP;
END $$;
