"""The Python interface: load a model, ask it, score, compare. `flanchat/__init__.py` lists its public names."""
