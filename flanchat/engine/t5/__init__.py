"""A T5 in PyTorch: tokenizer, forward pass, decoding, and the engine that joins them."""
