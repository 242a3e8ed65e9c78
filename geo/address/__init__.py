"""What a caller says of a place, taken apart: names with their marks, numbers, relations."""

from geo.address.reading import read
from geo.address.said import LONGEST_TEXT, Mark, Relation, Said, Span

__all__ = ["LONGEST_TEXT", "Mark", "Relation", "Said", "Span", "read"]
