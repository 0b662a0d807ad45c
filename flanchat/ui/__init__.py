"""Drawing on the terminal: what the REPL and the command line both show. The only users of rich."""
