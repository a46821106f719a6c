"""`gradlab.check`, its input, its result, and the process it works in."""
