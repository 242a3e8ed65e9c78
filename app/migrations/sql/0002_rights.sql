-- What the app's role may do at all; the policies then say with which rows.
GRANT USAGE ON SCHEMA public TO tanggap_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Reference data: read only. Written by the owner (`tanggap up`, `tanggap boundaries`).
GRANT SELECT ON edition, village, land_mass, place, agency, category, responsibility, station
  TO tanggap_app;

GRANT SELECT, INSERT, UPDATE ON incident, assignment, ticket TO tanggap_app;
GRANT SELECT, INSERT ON call, call_contact, log_entry, idempotency_key TO tanggap_app;
GRANT SELECT, UPDATE ON unit TO tanggap_app;
GRANT SELECT, INSERT, UPDATE ON app_user TO tanggap_app;
GRANT SELECT, INSERT, DELETE ON user_session TO tanggap_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tanggap_app;
