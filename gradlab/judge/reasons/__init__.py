"""What a wrong claim is, or a right one hides: layouts by their names, and points that tell little."""
