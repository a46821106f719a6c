"""Judging: is it right (at 50 digits), is it accurate (in float64), and whose fault is it."""
