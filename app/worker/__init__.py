"""The worker: a process of its own that does the long reckonings planners ask for."""
