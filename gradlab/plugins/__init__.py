"""gradlab inside other programs: tests of pytest, and notebooks.

What those programs import when they start (`pytest`, `notebook`) loads nothing heavy; `running` is
imported when there is something to check.
"""
