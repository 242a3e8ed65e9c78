-- What somebody sees who holds the code of a report: the own report, and no other caller's.
CREATE POLICY own ON call FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) = 'reporter' AND id = (SELECT ctx_call()));
-- Pictures of the work, where the thing stands in public space and the room did not reject them.
CREATE POLICY reporter_sees ON proof FOR SELECT TO tanggap_app
  USING ((SELECT ctx_role()) = 'reporter' AND restricted_group IS NULL AND kind = 'foto'
    AND accepted IS NOT FALSE
    AND EXISTS (SELECT FROM incident
      WHERE incident.id = proof.incident_id AND incident.audience = 'umum'));
