"""The commands of the REPL, by what they are about, and the table that lists them."""
