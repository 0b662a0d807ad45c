"""transformers' own T5 as an engine to compare with: slow and plain. Uses openmind where that is installed."""
