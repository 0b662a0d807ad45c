"""The interactive prompt: input, toolbar, commands, and the loop that runs them."""
