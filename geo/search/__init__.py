"""From what was said to where it can be: clues, their worth, villages, candidates, reasons."""
