"""What every other part stands on: errors, translation, safe text, files, paths, signals."""
