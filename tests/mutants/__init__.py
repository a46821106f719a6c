"""Planted wrong rules, each of which a conformance check must catch."""
