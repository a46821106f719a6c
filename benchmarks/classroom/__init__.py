"""How many submissions, problems and formulas are checked in a second, and how that grows with the workers."""
