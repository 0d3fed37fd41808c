"""The door of the gradients, each an operation of its own."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnref.arguments.arrays import (
    Array,
    exact,
    floating,
    heaviest,
    largest,
    named,
    numeric,
    room,
    said,
    solid,
    working,
)
from cnnref.arguments.layers import (
    Layer,
    Recurrent,
    biased,
    densely,
    fits,
    grouped,
    layered,
    places,
    recurrent,
    room_around,
    spread,
    tiling,
)
from cnnref.arguments.pooling import Pool, channel_pool, pooled
from cnnref.window import Window, integer, resolve, sources


class Transposed(NamedTuple):
    """Output gradient, weights, bias or None, groups, spatial size of the result, its Windows."""

    y: Array
    w: Array
    b: Array | None
    groups: int
    n: tuple[int, ...]
    windows: tuple[Window, ...]
    dtype: np.dtype[Any]


class Pair(NamedTuple):
    """Input, output gradient, groups, one Window per axis, the result's dtype."""

    x: Array
    dy: Array
    groups: int
    windows: tuple[Window, ...]
    dtype: np.dtype[Any]


def conv_transpose(
    op: str,
    y: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None,
    output_size: object,
    stride: object,
    padding: object,
    dilation: object,
    groups: object,
) -> Transposed:
    """The door of conv_transpose."""
    arrays = [numeric(op, "y", y), numeric(op, "w", w)]
    shapes = said(y=arrays[0].shape, w=arrays[1].shape)
    layered(op, "y", arrays[0], shapes)
    count = grouped(op, "y", arrays[0], arrays[1], groups, shapes)
    outputs, per_group = arrays[1].shape[:2]
    if arrays[0].shape[1] != outputs:
        raise ValueError(
            f"{op}: w has {outputs} output channels but y has {arrays[0].shape[1]} ({shapes})"
        )
    m, k = arrays[0].shape[2:], arrays[1].shape[2:]
    n, found = named(op, lambda: sources(m, k, stride, padding, dilation, output_size))
    by_group = arrays[1].reshape(count, outputs // count, per_group, *k)
    summed = (1, *range(3, by_group.ndim))
    weight = largest(arrays[0]) * heaviest(by_group, summed)
    inputs = per_group * count
    if b is not None:
        arrays.append(biased(op, b, {(inputs,), (inputs, *n)}))
        weight += largest(arrays[2])
    exact(op, arrays, weight)
    arrays, dtype = working(arrays)
    room_around(op, (len(arrays[0]), inputs), n, found, arrays[0].dtype)
    shaped = spread(arrays[2], len(n)) if b is not None else None
    return Transposed(arrays[0], arrays[1], shaped, count, n, found, dtype)


def conv_weight_grad(
    op: str,
    x: ArrayLike,
    dy: ArrayLike,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    groups: object,
) -> Pair:
    """The door of conv_weight_grad."""
    arrays = [numeric(op, "x", x), numeric(op, "dy", dy)]
    shapes = said(x=arrays[0].shape, dy=arrays[1].shape)
    layered(op, "x", arrays[0], shapes)
    layered(op, "dy", arrays[1], shapes)
    count = named(op, lambda: integer("groups", groups, 1))
    for name, array in zip(("input", "output"), arrays, strict=True):
        if array.shape[1] % count:
            raise ValueError(
                f"{op}: groups must divide the {name} channels; got {array.shape[1]} and "
                f"groups={count} ({shapes})"
            )
    n = arrays[0].shape[2:]
    found = named(op, lambda: resolve(n, kernel_size, stride, padding, dilation))
    expected = (arrays[0].shape[0], arrays[1].shape[1], *places(found, n))
    matching(op, arrays[1], expected)
    each = (0, *range(2, arrays[1].ndim))
    exact(op, arrays, largest(arrays[0]) * heaviest(arrays[1], each))
    arrays, dtype = working(arrays)
    k = tuple(window.kernel for window in found)
    fits(op, arrays[0], found, (arrays[1].shape[1], arrays[0].shape[1] // count, *k))
    return Pair(arrays[0], arrays[1], count, found, dtype)


def matching(op: str, dy: Array, shape: tuple[int, ...]) -> None:
    """Refuse an output gradient that has not the shape of the output."""
    if dy.shape != shape:
        raise ValueError(f"{op}: dy must have the shape of the output, {shape}; got {dy.shape}")


def bias_grad(
    op: str, dy: ArrayLike, shape: object
) -> tuple[Array, tuple[int, ...], np.dtype[Any]]:
    """The door of bias_grad: dy, the tile of each spatial axis (1 for a shared bias), the dtype."""
    array = numeric(op, "dy", dy)
    shapes = said(dy=array.shape)
    if array.ndim < 2:
        raise ValueError(f"{op}: dy must have the axes (N, C, *m); got {shapes}")
    solid(op, "dy", array, shapes, 1)
    if not isinstance(shape, tuple | list):
        raise TypeError(f"{op}: shape must be a tuple of integers; got {shape!r}")
    sizes = named(op, lambda: tuple(integer("each entry of shape", size, 1) for size in shape))
    if len(sizes) not in {1, array.ndim - 1} or sizes[0] != array.shape[1]:
        raise ValueError(
            f"{op}: shape must be (C,), (C, *m) or (C, *t) for dy {array.shape}; got {sizes}"
        )
    tile = sizes[1:] or (1,) * (array.ndim - 2)
    exact(op, [array], heaviest(array, (0, *range(2, array.ndim))))
    (array,), dtype = working([array])
    room(op, (array.shape[1], *tile), array.dtype)
    return array, tile, dtype


def pool_grad(
    op: str,
    x: ArrayLike,
    dy: ArrayLike,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> tuple[Array, Array, tuple[Window, ...], np.dtype[Any]]:
    """The door of max_pool_grad: input, output gradient, Windows, the dtype."""
    arrays = [numeric(op, "x", x), numeric(op, "dy", dy)]
    shapes = said(x=arrays[0].shape, dy=arrays[1].shape)
    layered(op, "x", arrays[0], shapes)
    n = arrays[0].shape[2:]
    found, _ = pooled(op, n, kernel_size, stride, padding, dilation, ceil_mode)
    matching(op, arrays[1], (*arrays[0].shape[:2], *places(found, n)))
    taps = math.prod(window.kernel for window in found)
    exact(op, arrays, largest(arrays[1]) * taps)
    arrays, dtype = working(arrays)
    room_around(op, arrays[0].shape[:2], n, found, arrays[0].dtype)
    return arrays[0], arrays[1], found, dtype


def pool_shape_grad(
    op: str,
    x_shape: object,
    dy: ArrayLike,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> tuple[tuple[int, ...], Pool]:
    """The door of avg_pool_grad: the input's shape, and the output gradient as a Pool's x."""
    array = numeric(op, "dy", dy)
    if not isinstance(x_shape, tuple | list):
        raise TypeError(f"{op}: x_shape must be a shape (N, C, *n); got {x_shape!r}")
    if len(x_shape) < 3:
        raise ValueError(f"{op}: x_shape must be a shape (N, C, *n); got {x_shape!r}")
    shape = named(
        op,
        lambda: tuple(
            integer("each entry of x_shape", size, min(axis, 1))
            for axis, size in enumerate(x_shape)
        ),
    )
    found, sides = pooled(op, shape[2:], kernel_size, stride, padding, dilation, ceil_mode)
    matching(op, array, (*shape[:2], *places(found, shape[2:])))
    (array,), dtype = working([array])
    room_around(op, shape[:2], shape[2:], found, array.dtype)
    return shape, Pool(array, found, sides, dtype)


def dense_grad(
    op: str, x: ArrayLike, w: ArrayLike, dy: ArrayLike
) -> tuple[Array, Array, Array, np.dtype[Any]]:
    """The door of dense_grad: x, w, dy and the dtype."""
    arrays = [numeric(op, name, a) for name, a in zip(("x", "w", "dy"), (x, w, dy), strict=True)]
    shapes = said(x=arrays[0].shape, w=arrays[1].shape, dy=arrays[2].shape)
    densely(op, arrays[0], arrays[1], shapes)
    matching(op, arrays[2], (len(arrays[0]), len(arrays[1])))
    to_x = largest(arrays[2]) * heaviest(arrays[1], (0,))
    to_w = largest(arrays[0]) * heaviest(arrays[2], (0,))
    exact(op, arrays, max(to_x, to_w))
    arrays, dtype = working(arrays)
    return arrays[0], arrays[1], arrays[2], dtype


def tiled_grad(
    op: str,
    x: ArrayLike,
    w: ArrayLike,
    dy: ArrayLike,
    stride: object,
    padding: object,
    dilation: object,
) -> tuple[Layer, Array]:
    """The door of locally_connected_grad and tiled_conv_grad: the layer, and dy beside it."""
    arrays, found, m = tiling(op, x, w, stride, padding, dilation)
    arrays.append(numeric(op, "dy", dy))
    matching(op, arrays[2], (len(arrays[0]), arrays[1].shape[len(m)], *m))
    to_x = largest(arrays[2]) * heaviest(arrays[1])
    to_w = largest(arrays[0]) * heaviest(arrays[2])
    exact(op, arrays, max(to_x, to_w))
    arrays, dtype = working(arrays)
    room_around(op, arrays[0].shape[:2], arrays[0].shape[2:], found, arrays[0].dtype)
    return Layer(arrays[0], arrays[1], None, found, dtype), arrays[2]


def elementwise_grad(op: str, x: ArrayLike, dy: ArrayLike) -> tuple[Array, Array, np.dtype[Any]]:
    """The door of relu_grad: input and output gradient of one shape, the dtype."""
    arrays = [numeric(op, "x", x), numeric(op, "dy", dy)]
    matching(op, arrays[1], arrays[0].shape)
    arrays, dtype = working(arrays)
    return arrays[0], arrays[1], dtype


def channel_pool_grad(
    op: str, x: ArrayLike, dy: ArrayLike, size: object
) -> tuple[Array, Array, int, np.dtype[Any]]:
    """The door of channel_max_pool_grad: input, output gradient, channels per group, the dtype."""
    gradient = numeric(op, "dy", dy)
    array, count, dtype = channel_pool(op, x, size)
    matching(op, gradient, (len(array), array.shape[1] // count, *array.shape[2:]))
    arrays, _ = working([array, gradient])
    return arrays[0], arrays[1], count, np.result_type(dtype, floating(gradient).dtype)


def recurrent_grad(
    op: str,
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    w: ArrayLike,
    dy: ArrayLike,
    steps: object,
    activation: object,
) -> tuple[Recurrent, Array]:
    """The door of recurrent_conv_grad: the layer, and dy (steps, N, C_out, *n) beside it."""
    layer = recurrent(op, x, u, v, w, steps, activation)
    gradient = numeric(op, "dy", dy)
    matching(op, gradient, (layer.steps, len(layer.x), len(layer.v), *layer.x.shape[2:]))
    if activation != "tanh":
        given = [np.asarray(a) for a in (x, u, v, w)]
        exact(op, [*given, gradient], backward_bound(given, gradient))
    result = np.result_type(layer.dtype, floating(gradient).dtype)
    arrays, _ = working([layer.x, layer.u, layer.v, layer.w, gradient])
    x, u, v, w, gradient = arrays
    return layer._replace(x=x, u=u, v=v, w=w, dtype=result), gradient


def backward_bound(arrays: list[Array], dy: Array) -> int:
    """What the gradients of a recurrent layer on integers cannot pass, whatever their signs."""
    x, count = largest(arrays[0]), dy[0].size // dy.shape[2]  # places in the whole batch
    u, v, w = (heaviest(kernel, tuple(range(1, kernel.ndim))) for kernel in arrays[1:])
    hidden, output = [], [0]
    for _ in dy:
        hidden.append(x * u + output[-1] * w)
        output.append(hidden[-1] * v)
    u, v, w = (heaviest(kernel, (0, *range(2, kernel.ndim))) for kernel in arrays[1:])
    later, sums = 0, [0, 0, 0, 0]  # of dx, du, dv, dw
    for t in reversed(range(len(dy))):
        outer = largest(dy) + later
        inner = outer * v
        later = inner * w
        parts = inner * u, inner * x * count, outer * hidden[t] * count, inner * output[t] * count
        sums = [total + part for total, part in zip(sums, parts, strict=True)]
    return max(sums)


def labelled(op: str, z: ArrayLike, labels: ArrayLike) -> tuple[Array, Array, np.dtype[Any]]:
    """The door of softmax_cross_entropy: scores (N, classes), labels (N,), the dtype."""
    scores, classes = numeric(op, "z", z), numeric(op, "labels", labels)
    shapes = said(z=scores.shape, labels=classes.shape)
    if scores.ndim != 2:
        raise ValueError(f"{op}: z must have the axes (N, classes); got {shapes}")
    solid(op, "z", scores, shapes, 1)
    if not np.issubdtype(classes.dtype, np.integer) and classes.size:
        raise TypeError(f"{op}: labels must be integers; got dtype {classes.dtype}")
    if classes.shape != scores.shape[:1]:
        raise ValueError(f"{op}: labels must have one entry per row of z; got {shapes}")
    classes = classes.astype(np.int64)
    if classes.size and not (classes.min() >= 0 and classes.max() < scores.shape[1]):
        wrong = next(int(label) for label in classes if not 0 <= label < scores.shape[1])
        raise ValueError(f"{op}: labels must be from 0 to {scores.shape[1] - 1}; got {wrong}")
    (scores,), dtype = working([scores])
    return scores, classes, dtype
