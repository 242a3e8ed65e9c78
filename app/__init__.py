"""The door: HTTP, pages, JSON, command line. Wires the house; holds no rule of the work."""
