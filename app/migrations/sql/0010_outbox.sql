-- The outbox: what is told to whom is written with what it tells of, in the same transaction.
-- dispatch/rules/telling.py says the same in words; tests/dispatch/test_telling.py compares them.

GRANT SELECT, UPDATE ON outgoing TO tanggap_app;
GRANT INSERT, DELETE ON outgoing TO tanggap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON subscription, push_subscription TO tanggap_app;
GRANT USAGE ON SEQUENCE outgoing_id_seq, subscription_id_seq, push_subscription_id_seq TO tanggap_app;

ALTER TABLE outgoing ENABLE ROW LEVEL SECURITY;
ALTER TABLE outgoing FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON outgoing FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) IN ('sender', 'administrator', 'dispatcher'));
-- The sender puts several into one; who looks after the outbox tries an address.
CREATE POLICY add ON outgoing FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) = 'sender' AND template = 'ikhtisar'
  OR (SELECT ctx_role()) IN ('administrator', 'dispatcher') AND template = 'percobaan');
CREATE POLICY work ON outgoing FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) IN ('sender', 'administrator', 'dispatcher'));
CREATE POLICY purge ON outgoing FOR DELETE TO tanggap_app USING (
  (SELECT ctx_role()) = 'sender' AND state <> 'menunggu' AND made_at < now() - interval '30 days');

ALTER TABLE subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscription FORCE ROW LEVEL SECURITY;
CREATE POLICY manage ON subscription TO tanggap_app USING (
  (SELECT ctx_role()) IN ('administrator', 'dispatcher'));
CREATE POLICY see ON subscription FOR SELECT TO tanggap_app USING ((SELECT ctx_role()) = 'sender');

ALTER TABLE push_subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE push_subscription FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON push_subscription TO tanggap_app USING (user_id = (SELECT ctx_user()));
CREATE POLICY see ON push_subscription FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'sender');
CREATE POLICY gone ON push_subscription FOR UPDATE TO tanggap_app USING (
  (SELECT ctx_role()) = 'sender');

-- A reporter's number: for the sender alone, one at a time (app.reveal), while an answer to that
-- very report waits to be sent, and never of a sensitive case.
CREATE POLICY send ON call_contact FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'sender' AND restricted_group IS NULL AND call_id = (SELECT ctx_reveal())
  AND EXISTS (SELECT FROM outgoing
               WHERE outgoing.state = 'menunggu' AND outgoing.template = 'dijawab'
                 AND outgoing."to" = 'call:' || call_contact.call_id));

-- What the functions below read and write, as tanggap_counter: past the policies, these columns only.
GRANT SELECT (id, incident_id, agency_id, kind, category_code, priority, village_code,
  restricted_group, due_at, demo) ON ticket TO tanggap_counter;
GRANT SELECT (id, ticket_id, state) ON ticket_step TO tanggap_counter;
GRANT SELECT (id, agency_id, channel, "to", events, digest, active) ON subscription TO tanggap_counter;
GRANT SELECT (id, user_id, gone_at) ON push_subscription TO tanggap_counter;
GRANT SELECT (id, role, agency_id, active) ON app_user TO tanggap_counter;
GRANT SELECT (id, incident_id) ON call TO tanggap_counter;
GRANT SELECT (id, merged_into) ON incident TO tanggap_counter;
GRANT INSERT ON outgoing TO tanggap_counter;
GRANT SELECT (user_id, kind, seen_at), INSERT ON notice TO tanggap_counter;
GRANT USAGE ON SEQUENCE outgoing_id_seq, notice_id_seq TO tanggap_counter;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['ticket_step', 'subscription', 'push_subscription', 'app_user', 'notice']
  LOOP
    EXECUTE format('CREATE POLICY outbox_read ON %I FOR SELECT TO tanggap_counter'
                   ' USING (current_user = ''tanggap_counter'')', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['outgoing', 'notice'] LOOP
    EXECUTE format('CREATE POLICY outbox_tell ON %I FOR INSERT TO tanggap_counter'
                   ' WITH CHECK (current_user = ''tanggap_counter'')', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['outgoing', 'subscription', 'push_subscription'] LOOP
    EXECUTE format(
      'CREATE POLICY house ON %I TO tanggap_owner USING ((SELECT ctx_role()) = ''system'')', name);
  END LOOP;
END $$;

-- Tell subscribers, and browsers of those who work on it, of one thing that happened to a ticket.
--   happening   what makes it unique: told twice, it is written once
--   to_leader   by their browsers: 'now', with the digest of the 'day'; null: not at all
-- Of a sensitive ticket only its agency hears, that there is one: not which, not where, and no
-- browser. A demonstration tells nobody.
CREATE FUNCTION tell(happening text, event text, about bigint, agency integer, to_agency boolean,
  to_room boolean, to_leader text, at timestamptz, more jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.outgoing
    (uid, once, channel, "to", template, facts, urgent, ticket_id, incident_id, made_at, next_at)
  SELECT gen_random_uuid()::text, happening || ':' || hearer.mark, hearer.channel, hearer."to", event,
         jsonb_strip_nulls(jsonb_build_object('agency', agency, 'kind', t.kind, 'digest', hearer.digest)
           || CASE WHEN t.restricted_group IS NOT NULL THEN '{"restricted": true}'
              ELSE jsonb_build_object('ticket', t.id, 'category', t.category_code,
                'priority', t.priority, 'village', t.village_code, 'due_at', t.due_at) || more END),
         event IN ('instruksi', 'surat_mati')
           OR t.kind = 'darurat' AND event IN ('tiket_baru', 'didisposisi', 'lewat_batas'),
         CASE WHEN t.restricted_group IS NULL THEN t.id END,
         CASE WHEN t.restricted_group IS NULL THEN t.incident_id END, at, at
    FROM (
      SELECT 's' || s.id AS mark, s.channel, s."to", nullif(s.digest, false) AS digest,
             s.agency_id IS NULL AS room
        FROM public.subscription AS s
       WHERE s.active AND s."to" <> 'pelapor'
         AND (s.events = '{}' OR event = ANY (s.events))
         AND (to_agency AND s.agency_id = agency OR to_room AND s.agency_id IS NULL)
      UNION ALL
      SELECT 'p' || p.id, 'webpush', 'push:' || p.id,
             CASE WHEN u.role = 'leader' AND to_leader = 'day' THEN true END, true
        FROM public.push_subscription AS p JOIN public.app_user AS u ON u.id = p.user_id
       WHERE p.gone_at IS NULL AND u.active
         AND (to_agency AND u.role = 'agency_officer' AND u.agency_id = agency
           OR to_room AND u.role IN ('operator', 'dispatcher')
           OR to_leader IS NOT NULL AND u.role = 'leader')
    ) AS hearer
    JOIN public.ticket AS t ON t.id = about
   WHERE NOT t.demo AND (t.restricted_group IS NULL OR NOT hearer.room)
  ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION tell_of_step() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was text;
BEGIN
  IF NEW.state IN ('didisposisi', 'dibuka_kembali') THEN
    SELECT state INTO was FROM public.ticket_step
     WHERE ticket_id = NEW.ticket_id AND id < NEW.id ORDER BY id DESC LIMIT 1;
    IF was IN ('ditunda', 'digabung') THEN
      RETURN NULL;  -- it goes back to where it was: no news
    END IF;
  END IF;
  PERFORM public.tell('step:' || NEW.id,
    CASE NEW.state WHEN 'baru' THEN 'tiket_baru' WHEN 'bukan_wewenang' THEN 'dikembalikan'
      ELSE NEW.state END,
    NEW.ticket_id, NEW.agency_id,
    NEW.state IN ('baru', 'didisposisi', 'dibuka_kembali')
      OR NEW.state = 'ditunda' AND NEW.actor <> 'opd',
    NEW.state IN ('baru', 'bukan_wewenang', 'dibuka_kembali')
      OR NEW.state = 'ditunda' AND NEW.actor <> 'ruang',
    NULL, NEW.at,
    jsonb_build_object('reason', CASE WHEN NEW.reason ~ '^[a-z_]{1,40}$' THEN NEW.reason END));
  RETURN NULL;
END $$;

-- dispatch/escalations.py says in app.rung who is to hear of it; without that, by the ticket's end.
CREATE FUNCTION tell_of_rung() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  rung jsonb := nullif(current_setting('app.rung', true), '')::jsonb;
  late boolean := coalesce((rung ->> 'share')::float8 >= 1, OLD.escalate_at >= OLD.due_at, true);
BEGIN
  PERFORM public.tell('rung:' || NEW.id || ':' || NEW.reopens || ':' || NEW.escalated,
    CASE WHEN late THEN 'lewat_batas' ELSE 'mendekati_batas' END, NEW.id, NEW.agency_id,
    coalesce(rung -> 'tell' ?| ARRAY['petugas', 'kepala_opd'], true),
    coalesce(rung -> 'tell' ? 'ruang', late),
    CASE WHEN rung -> 'tell' ? 'pimpinan' THEN 'now'
         WHEN rung -> 'tell' ? 'pimpinan_ringkas' THEN 'day' END,
    clock_timestamp(), jsonb_build_object('rung', NEW.escalated));
  RETURN NULL;
END $$;

CREATE FUNCTION tell_of_instruction() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM public.tell('instruction:' || NEW.id, 'instruksi', NEW.ticket_id,
    (SELECT agency_id FROM public.ticket WHERE id = NEW.ticket_id), true, false, NULL, NEW.at,
    jsonb_build_object('answer_by', NEW.due_at));
  RETURN NULL;
END $$;

-- A reply is told to the agency and the room, an answer to all who reported the case or one merged
-- into it, a mention to the browsers of who was named. Of a sensitive case none of it leaves.
CREATE FUNCTION tell_of_message() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.kind = 'tanggapan' THEN
    PERFORM public.tell('message:' || NEW.id, 'ditanggapi', NEW.ticket_id,
      (SELECT agency_id FROM public.ticket WHERE id = NEW.ticket_id), true, true, NULL, NEW.at, '{}');
  END IF;
  IF NEW.restricted_group IS NOT NULL OR NOT EXISTS (
    SELECT FROM public.ticket WHERE id = NEW.ticket_id AND restricted_group IS NULL) THEN
    RETURN NULL;
  END IF;
  IF NEW.kind = 'jawaban' THEN
    INSERT INTO public.outgoing
      (uid, once, channel, "to", template, facts, ticket_id, incident_id, made_at, next_at)
    WITH RECURSIVE merged (id) AS (
      SELECT NEW.incident_id
      UNION
      SELECT i.id FROM merged JOIN public.incident AS i ON i.merged_into = merged.id
    )
    SELECT gen_random_uuid()::text, 'message:' || NEW.id || ':c' || c.id || ':s' || s.id, s.channel,
           'call:' || c.id, 'dijawab', '{}', NEW.ticket_id, NEW.incident_id, NEW.at, NEW.at
      FROM public.subscription AS s, merged JOIN public.call AS c ON c.incident_id = merged.id
     WHERE s.active AND s."to" = 'pelapor'
    ON CONFLICT DO NOTHING;
  END IF;
  IF NEW.mentions <> '{}' THEN
    INSERT INTO public.outgoing
      (uid, once, channel, "to", template, facts, ticket_id, incident_id, made_at, next_at)
    SELECT gen_random_uuid()::text, 'message:' || NEW.id || ':p' || p.id, 'webpush', 'push:' || p.id,
           'disebut', jsonb_build_object('ticket', NEW.ticket_id), NEW.ticket_id, NEW.incident_id,
           NEW.at, NEW.at
      FROM public.push_subscription AS p JOIN public.app_user AS u ON u.id = p.user_id
     WHERE p.gone_at IS NULL AND u.active AND u.id = ANY (NEW.mentions)
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

-- A dead letter knocks at the desks of who looks after the outbox (once until it is seen), and is
-- told to the room by whatever other way there is, at most once an hour.
CREATE FUNCTION tell_of_dead_letter() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.notice (user_id, kind, by_name)
  SELECT u.id, 'surat_mati', 'sistem' FROM public.app_user AS u
   WHERE u.active AND u.role IN ('dispatcher', 'administrator')
     AND NOT EXISTS (SELECT FROM public.notice AS n
                      WHERE n.user_id = u.id AND n.kind = 'surat_mati' AND n.seen_at IS NULL);
  INSERT INTO public.outgoing
    (uid, once, channel, "to", template, facts, urgent, made_at, next_at)
  SELECT gen_random_uuid()::text,
         'dead:' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDDHH24') || ':s' || s.id,
         s.channel, s."to", 'surat_mati', jsonb_build_object('channel', NEW.channel), true,
         clock_timestamp(), clock_timestamp()
    FROM public.subscription AS s
   WHERE s.active AND s.agency_id IS NULL AND s."to" <> 'pelapor'
     AND (s.events = '{}' OR 'surat_mati' = ANY (s.events))
     AND (s.channel, s."to") <> (NEW.channel, NEW."to")
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tell(text, text, bigint, integer, boolean, boolean, text, timestamptz, jsonb)',
    'tell_of_step()', 'tell_of_rung()', 'tell_of_instruction()', 'tell_of_message()',
    'tell_of_dead_letter()'] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO tanggap_counter', name);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO tanggap_counter', name);
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;

-- What is invented tells nobody: it is left out before any function is called.
CREATE TRIGGER tell_of_step AFTER INSERT ON ticket_step FOR EACH ROW
  WHEN (NOT NEW.demo AND NEW.state IN ('baru', 'didisposisi', 'bukan_wewenang', 'ditunda', 'dibuka_kembali'))
  EXECUTE FUNCTION tell_of_step();
CREATE TRIGGER tell_of_rung AFTER UPDATE OF escalated ON ticket FOR EACH ROW
  WHEN (NOT NEW.demo AND NEW.escalated > OLD.escalated) EXECUTE FUNCTION tell_of_rung();
CREATE TRIGGER tell_of_instruction AFTER INSERT ON instruction FOR EACH ROW
  WHEN (NOT NEW.demo) EXECUTE FUNCTION tell_of_instruction();
CREATE TRIGGER tell_of_message AFTER INSERT ON ticket_message FOR EACH ROW
  WHEN (NOT NEW.demo AND (NEW.kind <> 'catatan' OR NEW.mentions <> '{}'))
  EXECUTE FUNCTION tell_of_message();
CREATE TRIGGER tell_of_dead_letter AFTER UPDATE OF state ON outgoing FOR EACH ROW
  WHEN (NEW.state = 'mati' AND OLD.state <> 'mati' AND NEW.template <> 'surat_mati')
  EXECUTE FUNCTION tell_of_dead_letter();
