"""Tests of the source itself: style, types, who imports whom, and that the documents say what is so."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The top of the checkout."""
