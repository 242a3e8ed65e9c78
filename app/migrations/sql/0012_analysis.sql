-- Analysis for planners: long reckonings (jobs) with their files, notes on the map, and the eyes of
-- the house that count for them: never a sensitive row, nothing that was merged away.
CREATE TABLE job (
  id bigserial NOT NULL,
  kind varchar NOT NULL,
  params jsonb NOT NULL,
  key varchar NOT NULL,
  by_user integer,
  by_name varchar NOT NULL,
  made_at timestamptz NOT NULL,
  state varchar DEFAULT 'menunggu' NOT NULL,
  tries integer DEFAULT 0 NOT NULL,
  worker varchar,
  started_at timestamptz,
  beat_at timestamptz,
  cancel_at timestamptz,
  progress double precision DEFAULT 0 NOT NULL,
  step varchar DEFAULT '' NOT NULL,
  ended_at timestamptz,
  result jsonb,
  trouble varchar,
  CONSTRAINT pk_job PRIMARY KEY (id),
  CONSTRAINT ck_job_state CHECK (state IN ('menunggu', 'berjalan', 'selesai', 'gagal', 'batal')),
  CONSTRAINT ck_job_progress CHECK (progress BETWEEN 0 AND 1),
  CONSTRAINT ck_job_params_object CHECK (jsonb_typeof(params) = 'object'),
  CONSTRAINT ck_job_ended_has_time CHECK ((state IN ('selesai', 'gagal', 'batal')) = (ended_at IS NOT NULL)),
  CONSTRAINT ck_job_done_has_result CHECK ((state = 'selesai') = (result IS NOT NULL)),
  CONSTRAINT fk_job_by_user_app_user FOREIGN KEY(by_user) REFERENCES app_user (id)
);
CREATE INDEX ix_job_by_user ON job (by_user, made_at);
CREATE INDEX ix_job_ended_at ON job (ended_at);
CREATE INDEX ix_job_live ON job (id) WHERE state IN ('menunggu', 'berjalan');
CREATE UNIQUE INDEX uq_job_key ON job (key) WHERE state IN ('menunggu', 'berjalan');
CREATE INDEX ix_job_done ON job (key, id) WHERE state = 'selesai';
CREATE TABLE job_file (
  job_id bigint NOT NULL,
  name varchar NOT NULL,
  mimetype varchar NOT NULL,
  body bytea NOT NULL,
  CONSTRAINT pk_job_file PRIMARY KEY (job_id, name),
  CONSTRAINT ck_job_file_name CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,79}$'),
  CONSTRAINT ck_job_file_size CHECK (length(body) <= 50000000),
  CONSTRAINT fk_job_file_job_id_job FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
);
CREATE TABLE analysis_note (
  id bigserial NOT NULL,
  ask jsonb NOT NULL,
  point geometry(POINT,4326) NOT NULL,
  text varchar NOT NULL,
  by_user integer NOT NULL,
  by_name varchar NOT NULL,
  at timestamptz NOT NULL,
  deleted_at timestamptz,
  CONSTRAINT pk_analysis_note PRIMARY KEY (id),
  CONSTRAINT ck_analysis_note_point_in_country CHECK (
    point IS NULL OR (NOT ST_IsEmpty(point) AND ST_X(point) BETWEEN 94 AND 142 AND ST_Y(point) BETWEEN -12 AND 7)),
  CONSTRAINT ck_analysis_note_length CHECK (length(text) BETWEEN 1 AND 500),
  CONSTRAINT ck_analysis_note_ask_object CHECK (jsonb_typeof(ask) = 'object'),
  CONSTRAINT fk_analysis_note_by_user_app_user FOREIGN KEY(by_user) REFERENCES app_user (id)
);
CREATE INDEX ix_analysis_note_at ON analysis_note (at) WHERE deleted_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON job TO tanggap_app;
GRANT SELECT, INSERT, DELETE ON job_file TO tanggap_app;
GRANT SELECT, INSERT, UPDATE ON analysis_note TO tanggap_app;
GRANT USAGE ON SEQUENCE job_id_seq, analysis_note_id_seq TO tanggap_app;

-- Planners and leaders look with the same eyes: what one has had reckoned, the other need not ask
-- for again. To stop it is for who asked.
ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON job FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) IN ('planner', 'leader', 'worker'));
CREATE POLICY ask ON job FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) IN ('planner', 'leader') AND by_user = (SELECT ctx_user())
  AND state = 'menunggu' AND tries = 0 AND result IS NULL);
CREATE POLICY stop ON job FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('planner', 'leader') AND state <> 'selesai'
    AND by_user = (SELECT ctx_user()))
  WITH CHECK ((SELECT ctx_role()) IN ('planner', 'leader') AND result IS NULL
    AND by_user = (SELECT ctx_user()));
CREATE POLICY work ON job FOR UPDATE TO tanggap_app USING ((SELECT ctx_role()) = 'worker');
CREATE POLICY forget ON job FOR DELETE TO tanggap_app
  USING ((SELECT ctx_role()) = 'worker' AND ended_at IS NOT NULL);

ALTER TABLE job_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_file FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON job_file FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) IN ('planner', 'leader', 'worker'));
CREATE POLICY make ON job_file FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) = 'worker');
CREATE POLICY forget ON job_file FOR DELETE TO tanggap_app
  USING ((SELECT ctx_role()) = 'worker');

ALTER TABLE analysis_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE analysis_note FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON analysis_note FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) IN ('planner', 'leader'));
CREATE POLICY write ON analysis_note FOR INSERT TO tanggap_app WITH CHECK (
  (SELECT ctx_role()) IN ('planner', 'leader') AND by_user = (SELECT ctx_user()));
CREATE POLICY take_back ON analysis_note FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('planner', 'leader') AND by_user = (SELECT ctx_user()));

CREATE POLICY house ON job TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
CREATE POLICY house ON job_file TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
CREATE POLICY house ON analysis_note TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- Kinds whose cases a group keeps to itself, while their number may be told by area (groups.toml).
ALTER TABLE category ADD COLUMN counted boolean DEFAULT false NOT NULL;

-- The analyst: a role of the house, not of a person. It counts; no route hands out its rows.
CREATE POLICY analyst_reads ON incident FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'analyst' AND merged_into IS NULL
  AND (restricted_group IS NULL OR (category_code, restricted_group) IN (
    SELECT code, k.restricted_group FROM category AS k WHERE k.counted)));
CREATE POLICY analyst_reads ON assignment FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'analyst' AND (restricted_group IS NULL OR restricted_group IN (
    SELECT k.restricted_group FROM category AS k WHERE k.counted)));
CREATE POLICY analyst_reads ON unit FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) = 'analyst');
-- Which cases changed, not what was said or looked at; and when all must be read anew.
CREATE POLICY analyst_reads ON log_entry FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) = 'analyst'
  AND ((incident_id IS NOT NULL AND kind NOT LIKE 'contact.%' AND kind NOT LIKE 'caller.%'
      AND kind <> 'case.read')
    OR kind IN ('demo.cleared', 'edition.switched')));

-- When people called about a case, for the report of response times: no number, no words, no place.
GRANT SELECT (said_at) ON call TO tanggap_counter;
GRANT SELECT (restricted_group) ON call TO tanggap_counter;
GRANT SELECT (restricted_group, counted) ON category TO tanggap_counter;
CREATE FUNCTION call_times(since timestamptz, until timestamptz)
  RETURNS TABLE (incident_id bigint, at timestamptz, said_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.incident_id, c.at, c.said_at FROM public.call AS c
     WHERE current_setting('app.role', true) IN ('analyst', 'system')
       AND (c.restricted_group IS NULL OR c.restricted_group IN (
         SELECT k.restricted_group FROM public.category AS k WHERE k.counted))
       AND c.incident_id IS NOT NULL AND c.at >= $1 AND c.at < $2
     ORDER BY c.incident_id, c.at
  $$;
GRANT CREATE ON SCHEMA public TO tanggap_counter;  -- needed to own a function, only for that
ALTER FUNCTION call_times(timestamptz, timestamptz) OWNER TO tanggap_counter;
REVOKE CREATE ON SCHEMA public FROM tanggap_counter;
REVOKE ALL ON FUNCTION call_times(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION call_times(timestamptz, timestamptz) TO tanggap_app;
