"""Studies beside the verdict: expression swell, and timing."""
