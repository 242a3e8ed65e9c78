"""What must not break: bad lines, killed workers, races, hostile input."""
