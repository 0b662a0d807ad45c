"""A T5 as transformers computes it, to compare with: slow and plain, with `generate`; with openmind where that is."""
