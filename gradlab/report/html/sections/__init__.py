"""The parts of a page, a module each, with a template of the same name."""
