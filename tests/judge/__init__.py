"""Judging: verdicts, blame, printed numbers."""
