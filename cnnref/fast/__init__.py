"""The same names and signatures as `cnnref.literal`, as fast as NumPy goes."""

from cnnref.fast.convolution import convolve, correlate, flip, pad
from cnnref.fast.layers import conv, relu
from cnnref.fast.pooling import avg_pool, max_pool

__all__ = ["avg_pool", "conv", "convolve", "correlate", "flip", "max_pool", "pad", "relu"]
