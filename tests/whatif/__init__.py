"""What-if: the same calls under two plans."""
