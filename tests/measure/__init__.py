"""What is learnt of a function by calling it: held against noise that was put in, and slopes that are known."""
