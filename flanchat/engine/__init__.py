"""The model behind one seam: the Engine protocol, its events, and everything that loads and runs a T5."""
