"""Foundations of all other parts: errors, translation, sanitizing of text, files, paths, signals."""
