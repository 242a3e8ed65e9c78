"""Files of named places, each form read by a module of its own."""
