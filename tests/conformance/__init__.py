"""Checks that walk the whole primitive table."""
