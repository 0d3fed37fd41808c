"""The door of connectivity and receptive fields: windows, kernels on one axis, functions."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref.arguments.arrays import Array, floating, named, numeric, room
from cnnref.window import Window, integer, misfit, per_axis, resolve


def connected(op: str, window: object, n: object) -> tuple[Window, int, int]:
    """The door of the tables of connections: the window, input places, output places."""
    if not isinstance(window, Window):
        raise TypeError(f"{op}: window must be a Window; got {window!r}")
    size = named(op, lambda: integer("n", n, 1))
    if window.span > size + window.before + window.after:
        raise ValueError(f"{op}: {misfit(window, size)}")
    m = window.places(size)
    room(op, (window.kernel, m, size), np.dtype(np.int64))
    return window, size, m


def whole(op: str, name: str, value: object) -> int:
    """A checked integer of at least 1."""
    return named(op, lambda: integer(name, value, 1))


def kernel_of(op: str, window: Window, w: ArrayLike) -> tuple[Array, np.dtype[Any]]:
    """A kernel with one weight per tap of the window."""
    array = floating(numeric(op, "w", w, complexes=True))
    if array.shape != (window.kernel,):
        raise ValueError(f"{op}: w must have shape {(window.kernel,)}; got {array.shape}")
    return array, array.dtype


def stacked(op: str, windows: object) -> tuple[Window, ...]:
    """A sequence of Windows."""
    if isinstance(windows, Window) or not isinstance(windows, Iterable):
        raise TypeError(f"{op}: windows must be a sequence of Windows; got {windows!r}")
    found = tuple(windows)
    for window in found:
        if not isinstance(window, Window):
            raise TypeError(f"{op}: windows must be a sequence of Windows; got {window!r} in it")
    return found


def probed(op: str, f: object, shape: object) -> tuple[int, ...]:
    """A function to probe, and the checked shape (C, *n) of its input."""
    if not callable(f):
        raise TypeError(f"{op}: f must be a function; got {f!r}")
    if not isinstance(shape, tuple | list):
        raise TypeError(f"{op}: shape must be a tuple of integers; got {shape!r}")
    sizes = named(op, lambda: tuple(integer("each entry of shape", size, 1) for size in shape))
    if len(sizes) < 2:
        raise ValueError(f"{op}: shape must be (C, *n) with at least 1 spatial axis; got {sizes}")
    return sizes


def sized(op: str, shape: object) -> tuple[int, ...]:
    """The shape of one input, without the batch."""
    if not isinstance(shape, tuple | list):
        raise TypeError(f"{op}: shape must be a tuple of integers; got {shape!r}")
    if not shape:
        raise ValueError(f"{op}: shape must have at least 1 axis; got {shape!r}")
    return named(op, lambda: tuple(integer("each entry of shape", size, 1) for size in shape))


def looked(
    op: str,
    shape: tuple[int, ...],
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object = False,
) -> tuple[Window, ...]:
    """The Windows of a layer for one input (C, *n)."""
    if len(shape) < 2:
        raise ValueError(f"{op}: the input must be (C, *n) with a spatial axis; got {shape}")
    return named(op, lambda: resolve(shape[1:], kernel_size, stride, padding, dilation, ceil_mode))


def per_place(op: str, name: str, value: object, rank: int) -> tuple[int, ...]:
    """One checked integer of at least 1 per axis."""
    return named(op, lambda: per_axis(name, value, rank, 1))


def divided(op: str, channels: int, size: object) -> int:
    """How many groups of `size` channels there are; size must divide them."""
    count = whole(op, "size", size)
    if channels % count:
        raise ValueError(f"{op}: size must divide the channels; got {channels} and size={count}")
    return channels // count


def shared(op: str, inputs: int, outputs: int, groups: object) -> int:
    """The input channels of one group; groups must divide the channels on both sides."""
    count = whole(op, "groups", groups)
    if inputs % count or outputs % count:
        raise ValueError(
            f"{op}: groups must divide the channels; got {inputs} in, {outputs} out and "
            f"groups={count}"
        )
    return inputs // count


def trained(
    op: str,
    x: ArrayLike,
    labels: ArrayLike,
    epochs: object,
    batch_size: object,
    rate: object,
    momentum: object,
) -> tuple[Array, Array, int, int]:
    """The door of fit: inputs, labels, epochs, inputs per step."""
    inputs, classes = floating(numeric(op, "x", x)), numeric(op, "labels", labels)
    if inputs.ndim < 2 or classes.shape != inputs.shape[:1]:
        raise ValueError(
            f"{op}: labels must have one entry per input; got {inputs.shape} and {classes.shape}"
        )
    for name, value in (("rate", rate), ("momentum", momentum)):
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise TypeError(f"{op}: {name} must be a number; got {value!r}")
    if not 0 < float(rate) < np.inf:  # type: ignore[arg-type]
        raise ValueError(f"{op}: rate must be positive; got {rate}")
    if not 0 <= float(momentum) < 1:  # type: ignore[arg-type]
        raise ValueError(f"{op}: momentum must be from 0 to below 1; got {momentum}")
    rounds = named(op, lambda: integer("epochs", epochs, 0))
    return inputs, classes, rounds, whole(op, "batch_size", batch_size)
