"""How long a gradient takes: gradlab beside its peers and beside a gradient written by hand.

    python -m benchmarks.engine

Every contestant computes the same gradient, is checked before it is timed, and takes its turn in
every round of one single-threaded process, so that what is compared are ratios within a round.
"""
