"""What every format says in the same words, and which parts of a record it shows: a module a subject."""
