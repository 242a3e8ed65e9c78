"""A place that is not exactly known: its shape, its share in each village, one best question."""
