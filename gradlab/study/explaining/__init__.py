"""What an explanation is made of: the graph, what flows through it in symbols and numbers, the closed form."""
