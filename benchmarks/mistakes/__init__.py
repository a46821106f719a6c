"""How often the right mistake is named: derivations made wrong by one slip, by two, and by none.

    python -m benchmarks.mistakes

The derivations are made by a differentiator of their own over SymPy's trees, in which one rule is broken
at one place; gradlab sees nothing but the formula that comes out, simplified at random.
"""
