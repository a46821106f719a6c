"""The primitives, one topic a file. Importing this fills the table.

Adding a primitive is one entry in one of these files; the conformance tests find it there.
"""

from gradlab.engine.rules import (
    arithmetic,
    elementary,
    inverses,
    linalg,
    reductions,
    selection,
    shapes,
    special,
    spreading,
)

__all__ = [
    "arithmetic",
    "elementary",
    "inverses",
    "linalg",
    "reductions",
    "selection",
    "shapes",
    "special",
    "spreading",
]
