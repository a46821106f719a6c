"""What can be learnt of a function by calling it: its noise, and its slope along a line, with an error bar.

Nothing here knows of programs or of derivative rules: NumPy, and a function that can be called.
"""
