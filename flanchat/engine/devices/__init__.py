"""NPU, CUDA, MPS and CPU: which are there, whether they work, which precision and how much memory."""
