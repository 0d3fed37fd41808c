"""Layers with weights of their own for each place, or for each phase of a tile, and gradients.

Images come last, so that what a tap reads, or adds to, lies in runs of as many entries.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import CACHE, blocks, boxes, volume
from cnnref.window import Window

NEAR = 1 << 20
"""Bytes that the columns of a phase have for as many images as are taken together."""

FEW = 8
"""Fewer images are taken one by one: runs of so few entries take longer than those of one image."""

SMALL = 1 << 15
"""Bytes of the columns of an image up to which calls take longer than runs: never one by one."""


def placed(x: Array, w: Array, windows: Sequence[Window]) -> Array:
    """Input (N, C_in, *n) and weights (*m, C_out, C_in, *k): (N, C_out, *m).

    At each place (C_out, C_in prod k) @ (C_in prod k, N), for as many places at a time as the
    cache holds the columns of.
    """
    rank = len(windows)
    m, outputs, taps = w.shape[:rank], w.shape[rank], volume(w.shape[rank + 1 :])
    view = by_place(seen(innermost(x, windows), windows, m))
    room = np.empty((outputs, *m, len(x)), x.dtype)
    products = np.moveaxis(room, 0, -2)  # (*m, C_out, N)
    for box in boxes(m, taps * len(x) * x.itemsize, CACHE):
        part: Any = products[box]
        places = part.shape[:-2]
        columns = view[box].reshape(*places, taps, len(x))
        np.matmul(w[box].reshape(*places, outputs, taps), columns, out=part)
    return np.ascontiguousarray(np.moveaxis(room, -1, 0))


def placed_grads(x: Array, w: Array, dy: Array, windows: Sequence[Window]) -> tuple[Array, Array]:
    """The gradients of `placed`: at each place dy @ columns.T, and w.T @ dy, added up per tap."""
    m, taps = dy.shape[2:], volume(w.shape[len(windows) + 1 :])
    lines = innermost(x, windows)
    dlines, dw = np.zeros_like(lines), np.empty(w.shape, w.dtype)
    view = by_place(seen(lines, windows, m))
    dview = by_place(seen(dlines, windows, m, writeable=True))
    given = np.moveaxis(innermost(dy), 0, -2)  # (*m, C_out, N)
    multiply: Any = np.multiply if len(x) == 1 else np.matmul
    for box in boxes(m, taps * len(x) * x.itemsize, CACHE):
        part = given[box]
        shape = (*part.shape[:-1], taps)
        columns = view[box].reshape(*part.shape[:-2], taps, len(x))
        multiply(part, columns.swapaxes(-1, -2), out=dw[box].reshape(shape))
        turned = w[box].reshape(shape).swapaxes(-1, -2)
        added(
            dview[box], (turned @ part).reshape(view[box].shape), len(m) + 1, w.shape[len(m) + 2 :]
        )
    return outermost(dlines, x.shape[2:], windows), dw


def tiled(x: Array, w: Array, windows: Sequence[Window]) -> Array:
    """Input (N, C_in, *n) and weights (*t, C_out, C_in, *k): (N, C_out, *m), phase by phase."""
    m = tuple(one.places(n) for one, n in zip(windows, x.shape[2:], strict=True))
    if whole := own(w, m):
        return placed(x, w[whole], windows)
    y = np.empty((len(x), w.shape[len(m)], *m), x.dtype)
    for images in together(x, w, m):
        lines = innermost(x[images], windows)
        into = np.moveaxis(y[images], 0, -1)
        room = into if into.shape[-1] == 1 else np.empty(into.shape, x.dtype)
        for phase, places, view in phases(lines, w, windows, m):
            kernels, part = w[phase].reshape(len(room), -1), room[(slice(None), *places)]
            for box in boxed(view):
                columns = view[box].reshape(kernels.shape[1], -1)
                target = part[box]
                target[...] = (kernels @ columns).reshape(target.shape)
        if room is not into:
            into[...] = room
    return y


def tiled_grads(x: Array, w: Array, dy: Array, windows: Sequence[Window]) -> tuple[Array, Array]:
    """The gradients of `tiled`: for each phase those of a layer with its stride."""
    m, k = dy.shape[2:], w.shape[-len(windows) :]
    dx, dw = np.empty(x.shape, x.dtype), np.zeros(w.shape, w.dtype)
    if whole := own(w, m):
        dx, dw[whole] = placed_grads(x, w[whole], dy, windows)
        return dx, dw
    for images in together(x, w, m):
        lines = innermost(x[images], windows)
        dlines, given = np.zeros_like(lines), np.moveaxis(dy[images], 0, -1)
        each = zip(phases(lines, w, windows, m), phases(dlines, w, windows, m), strict=True)
        for (phase, places, view), (_, _, dview) in each:
            kernels = w[phase].reshape(dy.shape[1], -1)
            for box in boxed(view):
                columns = view[box]
                part = given[(slice(None), *places)][box].reshape(len(kernels), -1)
                flat = columns.reshape(kernels.shape[1], -1)
                dw[phase] += (part @ flat.T).reshape(w[phase].shape)
                added(dview[box], (kernels.T @ part).reshape(columns.shape), 1, k)
        dx[images] = outermost(dlines, x.shape[2:], windows)
    return dx, dw


def own(w: Array, m: Sequence[int]) -> tuple[slice, ...]:
    """Where the tile is at least as large as the output, the weights that are in use."""
    each = list(zip(w.shape, m, strict=False))
    return tuple(slice(size) for _, size in each) if all(t >= size for t, size in each) else ()


def together(x: Array, w: Array, m: Sequence[int]) -> Iterator[slice]:
    """The images, as many at a time as have their columns near."""
    phase = volume(-(-size // t) for size, t in zip(m, w.shape, strict=False))
    size = volume(w.shape[len(m) + 1 :]) * phase * x.itemsize
    alone = size > SMALL and min(NEAR // size, len(x)) < FEW
    return blocks(len(x), size, 1 if alone else NEAR)


def phases(
    lines: Array, w: Array, windows: Sequence[Window], m: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], list[Any], Array]]:
    """Each phase of a tile, its places, and what they read, a view (C, *k, *places, N)."""
    tile = w.shape[: len(m)]
    strided = [
        Window(o.kernel, o.stride * t, o.dilation) for o, t in zip(windows, tile, strict=True)
    ]
    for phase in np.ndindex(*map(min, tile, m)):
        first = [slice(p * o.stride, None) for p, o in zip(phase, windows, strict=True)]
        count = [len(range(p, size, t)) for p, size, t in zip(phase, m, tile, strict=True)]
        view = seen(lines[(slice(None), *first)], strided, count, writeable=True)
        yield phase, every(phase, tile), view


def every(phase: Sequence[int], tile: Sequence[int]) -> list[Any]:
    """The places of one phase of a tile, on each axis."""
    return [slice(first, None, t) for first, t in zip(phase, tile, strict=False)]


def boxed(view: Array) -> Iterator[tuple[Any, ...]]:
    """Some of the places at a time of (C, *k, *places, N), as many as the cache holds."""
    rank = (view.ndim - 2) // 2
    *places, images = view.shape[1 + rank :]
    size = volume(view.shape[: 1 + rank]) * images * view.itemsize
    for box in boxes(tuple(places), size, CACHE):
        yield (..., *box, slice(None))


def added(into: Array, columns: Array, first: int, k: Sequence[int]) -> None:
    """Columns, with taps of sizes k from the given axis on, added up where they were read."""
    for tap in np.ndindex(*k):
        at = (*(slice(None),) * first, *tap)
        into[at] += columns[at]


def innermost(x: Array, windows: Sequence[Window] = ()) -> Array:
    """The input (N, C, *n) with its padding, images last: (C, *n, N)."""
    if not any(o.before or o.after for o in windows):
        return np.ascontiguousarray(np.moveaxis(x, 0, -1))
    each = zip(x.shape[2:], windows, strict=True)
    lines = np.zeros((x.shape[1], *(o.before + n + o.after for n, o in each), len(x)), x.dtype)
    lines[real(x.shape[2:], windows)] = np.moveaxis(x, 0, -1)
    return lines


def outermost(lines: Array, n: Sequence[int], windows: Sequence[Window]) -> Array:
    """The input (N, C, *n) of what `innermost` has made of it."""
    return np.ascontiguousarray(np.moveaxis(lines[real(n, windows)], -1, 0))


def real(n: Sequence[int], windows: Sequence[Window]) -> tuple[slice, ...]:
    """All channels, and the places that are no padding."""
    each = zip(n, windows, strict=True)
    return (slice(None), *(slice(o.before, o.before + size) for size, o in each))


def seen(
    lines: Array, windows: Sequence[Window], m: Sequence[int], *, writeable: bool = False
) -> Array:
    """What each place reads of a padded input (C, *n, N), as a view (C, *k, *m, N)."""
    channel, *along, image = lines.strides
    each = list(zip(along, windows, strict=True))
    shape = (len(lines), *(window.kernel for window in windows), *m, lines.shape[-1])
    taps, places = [a * o.dilation for a, o in each], [a * o.stride for a, o in each]
    strides = (channel, *taps, *places, image)
    view: Array = as_strided(lines, shape, strides, writeable=writeable)
    return view


def by_place(view: Array) -> Array:
    """The view (C, *k, *m, N) as (*m, C, *k, N)."""
    rank = (view.ndim - 2) // 2
    return view.transpose(*range(1 + rank, 1 + 2 * rank), *range(1 + rank), 1 + 2 * rank)
