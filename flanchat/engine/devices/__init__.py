"""NPU, CUDA, MPS and CPU: which devices exist and work, with which precision and how much memory."""
