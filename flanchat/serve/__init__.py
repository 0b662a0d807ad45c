"""HTTP: one model answers requests in the form of OpenAI's API, many at a time."""
