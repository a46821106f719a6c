"""Each witness by itself, against values known by hand."""
