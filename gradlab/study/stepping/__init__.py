"""The parts of the study of step sizes: quotients, what their curves show, and what was to be expected."""
