"""The exchange with SP4N-LAPOR: what is told, what is heard, whether both sides say the same."""
