-- What was merged stays written as it was; only that it was undone, and by whom, comes later.
REVOKE UPDATE ON merge FROM tanggap_app;
GRANT UPDATE (undone_at, undone_by) ON merge TO tanggap_app;
