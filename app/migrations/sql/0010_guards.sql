-- Which columns of a case and a ticket each role may write, and by which steps a ticket moves.

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
  land_mass_id, location, village_p, doubt, also_villages, contradictions, agency_ids,
  restricted_group, audience, owner, channel, after_hours, opened_at, opened_by, merged_into, demo
  ON incident FOR EACH ROW EXECUTE FUNCTION only_its_end();
CREATE TRIGGER merged_not_by_others BEFORE UPDATE OF merged_into, owner ON incident
  FOR EACH ROW WHEN (OLD.merged_into IS DISTINCT FROM NEW.merged_into OR OLD.owner IS DISTINCT FROM NEW.owner)
  EXECUTE FUNCTION not_by_a_crew();
-- A village head says where it is: not whose it is, nor that it is the same as another case.
DROP TRIGGER only_where_by_a_village_head ON incident;
CREATE TRIGGER only_where_by_a_village_head BEFORE UPDATE OF id, category_code, priority, level, state,
  place_text, village_code, district_code, agency_ids, restricted_group, audience, channel, due_at, opened_at,
  opened_by, closed_at, outcome, after_hours, owner, merged_into, demo ON incident
  FOR EACH ROW EXECUTE FUNCTION only_where_by_a_village_head();

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

-- For whom a role acts; a case that the room closes, merges or parts moves its tickets as the house.
CREATE FUNCTION actors_of(role text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE role
    WHEN 'operator' THEN ARRAY['ruang', 'sistem']
    WHEN 'dispatcher' THEN ARRAY['ruang', 'sistem']
    WHEN 'agency_officer' THEN ARRAY['opd']
    WHEN 'leader' THEN ARRAY['pimpinan']
    WHEN 'reporter' THEN ARRAY['pelapor']
    WHEN 'timer' THEN ARRAY['sistem']
    WHEN 'exchange' THEN ARRAY['ruang', 'pelapor', 'sistem']
    WHEN 'system' THEN ARRAY['ruang', 'opd', 'pelapor', 'rekanan', 'pimpinan', 'sistem']
    ELSE ARRAY[]::text[]
  END
$$;
-- The same table as dispatch/rules/ticketing.py; tests/dispatch/test_ticket_guards.py compares them.
CREATE FUNCTION ticket_may_move(was text, wanted text, actors text[]) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT EXISTS (
    SELECT FROM (VALUES
      ('baru', 'ruang', ARRAY['diverifikasi', 'didisposisi', 'ditunda', 'diarsipkan']),
      ('baru', 'opd', ARRAY['diterima_opd', 'bukan_wewenang']),
      ('baru', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('diverifikasi', 'ruang', ARRAY['didisposisi', 'ditunda', 'diarsipkan']),
      ('diverifikasi', 'opd', ARRAY['diterima_opd', 'bukan_wewenang']),
      ('diverifikasi', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('didisposisi', 'ruang', ARRAY['didisposisi', 'ditunda', 'diarsipkan']),
      ('didisposisi', 'opd', ARRAY['diterima_opd', 'bukan_wewenang', 'ditunda']),
      ('didisposisi', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('diterima_opd', 'ruang', ARRAY['ditunda']),
      ('diterima_opd', 'opd', ARRAY['dikerjakan', 'ditindaklanjuti', 'bukan_wewenang', 'ditunda']),
      ('diterima_opd', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('dikerjakan', 'ruang', ARRAY['ditunda']),
      ('dikerjakan', 'opd', ARRAY['ditindaklanjuti', 'bukan_wewenang', 'ditunda']),
      ('dikerjakan', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('ditindaklanjuti', 'ruang', ARRAY['menunggu_tanggapan', 'dikerjakan']),
      ('ditindaklanjuti', 'opd', ARRAY['menunggu_tanggapan', 'dikerjakan']),
      ('ditindaklanjuti', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('menunggu_tanggapan', 'ruang', ARRAY['dibuka_kembali']),
      ('menunggu_tanggapan', 'pelapor', ARRAY['ditutup', 'dibuka_kembali']),
      ('menunggu_tanggapan', 'pimpinan', ARRAY['dibuka_kembali']),
      ('menunggu_tanggapan', 'sistem', ARRAY['ditutup', 'diarsipkan', 'digabung']),
      ('ditunda', 'ruang', ARRAY['baru', 'diverifikasi', 'didisposisi',
        'diterima_opd', 'dikerjakan', 'dibuka_kembali', 'diarsipkan']),
      ('ditunda', 'opd', ARRAY['didisposisi', 'diterima_opd', 'dikerjakan', 'dibuka_kembali']),
      ('ditunda', 'pelapor', ARRAY['baru', 'diverifikasi', 'didisposisi',
        'diterima_opd', 'dikerjakan', 'dibuka_kembali']),
      ('ditunda', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('bukan_wewenang', 'ruang', ARRAY['didisposisi', 'diarsipkan']),
      ('bukan_wewenang', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup']),
      ('digabung', 'sistem', ARRAY['baru', 'bukan_wewenang', 'dibuka_kembali', 'didisposisi', 'dikerjakan',
        'diterima_opd', 'ditindaklanjuti', 'ditunda', 'diverifikasi', 'menunggu_tanggapan']),
      ('diarsipkan', 'ruang', ARRAY['dibuka_kembali']),
      ('diarsipkan', 'pelapor', ARRAY['dibuka_kembali']),
      ('diarsipkan', 'pimpinan', ARRAY['dibuka_kembali']),
      ('ditutup', 'ruang', ARRAY['dibuka_kembali']),
      ('ditutup', 'pelapor', ARRAY['dibuka_kembali']),
      ('ditutup', 'pimpinan', ARRAY['dibuka_kembali']),
      ('dibuka_kembali', 'ruang', ARRAY['didisposisi', 'ditunda', 'diarsipkan']),
      ('dibuka_kembali', 'opd', ARRAY['diterima_opd', 'dikerjakan', 'bukan_wewenang', 'ditunda']),
      ('dibuka_kembali', 'sistem', ARRAY['diarsipkan', 'digabung', 'ditutup'])
    ) AS move (was, actor, wanted)
    WHERE move.was = $1 AND $2 = ANY (move.wanted) AND move.actor = ANY ($3))
$$;
CREATE FUNCTION by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT ticket_may_move(OLD.state, NEW.state, actors_of(ctx_role())) THEN
    RAISE EXCEPTION '% does not move a ticket from % to %', ctx_role(), OLD.state, NEW.state
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER by_the_table BEFORE UPDATE OF state ON ticket FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION by_the_table();
-- Nobody takes a step in another's name.
CREATE FUNCTION in_the_own_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT NEW.actor = ANY (actors_of(ctx_role())) THEN
    RAISE EXCEPTION '% takes no step as %', ctx_role(), NEW.actor USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER in_the_own_name BEFORE INSERT ON ticket_step FOR EACH ROW
  EXECUTE FUNCTION in_the_own_name();

-- How a case stands: an officer, a reporter and who took a sensitive call do not see all of its
-- tickets and orders, but it ends with the last of them. Answers counts and a time, never a row.
GRANT SELECT (state, due_at) ON ticket TO tanggap_counter;
GRANT SELECT (incident_id, released_at) ON assignment TO tanggap_counter;
CREATE POLICY count ON assignment FOR SELECT TO tanggap_counter
  USING (current_user = 'tanggap_counter');
CREATE FUNCTION case_stands(incident_id bigint, OUT open bigint, OUT units_out bigint, OUT due_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE t.state NOT IN ('ditutup', 'digabung', 'diarsipkan')),
           (SELECT count(*) FROM public.assignment AS a
             WHERE a.incident_id = $1 AND a.released_at IS NULL),
           -- of what waits for the reporter, or was said to be done, nobody is late
           min(t.due_at) FILTER (WHERE t.state NOT IN ('ditutup', 'digabung', 'diarsipkan',
             'ditunda', 'menunggu_tanggapan', 'ditindaklanjuti'))
      FROM public.ticket AS t WHERE t.incident_id = $1
    -- who moves tickets: a case follows each step
    HAVING current_setting('app.role', true) IN ('operator', 'dispatcher', 'agency_officer',
      'leader', 'reporter', 'timer', 'exchange', 'system')
  $$;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION case_stands(bigint) OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
REVOKE ALL ON FUNCTION case_stands(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_stands(bigint) TO tanggap_app;

-- How many reports tell of a case, of those merged into it, too. A leader sees no call, but the number.
CREATE FUNCTION reports_of(incident_id bigint) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE family (id) AS (
      SELECT $1
      UNION SELECT i.id FROM public.incident AS i JOIN family ON i.merged_into = family.id
    )
    SELECT count(*) FROM family JOIN public.call AS c ON c.incident_id = family.id
    -- who has an inbox
    HAVING current_setting('app.role', true) IN ('operator', 'dispatcher', 'agency_officer',
      'leader', 'exchange', 'system')
  $$;
GRANT CREATE ON SCHEMA public TO tanggap_counter;
ALTER FUNCTION reports_of(bigint) OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
REVOKE ALL ON FUNCTION reports_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reports_of(bigint) TO tanggap_app;
