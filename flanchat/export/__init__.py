"""Sessions and grids as files for other readers: Markdown, text, JSON, HTML."""
