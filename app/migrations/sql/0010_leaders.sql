-- Figures for leaders: what changed (a queue), what counts of each ticket, sums by week.
-- The timer counts (dispatch/tally.py); nobody else writes. Row security as for `ticket` itself.
CREATE TABLE ticket_change (
  id bigserial CONSTRAINT pk_ticket_change PRIMARY KEY,
  ticket_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE ticket_fact (
  ticket_id bigint CONSTRAINT pk_ticket_fact PRIMARY KEY,
  agency_id integer NOT NULL,
  kind varchar NOT NULL,
  category_code varchar NOT NULL,
  village_code varchar,
  district_code varchar,
  restricted_group varchar,
  how varchar NOT NULL,
  opened_at timestamptz NOT NULL,
  due_at timestamptz,
  opened_week date NOT NULL,
  ended_week date,
  on_time boolean,
  step smallint,
  returned boolean NOT NULL,
  reopened boolean NOT NULL,
  no_proof boolean NOT NULL,
  elsewhere boolean NOT NULL,
  last_minute boolean NOT NULL,
  stars smallint,
  CONSTRAINT ck_ticket_fact_how CHECK (how IN ('terbuka', 'selesai', 'gugur')),
  CONSTRAINT ck_ticket_fact_ended CHECK ((how = 'terbuka') = (ended_week IS NULL))
);
CREATE INDEX ix_ticket_fact_open ON ticket_fact (agency_id)
  INCLUDE (kind, category_code, village_code, district_code, restricted_group, opened_at, due_at)
  WHERE how = 'terbuka';
CREATE INDEX ix_ticket_fact_opened ON ticket_fact (agency_id, opened_week);
CREATE INDEX ix_ticket_fact_ended ON ticket_fact (agency_id, ended_week) WHERE ended_week IS NOT NULL;
CREATE TABLE ticket_week (
  grouping varchar NOT NULL,
  week date NOT NULL,
  agency_id integer NOT NULL,
  code varchar NOT NULL,
  kind varchar NOT NULL,
  restricted varchar NOT NULL,
  received integer NOT NULL,
  returned integer NOT NULL,
  reopened integer NOT NULL,
  steps integer[] NOT NULL,
  closed integer NOT NULL,
  timed integer NOT NULL,
  on_time integer NOT NULL,
  no_proof integer NOT NULL,
  elsewhere integer NOT NULL,
  last_minute integer NOT NULL,
  star_n integer NOT NULL,
  star_sum integer NOT NULL,
  dropped integer NOT NULL,
  CONSTRAINT pk_ticket_week PRIMARY KEY (grouping, week, agency_id, code, kind, restricted)
);

-- Whoever changes tickets, in whatever role, leaves their numbers here: one statement, no lock
-- that another writer would wait for.
CREATE FUNCTION note_ticket_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ticket_change (ticket_id) SELECT id FROM changed;
  RETURN NULL;
END $$;
CREATE TRIGGER note_new AFTER INSERT ON ticket REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_ticket_change();
CREATE TRIGGER note_change AFTER UPDATE ON ticket REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_ticket_change();
CREATE TRIGGER note_gone AFTER DELETE ON ticket REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_ticket_change();

GRANT SELECT, INSERT, DELETE ON ticket_change TO tanggap_app;
GRANT INSERT ON ticket_change TO tanggap_counter;
GRANT USAGE ON SEQUENCE ticket_change_id_seq TO tanggap_app, tanggap_counter;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_fact, ticket_week TO tanggap_app;

ALTER TABLE ticket_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_change FORCE ROW LEVEL SECURITY;
CREATE POLICY note ON ticket_change FOR INSERT TO tanggap_app, tanggap_counter WITH CHECK (true);
-- Numbers alone: as of when the figures are true.
CREATE POLICY see ON ticket_change FOR SELECT TO tanggap_app USING (
  (SELECT ctx_role()) IN ('timer', 'leader', 'operator', 'dispatcher', 'agency_officer'));
CREATE POLICY take ON ticket_change FOR DELETE TO tanggap_app USING ((SELECT ctx_role()) = 'timer');
CREATE POLICY house ON ticket_change TO tanggap_owner USING ((SELECT ctx_role()) = 'system')
  WITH CHECK (true);

ALTER TABLE ticket_fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_fact FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON ticket_fact FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN
      agency_id = (SELECT ctx_agency()) AND in_group(restricted_group)
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader') THEN in_group(restricted_group)
    WHEN (SELECT ctx_role()) = 'timer' THEN true
    ELSE false
  END);
CREATE POLICY count ON ticket_fact TO tanggap_app USING ((SELECT ctx_role()) = 'timer');
CREATE POLICY house ON ticket_fact TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

ALTER TABLE ticket_week ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_week FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON ticket_week FOR SELECT TO tanggap_app USING (
  CASE
    WHEN (SELECT ctx_role()) = 'agency_officer' THEN
      agency_id = (SELECT ctx_agency()) AND in_group(nullif(restricted, ''))
    WHEN (SELECT ctx_role()) IN ('operator', 'dispatcher', 'leader') THEN
      in_group(nullif(restricted, ''))
    WHEN (SELECT ctx_role()) = 'timer' THEN true
    ELSE false
  END);
CREATE POLICY count ON ticket_week TO tanggap_app USING ((SELECT ctx_role()) = 'timer');
CREATE POLICY house ON ticket_week TO tanggap_owner USING ((SELECT ctx_role()) = 'system');

-- What was there is counted with the timer's first turns.
SELECT set_config('app.role', 'system', true);
INSERT INTO ticket_change (ticket_id) SELECT id FROM ticket;
SELECT set_config('app.role', '', true);
