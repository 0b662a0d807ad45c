"""Sessions and grids as files for people and programs: Markdown, text, JSON, HTML."""
