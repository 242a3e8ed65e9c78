-- The exchange with SP4N-LAPOR comes later: until then nobody but the exchange itself sees its rows.
ALTER TABLE exchange_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_link FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON exchange_link FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) = 'exchange');
CREATE POLICY house ON exchange_link TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
ALTER TABLE exchange_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_run FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON exchange_run FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) = 'exchange');
CREATE POLICY house ON exchange_run TO tanggap_owner USING ((SELECT ctx_role()) = 'system');
