"""Analyses for planners: where it clusters, whether that is chance, whom help reaches too late."""

from dispatch.reports.ask import Ask, BadAsk, from_json, from_words

__all__ = ["Ask", "BadAsk", "from_json", "from_words"]
