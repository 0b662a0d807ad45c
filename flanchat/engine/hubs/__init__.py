"""From a model's name to a folder on this machine: bundled, local, Hugging Face, openMind."""
