"""Checks whether Python, PyTorch, CUDA, the driver and the GPU of a machine fit together."""

__version__ = "0.1.0"
