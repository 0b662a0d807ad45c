"""The terminal side: reading lines, running commands, showing answers."""
