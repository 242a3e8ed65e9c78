-- Tickets that were there: what they copy from their case; those of closed cases ended with it.
SELECT set_config('app.role', 'system', true);
UPDATE ticket SET kind = category.kind, category_code = incident.category_code,
       priority = incident.priority, village_code = incident.village_code,
       district_code = incident.district_code, demo = incident.demo,
       due_at = incident.due_at, here_at = ticket.opened_at,
       closed_at = CASE WHEN ticket.state = 'ditutup'
         THEN greatest(coalesce(incident.closed_at, ticket.opened_at), ticket.opened_at) END,
       outcome = CASE WHEN ticket.state = 'ditutup' THEN incident.outcome END
  FROM incident JOIN category ON category.code = incident.category_code
 WHERE incident.id = ticket.incident_id;
-- Their history begins with how they stand now.
INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor, by_name, reason, facts, demo)
SELECT id, incident_id, opened_at, 'baru', agency_id, 'sistem', 'sistem', 'dibuka', '{}', demo FROM ticket;
INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor, by_name, reason, facts, demo)
SELECT id, incident_id, coalesce(closed_at, opened_at), state, agency_id, 'sistem', 'sistem',
       CASE WHEN state = 'ditutup' THEN outcome ELSE 'dipindahkan' END, '{}', demo
  FROM ticket WHERE state <> 'baru';
SELECT set_config('app.role', '', true);
