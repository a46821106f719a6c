"""The command line: targets, options, exit codes."""
