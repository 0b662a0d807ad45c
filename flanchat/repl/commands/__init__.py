"""The commands of the REPL by topic, and the table that lists them."""
