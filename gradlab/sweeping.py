"""A family swept over its sizes, each form of the derivative within a budget, as a record."""

from __future__ import annotations
