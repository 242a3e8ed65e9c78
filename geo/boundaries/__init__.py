"""From a boundary file to villages in force: read, check, mend, publish."""
