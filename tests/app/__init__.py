"""Tests of the door: who gets in, who sees what, what is asked and answered."""
