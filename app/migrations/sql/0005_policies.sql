-- Roads are reference data, written by the owner (`tanggap roads`).
GRANT SELECT ON road_network, road, turn_ban, ferry, speed_factor TO tanggap_app;

-- Whether a ferry runs, or the sea is fit for boats, says the control room.
GRANT SELECT, INSERT, UPDATE ON passage TO tanggap_app;
ALTER TABLE passage ENABLE ROW LEVEL SECURITY;
ALTER TABLE passage FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON passage FOR SELECT TO tanggap_app USING ((SELECT ctx_role()) IS NOT NULL);
CREATE POLICY open ON passage FOR INSERT TO tanggap_app
  WITH CHECK ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY change ON passage FOR UPDATE TO tanggap_app
  USING ((SELECT ctx_role()) IN ('operator', 'dispatcher'));
CREATE POLICY house ON passage TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
