"""Gradients, each an operation of its own: the adjoint of the layer it belongs to.

Their page is docs/gradients.md, their laws are in cnnref/laws/gradients.py, run by tests/laws.
"""

from cnnref.literal.gradients.layers import (
    bias_grad,
    conv_transpose,
    conv_weight_grad,
    dense_grad,
    relu_grad,
    softmax_cross_entropy,
)
from cnnref.literal.gradients.pooling import (
    avg_pool_grad,
    channel_max_pool_grad,
    max_pool_grad,
)
from cnnref.literal.gradients.variants import (
    locally_connected_grad,
    recurrent_conv_grad,
    tiled_conv_grad,
)

__all__ = [
    "avg_pool_grad",
    "bias_grad",
    "channel_max_pool_grad",
    "conv_transpose",
    "conv_weight_grad",
    "dense_grad",
    "locally_connected_grad",
    "max_pool_grad",
    "recurrent_conv_grad",
    "relu_grad",
    "softmax_cross_entropy",
    "tiled_conv_grad",
]
