"""The specification: each operation as the chapter writes it. Loops allowed, never optimised."""

from cnnref.literal.convolution import convolve, correlate, flip, pad
from cnnref.literal.layers import conv, relu
from cnnref.literal.pooling import avg_pool, max_pool

__all__ = ["avg_pool", "conv", "convolve", "correlate", "flip", "max_pool", "pad", "relu"]
