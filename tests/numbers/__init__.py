"""The number systems."""
