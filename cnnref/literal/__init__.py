"""The specification: each operation as the chapter writes it. Loops allowed, never optimised."""

from cnnref.literal.convolution import convolve, correlate, flip, pad
from cnnref.literal.gradients import (
    avg_pool_grad,
    bias_grad,
    channel_max_pool_grad,
    conv_transpose,
    conv_weight_grad,
    dense_grad,
    locally_connected_grad,
    max_pool_grad,
    recurrent_conv_grad,
    relu_grad,
    softmax_cross_entropy,
    tiled_conv_grad,
)
from cnnref.literal.layers import col2im, conv, dense, im2col, relu
from cnnref.literal.pooling import (
    avg_pool,
    channel_max_pool,
    max_pool,
    max_pool_indices,
    max_unpool,
)
from cnnref.literal.variants import locally_connected, recurrent_conv, tiled_conv

__all__ = [
    "avg_pool",
    "avg_pool_grad",
    "bias_grad",
    "channel_max_pool",
    "channel_max_pool_grad",
    "col2im",
    "conv",
    "conv_transpose",
    "conv_weight_grad",
    "convolve",
    "correlate",
    "dense",
    "dense_grad",
    "flip",
    "im2col",
    "locally_connected",
    "locally_connected_grad",
    "max_pool",
    "max_pool_grad",
    "max_pool_indices",
    "max_unpool",
    "pad",
    "recurrent_conv",
    "recurrent_conv_grad",
    "relu",
    "relu_grad",
    "softmax_cross_entropy",
    "tiled_conv",
    "tiled_conv_grad",
]
