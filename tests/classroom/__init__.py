"""Tests of checking many submissions: limits, resuming, and where the work is done."""
