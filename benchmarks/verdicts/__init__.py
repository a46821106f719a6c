"""How often verdicts on gradients are wrong: gradlab beside its peers, on right and on wrong gradients.

    python -m benchmarks.verdicts

Functions of many kinds with their gradients by hand, each gradient verified at 50 digits and then
spoiled by rule in many ways. Every tool judges the same pairs at its documented defaults.
"""
