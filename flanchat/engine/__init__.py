"""The model behind the Engine protocol: its events, and everything that loads and runs a T5."""
