"""Layers on (N, C, *n): one strided view of all windows, one matrix product."""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.window import Padding, Sizes, Window


@silently
def conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """`cnnref.literal.conv`, one matrix product per group."""
    x, w, b, windows, dtype = arguments.conv("conv", x, w, b, stride, padding, dilation, groups)
    view = patches(padded(x, windows, 0), windows)  # (N, C_in, *m, *k)
    inputs, outputs = w.shape[1], len(w) // groups
    taps = tuple(range(2, w.ndim))
    places = tuple(axis + w.ndim - 2 for axis in taps)
    y = np.concatenate(
        [
            np.tensordot(
                view[:, g * inputs : (g + 1) * inputs],  # (N, C_in/groups, *m, *k)
                w[g * outputs : (g + 1) * outputs],  # (C_out/groups, C_in/groups, *k)
                axes=((1, *places), (1, *taps)),
            )
            for g in range(groups)
        ],
        axis=-1,
    )  # (N, *m, C_out)
    y = np.moveaxis(y, -1, 1)
    return (y if b is None else y + b).astype(dtype, order="C")


def padded(x: Array, windows: Sequence[Window], value: float) -> Array:
    """The input (N, C, *n) with the padding of each Window around it."""
    places = [(window.before, window.after) for window in windows]
    return np.pad(x, [(0, 0), (0, 0), *places], constant_values=value)


def patches(x: Array, windows: Sequence[Window]) -> Array:
    """What each output place reads from a padded input, as a view (N, C, *m, *k)."""
    axes = tuple(range(2, x.ndim))
    view = sliding_window_view(x, [window.span for window in windows], axis=axes)
    strides = (slice(None, None, window.stride) for window in windows)
    dilations = (slice(None, None, window.dilation) for window in windows)
    return view[(slice(None), slice(None), *strides, *dilations)]


@silently
def relu(x: ArrayLike) -> Array:
    """`cnnref.literal.relu`, one maximum."""
    x, dtype = arguments.elementwise("relu", x)
    return np.asarray(np.maximum(x, 0), dtype)
