"""Expression swell and timing."""
