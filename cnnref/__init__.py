"""Convolutional networks said exactly: each operation twice, each claim a law.

The names below are the public ones. `cnnref.literal` defines every operation in loops that are
the formula; these here are the fast ones with the same names and meaning. `cnnref.laws` holds the
statements that both obey. A topic keeps its name from room to room: convolution is defined in
cnnref/literal/convolution.py, computed in cnnref/fast/convolution.py, stated in
cnnref/laws/convolution.py, drawn in cnnref/figures/convolution.py, told in docs/convolution.md.
"""

from cnnref import fast, literal
from cnnref.fast import avg_pool, conv, convolve, correlate, flip, max_pool, pad, relu
from cnnref.tensors import entry, grid, layout, order
from cnnref.window import Window, windows

__all__ = [  # noqa: RUF022 - by topic
    # convolution
    "convolve",
    "correlate",
    "flip",
    "pad",
    # layers
    "conv",
    "relu",
    # pooling
    "avg_pool",
    "max_pool",
    # tensors
    "entry",
    "grid",
    "layout",
    "order",
    # geometry
    "Window",
    "windows",
]
__version__ = "0.1.0"

for _name in literal.__all__:  # one docstring serves both: the specification's
    getattr(fast, _name).__doc__ = getattr(literal, _name).__doc__
