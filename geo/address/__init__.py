"""What a caller says of a place, taken apart: names with their marks, numbers, relations."""
