-- One call, with all that follows from it, in one statement.
-- Comes out: the stored answer when this key is new; no row when it was used before.
-- Uses: pk_idempotency_key (a second request with the same key waits here for the first).
WITH request AS (
  INSERT INTO idempotency_key (user_id, key, fingerprint, status, answer)
  SELECT CAST(:user_id AS integer), :key, :fingerprint, 201, CAST(:answer AS jsonb)
   WHERE CAST(:user_id AS integer) IS NOT NULL
  ON CONFLICT (user_id, key) DO NOTHING
  RETURNING key
),
fresh AS (  -- the house's own calls (demo) have no user and no key
  SELECT 1 FROM request
  UNION ALL
  SELECT 1 WHERE CAST(:user_id AS integer) IS NULL
),
opened AS (
  INSERT INTO incident (
    id, category_code, priority, state, place_text, pin, pinned_by, edition_id,
    village_id, village_code, district_code, border_m, off_m, outside, land_mass_id,
    location, village_p, doubt, also_villages, contradictions,
    agency_ids, restricted_group, audience, owner, channel, after_hours, due_at, opened_at, opened_by,
    demo)
  SELECT :incident_id, :category, :priority, 'baru', :place_text,
         CASE WHEN CAST(:lon AS float8) IS NULL THEN NULL
              ELSE ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4326) END,
         :pinned_by, :edition_id, CAST(:village_id AS integer), :village_code, :district_code,
         CAST(:border_m AS float8), CAST(:off_m AS float8), :outside, CAST(:land_mass_id AS integer),
         CAST(:location AS jsonb), CAST(:village_p AS float8), CAST(:doubt AS float8),
         CAST(:also_villages AS text[]), CAST(:contradictions AS text[]),
         CAST(:agency_ids AS integer[]), :restricted_group, :audience, :owner, :channel, :after_hours,
         CAST(:due_at AS timestamptz), :now, :user_id, :demo
    FROM fresh
   WHERE :opens
  RETURNING id
),
noted AS (
  INSERT INTO call (
    id, channel, call_class, incident_id, said_where, said_what, phone_masked, phone_hash,
    restricted_group, operator_id, at, said_at, after_hours, demo)
  SELECT :call_id, :channel, :call_class, CAST(:incident_id AS bigint), :said_where, :said_what,
         :phone_masked, CAST(:phone_hash AS bytea), :restricted_group, :user_id, :now,
         CAST(:said_at AS timestamptz), :after_hours, :demo
    FROM fresh
),
contact AS (
  INSERT INTO call_contact (call_id, incident_id, phone, name, restricted_group)
  SELECT :call_id, CAST(:incident_id AS bigint), :phone, :caller, :restricted_group
    FROM fresh
   WHERE CAST(:phone AS varchar) IS NOT NULL OR CAST(:caller AS varchar) IS NOT NULL
),
numbered AS MATERIALIZED (  -- not RETURNING: who takes a sensitive call may not see its tickets
  SELECT nextval('ticket_id_seq') AS id, agency_id
    FROM fresh, unnest(CAST(:agency_ids AS integer[])) AS agency_id
   WHERE :opens
),
owed AS (
  INSERT INTO ticket (
    id, incident_id, agency_id, state, kind, rule, decided, restricted_group, category_code, priority,
    village_code, district_code, opened_at, here_at, verify_due_at, answer_due_at, due_at,
    escalate_at, proof_needed, demo)
  SELECT id, :incident_id, agency_id, 'baru', :kind, :rule, CAST(:decided AS jsonb), :restricted_group,
         :category, :priority, :village_code, :district_code, :now, :now,
         CAST(:verify_due_at AS timestamptz), CAST(:answer_due_at AS timestamptz),
         CAST(:ticket_due_at AS timestamptz), CAST(:escalate_at AS timestamptz), :proof_needed, :demo
    FROM numbered
),
begun AS (
  INSERT INTO ticket_step (
    ticket_id, incident_id, at, state, agency_id, actor, by_user, by_name, reason, demo)
  SELECT id, :incident_id, :now, 'baru', agency_id, 'ruang', :user_id, :actor, 'dibuka', :demo
    FROM numbered
),
logged AS (
  INSERT INTO log_entry (kind, actor_id, actor, incident_id, call_id, facts, demo)
  SELECT :log_kind, :user_id, :actor, CAST(:incident_id AS bigint), :call_id,
         CAST(:facts AS jsonb), :demo
    FROM fresh
)
SELECT count(*) AS fresh FROM fresh
