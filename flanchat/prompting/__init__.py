"""From a profile, settings and a question to the prompt that the model reads, within its token budget."""
