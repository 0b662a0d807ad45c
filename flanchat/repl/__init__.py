"""The interactive prompt: reading input, its commands, the loop that runs them."""
