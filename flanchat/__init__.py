"""flanchat: a terminal where people experiment with Flan-T5."""

__version__ = "0.1.0"
