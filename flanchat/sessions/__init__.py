"""Conversations and their transcripts on disk: ask, record, branch, read back, find."""
