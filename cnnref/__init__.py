"""Convolutional networks said exactly: each operation twice, each claim a law.

The names below are the public ones. `cnnref.literal` defines every operation in loops that are
the formula; these here are the fast ones with the same names and meaning. `cnnref.laws` holds the
statements that both obey. A topic keeps its name from room to room: convolution is defined in
cnnref/literal/convolution.py, computed in cnnref/fast/convolution.py, stated in
cnnref/laws/convolution.py, drawn in cnnref/figures/convolution.py, told in docs/convolution.md.
"""

from inspect import getdoc

from cnnref import fast, literal
from cnnref.connectivity import matrix, pattern, weight_index
from cnnref.fast import (
    avg_pool,
    avg_pool_grad,
    bias_grad,
    channel_max_pool,
    channel_max_pool_grad,
    col2im,
    conv,
    conv_transpose,
    conv_weight_grad,
    convolve,
    correlate,
    dense,
    dense_grad,
    flip,
    im2col,
    locally_connected,
    locally_connected_grad,
    max_pool,
    max_pool_grad,
    max_pool_indices,
    max_unpool,
    pad,
    recurrent_conv,
    recurrent_conv_grad,
    relu,
    relu_grad,
    softmax_cross_entropy,
    tiled_conv,
    tiled_conv_grad,
)
from cnnref.fast.algorithms import explain
from cnnref.fast.layers import ALGORITHM
from cnnref.network import (
    AvgPool,
    ChannelMaxPool,
    Conv,
    Count,
    Dense,
    Flatten,
    LocallyConnected,
    MaxPool,
    ReLU,
    Sequential,
    TiledConv,
    count,
    fit,
    lenet,
)
from cnnref.receptive import ReceptiveField, probe, receptive_field
from cnnref.tensors import entry, grid, layout, order
from cnnref.window import Window, windows

__all__ = [  # noqa: RUF022 - by topic
    # convolution
    "convolve",
    "correlate",
    "flip",
    "pad",
    # layers
    "col2im",
    "conv",
    "dense",
    "explain",
    "im2col",
    "locally_connected",
    "recurrent_conv",
    "relu",
    "tiled_conv",
    # pooling
    "avg_pool",
    "channel_max_pool",
    "max_pool",
    "max_pool_indices",
    "max_unpool",
    # gradients
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
    # tensors
    "entry",
    "grid",
    "layout",
    "order",
    # geometry
    "ReceptiveField",
    "Window",
    "matrix",
    "pattern",
    "probe",
    "receptive_field",
    "weight_index",
    "windows",
    # networks
    "AvgPool",
    "ChannelMaxPool",
    "Conv",
    "Count",
    "Dense",
    "Flatten",
    "LocallyConnected",
    "MaxPool",
    "ReLU",
    "Sequential",
    "TiledConv",
    "count",
    "fit",
    "lenet",
]
__version__ = "0.1.0"

for _name in literal.__all__:  # one docstring serves both: the specification's
    getattr(fast, _name).__doc__ = getdoc(getattr(literal, _name))
_before, _after = (conv.__doc__ or "").split("\n\nReturns:")
conv.__doc__ = f"{_before}\n{ALGORITHM}\n\nReturns:{_after}"
