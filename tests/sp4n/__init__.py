"""Plays with SP4N-LAPOR: a server that stands in for it, with faults, and what must come of it."""
