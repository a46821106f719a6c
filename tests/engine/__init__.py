"""The engine's behaviour."""
