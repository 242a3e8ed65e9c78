"""Measurements, each against a named baseline in the same run; never collected by pytest."""
