"""Conversations and their transcripts on disk: ask, record, branch, resume, list and search."""
