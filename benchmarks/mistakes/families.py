"""The families of slips that are planted, each with the names by which gradlab may call it.

Several names stand where they are words for one and the same thing: that 1/u has the derivative −1/u, say, is a
derivative misremembered, and an exponent that was not reduced. A name that merely gives the same formula on
some function is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping

_LOCAL = "local derivative forgotten"
_UPSTREAM = "upstream gradient forgotten"
_RECIPROCAL = "1/u misremembered"

FAMILIES: Mapping[str, frozenset[str]] = {
    family: frozenset(names)
    for family, names in {
        "bias as weight": ("bias treated as a weight",),
        "chain factor forgotten": ("inner derivative forgotten", _LOCAL),
        "constant copied wrongly": ("copy slip in a constant", "wrong exponent"),
        "constant factor lost": ("constant factor lost", "factor missing"),
        "data term forgotten": ("term missing",),
        "degrees": ("degrees for radians",),
        "exp misremembered": ("e^u by the power rule", "a power for an exponential"),
        "exponent not brought down": ("exponent not brought down",),
        "exponent not reduced": ("exponent not reduced",),
        "factor 2 or 1/2": ("factor 2", "factor ½", "constant factor lost"),
        "inner derivative forgotten": ("inner derivative forgotten", _LOCAL),
        "inner derivative twice": ("chain rule applied twice", "local derivative twice"),
        "ln 10": ("ln 10", "logarithm of another base"),
        "ln a missing": ("ln of the base forgotten",),
        "ln′ as 1/ln": ("ln misremembered",),
        "ln′ as ln": ("ln misremembered", "function in place of its derivative"),
        "max to the loser": ("max routed to the loser",),
        "mean for sum": ("mean for sum",),
        "outer derivative at the wrong place": ("outer derivative at the wrong place",),
        "outer derivative forgotten": (_LOCAL, _UPSTREAM),
        "path forgotten": ("one of several paths forgotten", "term missing"),
        "path overwritten": ("last path overwrites the sum",),
        "product of derivatives": ("product rule: f′g′",),
        "product term missing": ("product rule: one term missing",),
        "quotient order": ("quotient rule: order",),
        "quotient square missing": ("quotient rule: square missing",),
        "reciprocal integrated": (_RECIPROCAL, "integrated instead"),
        "reciprocal without minus": (_RECIPROCAL, "sign of a rule", "exponent not brought down"),
        "reciprocal without square": (_RECIPROCAL, "exponent not reduced"),
        "regulariser forgotten": ("term missing",),
        "relu′ as relu": ("relu for relu′",),
        "sign of a rule": ("sign of a rule",),
        "sign of a term": ("sign of a term", "sign of a rule"),
        "sqrt misremembered": ("√u misremembered", "exponent not brought down"),
        "sum for mean": ("sum for mean", "constant factor lost"),
        "swapped factors": ("swapped factors",),
        "tanh′ as 1 + tanh²": ("tanh′ misremembered", "sign of a term"),
        "tanh′ as 1 − tanh": ("tanh′ misremembered", "1 − tanh for tanh′"),
        "tanh′ as 1 − z²": ("tanh′ of the value before",),
        "transposed factor": ("transposed factor",),
        "upstream forgotten": (_UPSTREAM, _LOCAL),
        "value before for value after": ("value before for the value after",),
        "wrong index": ("wrong index",),
        "σ′ as 1 − σ": ("σ′ misremembered", "1 − σ for σ′"),
        "σ′ as z(1 − z)": ("σ′ of the value before",),
        "σ′ as σ": ("σ for σ′",),
        "σ′ as σ(1 − z)": ("σ′ of the value before", "σ′ misremembered"),
        "σ′ at the value after": ("σ′ of the value after",),
    }.items()
}
