"""The door of the layers on (N, C, *n)."""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnref.arguments.arrays import (
    EXACT,
    INTEGERS,
    Array,
    exact,
    heaviest,
    largest,
    named,
    numeric,
    room,
    said,
    solid,
    working,
)
from cnnref.window import Window, integer, per_axis, resolve


class Layer(NamedTuple):
    """Input, weights, bias ready to be added (or None), one Window per axis, the result's dtype."""

    x: Array
    w: Array
    b: Array | None
    windows: tuple[Window, ...]
    dtype: np.dtype[Any]


class Recurrent(NamedTuple):
    """Input, the three kernels, the steps, the result's dtype."""

    x: Array
    u: Array
    v: Array
    w: Array
    steps: int
    dtype: np.dtype[Any]


ACTIVATIONS = ("tanh", "relu", "identity")


def conv(
    op: str,
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None,
    stride: object,
    padding: object,
    dilation: object,
    groups: object,
) -> Layer:
    """The door of conv."""
    arrays = [numeric(op, "x", x), numeric(op, "w", w)]
    shapes = said(x=arrays[0].shape, w=arrays[1].shape)
    layered(op, "x", arrays[0], shapes)
    grouped(op, "x", arrays[0], arrays[1], groups, shapes)
    n, outputs = arrays[0].shape[2:], arrays[1].shape[0]
    found = named(op, lambda: resolve(n, arrays[1].shape[2:], stride, padding, dilation))
    m = places(found, n)
    weight = largest(arrays[0]) * heaviest(arrays[1], tuple(range(1, arrays[1].ndim)))
    if b is not None:
        arrays.append(biased(op, b, {(outputs,), (outputs, *m)}))
        weight += largest(arrays[2])
    exact(op, arrays, weight)
    arrays, dtype = working(arrays)
    fits(op, arrays[0], found, (arrays[0].shape[0], outputs, *m))
    shaped = spread(arrays[2], len(m)) if b is not None else None
    return Layer(arrays[0], arrays[1], shaped, found, dtype)


def integral(*arrays: ArrayLike) -> bool:
    """Whether all of these hold integers, so that the result must be exact."""
    return all(np.asarray(array).dtype.kind in INTEGERS for array in arrays)


def algorithm(op: str, name: object, refusals: Mapping[str, Callable[[], str]]) -> str:
    """A known algorithm for which the call is one, or "auto"."""
    if not isinstance(name, str):
        raise TypeError(f"{op}: algorithm must be a name; got {name!r}")
    if name == "auto":
        return name
    if name not in refusals:
        known = ", ".join(("auto", *refusals))
        raise ValueError(f"{op}: algorithm must be one of {known}; got {name!r}")
    if why := refusals[name]():
        raise ValueError(f"{op}: algorithm {name!r} {why}")
    return name


def layered(op: str, name: str, x: Array, shapes: str) -> None:
    """Refuse an array that is not (N, C, *n) with something in it."""
    if x.ndim < 3:
        raise ValueError(
            f"{op}: {name} must have the axes (N, C, *n) with at least 1 spatial axis; got {shapes}"
        )
    solid(op, name, x, shapes, 1)


def grouped(op: str, name: str, x: Array, w: Array, groups: object, shapes: str) -> int:
    """Refuse weights (C_out, C_in/groups, *k) that do not fit the channels of x; the groups."""
    solid(op, "w", w, shapes)
    if x.ndim != w.ndim:
        raise ValueError(f"{op}: {name} and w must have the same number of axes; got {shapes}")
    count = named(op, lambda: integer("groups", groups, 1))
    if w.shape[0] % count:
        raise ValueError(
            f"{op}: groups must divide the output channels; got {w.shape[0]} and groups={count} "
            f"({shapes})"
        )
    if name == "x" and x.shape[1] != w.shape[1] * count:
        raise ValueError(
            f"{op}: w has {w.shape[1]} input channels per group but x has {x.shape[1]} channels "
            f"and groups={count} ({shapes})"
        )
    return count


def biased(op: str, b: ArrayLike, shapes: set[tuple[int, ...]]) -> Array:
    """A bias of one of these shapes."""
    bias = numeric(op, "b", b)
    if bias.shape not in shapes:
        legal = " or ".join(str(shape) for shape in sorted(shapes))
        raise ValueError(f"{op}: b must have shape {legal}; got {bias.shape}")
    return bias


def spread(bias: Array, rank: int) -> Array:
    """A bias of shape (C_out,) or (C_out, *m) as one that adds onto (N, C_out, *m)."""
    return bias if bias.ndim > 1 else bias.reshape(-1, *(1,) * rank)


def places(found: tuple[Window, ...], n: tuple[int, ...]) -> tuple[int, ...]:
    """Output places per axis."""
    return tuple(window.places(size) for window, size in zip(found, n, strict=True))


def fits(op: str, x: Array, found: tuple[Window, ...], result: tuple[int, ...]) -> None:
    """Refuse a padded input or a result that no memory holds."""
    room_around(op, x.shape[:2], x.shape[2:], found, x.dtype)
    room(op, result, x.dtype)


def room_around(
    op: str,
    lead: tuple[int, ...],
    n: tuple[int, ...],
    found: tuple[Window, ...],
    dtype: np.dtype[Any],
) -> None:
    """Refuse an input (*lead, *n) that no memory holds with its padding around it."""
    around = (size + w.before + w.after for size, w in zip(n, found, strict=True))
    room(op, (*lead, *around), dtype)


def dense(
    op: str, x: ArrayLike, w: ArrayLike, b: ArrayLike | None
) -> tuple[Array, Array, Array | None, np.dtype[Any]]:
    """The door of dense: x, w, b and the result's dtype."""
    arrays = [numeric(op, "x", x), numeric(op, "w", w)]
    densely(op, arrays[0], arrays[1], said(x=arrays[0].shape, w=arrays[1].shape))
    weight = largest(arrays[0]) * heaviest(arrays[1], tuple(range(1, arrays[1].ndim)))
    if b is not None:
        arrays.append(biased(op, b, {(len(arrays[1]),)}))
        weight += largest(arrays[2])
    exact(op, arrays, weight)
    arrays, dtype = working(arrays)
    room(op, (len(arrays[0]), len(arrays[1])), arrays[0].dtype)
    return arrays[0], arrays[1], arrays[2] if b is not None else None, dtype


def densely(op: str, x: Array, w: Array, shapes: str) -> None:
    """Refuse weights (C_out, C_in, *n) that do not meet every entry of an input (N, C_in, *n)."""
    if x.ndim < 2:
        raise ValueError(f"{op}: x must have the axes (N, C, *n); got {shapes}")
    solid(op, "x", x, shapes, 1)
    if w.shape[1:] != x.shape[1:]:
        raise ValueError(f"{op}: w must have the axes (C_out, C_in, *n) of x; got {shapes}")
    solid(op, "w", w, shapes)


def tiled(
    op: str,
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None,
    stride: object,
    padding: object,
    dilation: object,
) -> Layer:
    """The door of locally_connected and tiled_conv; a bias comes back as (C_out, *m)."""
    arrays, found, m = tiling(op, x, w, stride, padding, dilation)
    rank = len(m)
    *tile, outputs = arrays[1].shape[: rank + 1]
    weight = largest(arrays[0]) * heaviest(arrays[1], tuple(range(rank + 1, arrays[1].ndim)))
    if b is not None:
        arrays.append(biased(op, b, {(outputs,), (outputs, *m), (outputs, *tile)}))
        weight += largest(arrays[2])
    exact(op, arrays, weight)
    arrays, dtype = working(arrays)
    fits(op, arrays[0], found, (arrays[0].shape[0], outputs, *m))
    shaped = None if b is None else repeated(arrays[2], m)
    return Layer(arrays[0], arrays[1], shaped, found, dtype)


def tiling(
    op: str, x: ArrayLike, w: ArrayLike, stride: object, padding: object, dilation: object
) -> tuple[list[Array], tuple[Window, ...], tuple[int, ...]]:
    """Input and weights (*t, C_out, C_in, *k) that fit together, the Windows, the places."""
    arrays = [numeric(op, "x", x), numeric(op, "w", w)]
    shapes = said(x=arrays[0].shape, w=arrays[1].shape)
    layered(op, "x", arrays[0], shapes)
    rank = arrays[0].ndim - 2
    lead = "m" if op.startswith("locally_connected") else "t"
    if arrays[1].ndim != 2 * rank + 2:
        raise ValueError(f"{op}: w must have the axes (*{lead}, C_out, C_in, *k); got {shapes}")
    solid(op, "w", arrays[1], shapes)
    inputs = arrays[1].shape[rank + 1]
    if arrays[0].shape[1] != inputs:
        raise ValueError(
            f"{op}: w has {inputs} input channels but x has {arrays[0].shape[1]} ({shapes})"
        )
    n, k = arrays[0].shape[2:], arrays[1].shape[rank + 2 :]
    found = named(op, lambda: resolve(n, k, stride, padding, dilation))
    m = places(found, n)
    if lead == "m" and arrays[1].shape[:rank] != m:
        raise ValueError(f"{op}: w must have weights for each of the places {m}; got {shapes}")
    return arrays, found, m


def repeated(bias: Array, m: tuple[int, ...]) -> Array:
    """A bias (C_out,), (C_out, *t) or (C_out, *m) at every place, (C_out, *m): place j mod t."""
    bias = spread(bias, len(m))
    for axis, size in enumerate(m, start=1):
        bias = bias.take(np.arange(size) % bias.shape[axis], axis)
    return bias


def recurrent(
    op: str,
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    w: ArrayLike,
    steps: object,
    activation: object,
) -> Recurrent:
    """The door of recurrent_conv."""
    arrays = [numeric(op, name, a) for name, a in zip("xuvw", (x, u, v, w), strict=True)]
    shapes = said(**{name: a.shape for name, a in zip("xuvw", arrays, strict=True)})
    layered(op, "x", arrays[0], shapes)
    for name, kernel in zip("uvw", arrays[1:], strict=True):
        solid(op, name, kernel, shapes)
    if len({array.ndim for array in arrays}) > 1:
        raise ValueError(f"{op}: x, u, v and w must have the same number of axes; got {shapes}")
    inputs, (hidden, reads), (outputs, sees), back = (
        arrays[0].shape[1],
        arrays[1].shape[:2],
        arrays[2].shape[:2],
        arrays[3].shape[:2],
    )
    if (reads, sees, back) != (inputs, hidden, (hidden, outputs)):
        raise ValueError(
            f"{op}: the channels must be u (C_h, C_in), v (C_out, C_h), w (C_h, C_out); "
            f"got {shapes}"
        )
    count = named(op, lambda: integer("steps", steps, 1))
    if not isinstance(activation, str):
        raise TypeError(f"{op}: activation must be a word; got {activation!r}")
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"{op}: activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}"
        )
    if activation != "tanh":
        exact(op, arrays, unrolled_bound(arrays, count))
    arrays, dtype = working(arrays)
    x = arrays[0]
    room(op, (count, len(x), outputs, *x.shape[2:]), x.dtype)
    return Recurrent(arrays[0], arrays[1], arrays[2], arrays[3], count, dtype)


def unrolled_bound(arrays: list[Array], steps: int) -> int:
    """What the entries of a recurrent layer on integers cannot pass, whatever their signs."""
    x, sums = largest(arrays[0]), [heaviest(a, tuple(range(1, a.ndim))) for a in arrays[1:]]
    hidden = output = 0  # neither ever shrinks
    for _ in range(steps):
        hidden = x * sums[0] + output * sums[2]
        output = hidden * sums[1]
        if max(hidden, output) > EXACT:
            break
    return max(hidden, output)


def patches(
    op: str,
    x: ArrayLike,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
) -> tuple[Array, tuple[Window, ...], np.dtype[Any]]:
    """The door of im2col."""
    array = numeric(op, "x", x)
    layered(op, "x", array, said(x=array.shape))
    n = array.shape[2:]
    found = named(op, lambda: resolve(n, kernel_size, stride, padding, dilation))
    (array,), dtype = working([array])
    m = places(found, n)
    taps = math.prod(window.kernel for window in found)
    fits(op, array, found, (array.shape[0], array.shape[1] * taps, *m))
    return array, found, dtype


def columns(
    op: str,
    cols: ArrayLike,
    kernel_size: object,
    output_size: object,
    stride: object,
    padding: object,
    dilation: object,
) -> tuple[Array, tuple[int, ...], tuple[Window, ...], np.dtype[Any]]:
    """The door of col2im: columns as (N, C, *k, *m), the output size, its Windows, the dtype."""
    array = numeric(op, "cols", cols)
    shapes = said(cols=array.shape)
    if array.ndim != 3:
        raise ValueError(f"{op}: cols must have the axes (N, C*prod(k), prod(m)); got {shapes}")
    solid(op, "cols", array, shapes, 1)
    n = named(op, lambda: spatial("output_size", output_size))
    found = named(op, lambda: resolve(n, kernel_size, stride, padding, dilation))
    k, m = tuple(window.kernel for window in found), places(found, n)
    taps, count = math.prod(k), math.prod(m)
    if array.shape[1] % taps or array.shape[2] != count:
        raise ValueError(
            f"{op}: cols must have a multiple of {taps} rows and {count} columns; got {shapes}"
        )
    exact(op, [array], largest(array) * taps)
    (array,), dtype = working([array])
    lead = (array.shape[0], array.shape[1] // taps)
    room_around(op, lead, n, found, array.dtype)
    return array.reshape(*lead, *k, *m), n, found, dtype


def spatial(name: str, value: object) -> tuple[int, ...]:
    """A spatial shape: one integer for one axis, or one integer per axis."""
    if isinstance(value, tuple | list):
        if not value:
            raise ValueError(f"{name} must have one entry per spatial axis; got {value!r}")
        return per_axis(name, value, len(value), 1)
    return (integer(name, value, 1),)
