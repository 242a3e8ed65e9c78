"""Analyses: questions, methods, files and views that others read."""
