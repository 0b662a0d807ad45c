"""Drawing on the terminal, for the REPL and the command line; the only user of rich."""
