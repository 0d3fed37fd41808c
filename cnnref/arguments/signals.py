"""The door of operations on arrays without channels, and on single tensors."""

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
from cnnref.window import integer, numbered

MODES = ("full", "valid", "same")


class Signals(NamedTuple):
    """Two arrays of equal rank, the part of their full convolution to keep, the result's dtype."""

    x: Array
    w: Array
    keep: tuple[slice, ...]
    dtype: np.dtype[Any]


def signals(op: str, x: ArrayLike, w: ArrayLike, mode: object) -> Signals:
    """The door of convolve and correlate: arrays without channels."""
    arrays = [numeric(op, "x", x, complexes=True), numeric(op, "w", w, complexes=True)]
    shapes = said(x=arrays[0].shape, w=arrays[1].shape)
    for name, array in zip("xw", arrays, strict=True):
        solid(op, name, array, shapes)
    if arrays[0].ndim != arrays[1].ndim or arrays[0].ndim == 0:
        raise ValueError(
            f"{op}: x and w must have the same number of axes, at least 1; got {shapes}"
        )
    if not isinstance(mode, str):
        raise TypeError(f"{op}: mode must be a word; got {mode!r}")
    if mode not in MODES:
        raise ValueError(f"{op}: mode must be one of {', '.join(MODES)}; got {mode!r}")
    n, k = arrays[0].shape, arrays[1].shape
    if mode == "valid" and any(size < taps for size, taps in zip(n, k, strict=True)):
        raise ValueError(f"{op}: w must not be larger than x in mode 'valid'; got {shapes}")
    weight = largest(arrays[0]) * heaviest(arrays[1])
    exact(op, arrays, weight)
    arrays, dtype = working(arrays)
    full = tuple(size + taps - 1 for size, taps in zip(n, k, strict=True))
    room(op, full, arrays[0].dtype)
    return Signals(arrays[0], arrays[1], kept(mode, n, k), dtype)


def kept(mode: str, n: tuple[int, ...], k: tuple[int, ...]) -> tuple[slice, ...]:
    """Which part of the full result a mode keeps, per axis."""
    if mode == "full":
        return tuple(slice(0, size + taps - 1) for size, taps in zip(n, k, strict=True))
    if mode == "valid":
        return tuple(slice(taps - 1, size) for size, taps in zip(n, k, strict=True))
    starts = [(taps - 1) // 2 for taps in k]
    return tuple(slice(start, start + size) for start, size in zip(starts, n, strict=True))


def signal(op: str, name: str, x: ArrayLike) -> tuple[Array, np.dtype[Any]]:
    """The door of flip: one array without channels."""
    array = numeric(op, name, x, complexes=True)
    shapes = said(**{name: array.shape})
    solid(op, name, array, shapes)
    if array.ndim == 0:
        raise ValueError(f"{op}: {name} must have at least 1 axis; got {shapes}")
    array = floating(array)
    return array, array.dtype


def padded(
    op: str, x: ArrayLike, padding: object, value: ArrayLike
) -> tuple[Array, list[tuple[int, int]], Array, np.dtype[Any]]:
    """The door of pad: the array, (before, after) of each axis, the value, the result's dtype."""
    array, _ = signal(op, "x", x)
    fill = numeric(op, "value", value, complexes=True)
    if fill.ndim != 0:
        raise ValueError(f"{op}: value must be one number; got shape {fill.shape}")
    if isinstance(padding, str):
        raise TypeError(f"{op}: padding must be given in numbers; got {padding!r}")
    sides = named(op, lambda: numbered(padding, array.ndim))
    dtype = np.result_type(array.dtype, fill.item())
    shape = tuple(n + b + a for n, (b, a) in zip(array.shape, sides, strict=True))
    room(op, shape, dtype)
    return array, sides, fill, dtype


def elementwise(op: str, x: ArrayLike) -> tuple[Array, np.dtype[Any]]:
    """The door of operations that treat every entry alike: any shape."""
    array = floating(numeric(op, "x", x))
    return array, array.dtype


def indices(op: str, shape: tuple[int, ...], found: tuple[object, ...]) -> tuple[int, ...]:
    """Indices that count from 1, one per axis, as indices that count from 0."""
    if len(found) != len(shape):
        raise ValueError(
            f"{op}: there must be one index per axis; got {len(found)} for shape {shape}"
        )
    numbers = named(op, lambda: tuple(integer("an index", i, 1) for i in found))
    for axis, (number, size) in enumerate(zip(numbers, shape, strict=True)):
        if number > size:
            raise ValueError(
                f"{op}: index {axis + 1} runs from 1 to {size}; got {number} (shape {shape})"
            )
    return tuple(number - 1 for number in numbers)


def letters(op: str, shape: tuple[int, ...], have: str, want: str) -> list[int]:
    """For each letter wanted, the axis that has it."""
    for name, word in (("have", have), ("want", want)):
        if not isinstance(word, str):
            raise TypeError(f"{op}: {name} must be a word; got {word!r}")
    if len(set(have)) != len(have) or len(have) != len(shape):
        raise ValueError(f"{op}: have must name each axis once; got {have!r} for shape {shape}")
    if sorted(have) != sorted(want):
        raise ValueError(f"{op}: want must have the letters of have; got {have!r} and {want!r}")
    return [have.index(letter) for letter in want]
