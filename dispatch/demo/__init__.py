"""A demonstration: an invented day of calls, played through the real use cases, all marked demo."""
