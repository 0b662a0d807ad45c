"""Profiles and settings, and the prompt compiled from them and a question, within its token budget."""
