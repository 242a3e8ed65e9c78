"""The work: calls, incidents, units, tickets, agencies. Knows no HTTP."""
