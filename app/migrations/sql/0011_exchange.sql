-- SP4N-LAPOR. 0010 closed its tables, and shows the exchange what is not sensitive; here is what else
-- it needs: links and runs of its own, reports that come in, the words of a report that go out.

GRANT SELECT, INSERT, UPDATE ON exchange_link TO tanggap_app;
GRANT SELECT, INSERT ON exchange_run TO tanggap_app;
GRANT USAGE ON SEQUENCE exchange_link_id_seq, exchange_run_id_seq TO tanggap_app;

CREATE POLICY exchange_adds ON exchange_link FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'exchange' AND NOT demo);
CREATE POLICY exchange_marks ON exchange_link FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) = 'exchange');
-- The dispatcher sees how the exchange goes, but nothing of a case that has become sensitive.
CREATE POLICY room_reads ON exchange_link FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'dispatcher'
  AND (ticket_id IS NULL OR EXISTS (SELECT FROM ticket WHERE ticket.id = exchange_link.ticket_id)));
CREATE POLICY exchange_adds ON exchange_run FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'exchange');
CREATE POLICY room_reads ON exchange_run FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) = 'dispatcher');

-- A report that comes in: never sensitive, never played, in nobody's name, without a number.
CREATE POLICY exchange_adds ON incident FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'exchange' AND restricted_group IS NULL AND channel = 'pesan'
  AND opened_by IS NULL AND state = 'baru' AND NOT demo);
CREATE POLICY exchange_adds ON call FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'exchange' AND restricted_group IS NULL AND channel = 'pesan'
  AND operator_id IS NULL AND phone_hash IS NULL AND NOT demo);
CREATE POLICY exchange_adds ON ticket FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'exchange' AND restricted_group IS NULL AND state = 'baru' AND NOT demo);
-- Its first step is written in the same statement: the ticket is not there to be seen yet.
CREATE POLICY exchange_adds ON ticket_step FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'exchange' AND by_user IS NULL AND state = 'baru' AND NOT demo);
-- What the reporter replies over there; a note where the text was changed over there.
CREATE POLICY exchange_adds ON ticket_message FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'exchange' AND by_user IS NULL AND kind IN ('tanggapan', 'catatan')
  AND EXISTS (SELECT FROM ticket WHERE ticket.id = ticket_message.ticket_id));
-- The words that a report begins with, of what may be told.
CREATE POLICY exchange_reads ON call FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'exchange' AND restricted_group IS NULL AND NOT demo
  AND EXISTS (SELECT FROM incident WHERE incident.id = call.incident_id));

-- The calls of a period for the report to the national 112 centre: class, kind and hour, no place,
-- no number, no words; of all groups, for a sum that leaves some out would be wrong.
GRANT SELECT (at, channel, call_class) ON call TO tanggap_counter;
CREATE FUNCTION calls_112(since timestamptz, until timestamptz)
  RETURNS TABLE (id bigint, at timestamptz, class text, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, date_trunc('hour', c.at), c.call_class::text, k.kind::text
      FROM public.call AS c
      LEFT JOIN public.incident AS i ON i.id = c.incident_id
      LEFT JOIN public.category AS k ON k.code = i.category_code
     WHERE current_setting('app.role', true) IN ('dispatcher', 'system')
       AND c.channel = '112' AND NOT c.demo AND c.at >= $1 AND c.at < $2
     ORDER BY c.id
  $$;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION calls_112(timestamptz, timestamptz) OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
REVOKE ALL ON FUNCTION calls_112(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION calls_112(timestamptz, timestamptz) TO tanggap_app;
