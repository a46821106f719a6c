"""Reading mathematics."""
