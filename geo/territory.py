"""The villages that a doubtful place is shared out among: one or two editions, coast, beyond."""
