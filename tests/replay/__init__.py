"""A simulated control room: the same calls and the same luck for every way of choosing units."""
