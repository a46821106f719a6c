"""Reading mathematics safely: typed formulas, points and claims.

Nothing that is read is ever run as code.
"""
