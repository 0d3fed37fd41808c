"""The one door: arguments of every public operation in, checked arrays and Windows out."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnref.window import Window, boolean, integer, numbered, resolve

Array: TypeAlias = NDArray[Any]
T = TypeVar("T")

EXACT = 2**53
"""Integers up to here, and no further, are all exact in float64."""

MODES = ("full", "valid", "same")

silently = np.errstate(all="ignore")
"""Decorates every operation: NaN and infinities flow as arithmetic says, without a warning."""


class Signals(NamedTuple):
    """Two arrays of equal rank, the part of their full convolution to keep, the result's dtype."""

    x: Array
    w: Array
    keep: tuple[slice, ...]
    dtype: np.dtype[Any]


class Layer(NamedTuple):
    """Input, weights, bias ready to be added (or None), one Window per axis, the result's dtype."""

    x: Array
    w: Array
    b: Array | None
    windows: tuple[Window, ...]
    dtype: np.dtype[Any]


class Pool(NamedTuple):
    """Input, one Window per axis, the padding that counts as input, the result's dtype."""

    x: Array
    windows: tuple[Window, ...]
    sides: tuple[tuple[int, int], ...]
    dtype: np.dtype[Any]


def signals(op: str, x: ArrayLike, w: ArrayLike, mode: object) -> Signals:
    """The door of convolve and correlate: arrays without channels."""
    arrays = [numeric(op, "x", x, complexes=True), numeric(op, "w", w, complexes=True)]
    shapes = said(x=arrays[0].shape, w=arrays[1].shape)
    for name, array in zip("xw", arrays, strict=True):
        solid(op, name, array, 0, shapes)
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
    solid(op, name, array, 0, shapes)
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
    layered(op, arrays[0], shapes)
    solid(op, "w", arrays[1], 0, shapes)
    if arrays[0].ndim != arrays[1].ndim:
        raise ValueError(f"{op}: x and w must have the same number of axes; got {shapes}")
    count = named(op, lambda: integer("groups", groups, 1))
    channels, outputs, per_group = arrays[0].shape[1], arrays[1].shape[0], arrays[1].shape[1]
    if channels != per_group * count:
        raise ValueError(
            f"{op}: w has {per_group} input channels per group but x has {channels} channels "
            f"and groups={count} ({shapes})"
        )
    if outputs % count:
        raise ValueError(
            f"{op}: groups must divide the output channels; got {outputs} and groups={count} "
            f"({shapes})"
        )
    n, k = arrays[0].shape[2:], arrays[1].shape[2:]
    found = named(op, lambda: resolve(n, k, stride, padding, dilation))
    m = tuple(window.places(size) for window, size in zip(found, n, strict=True))
    weight = largest(arrays[0]) * heaviest(arrays[1], tuple(range(1, arrays[1].ndim)))
    if b is not None:
        bias = numeric(op, "b", b)
        if bias.shape not in {(outputs,), (outputs, *m)}:
            raise ValueError(
                f"{op}: b must have shape {(outputs,)} or {(outputs, *m)}; got {bias.shape}"
            )
        arrays.append(bias)
        weight += largest(bias)
    exact(op, arrays, weight)
    arrays, dtype = working(arrays)
    fits(op, arrays[0], found, (arrays[0].shape[0], outputs, *m))
    shaped = None if b is None else spread(arrays[2], len(m))
    return Layer(arrays[0], arrays[1], shaped, found, dtype)


def spread(bias: Array, rank: int) -> Array:
    """A bias of shape (C_out,) or (C_out, *m) as one that adds onto (N, C_out, *m)."""
    return bias if bias.ndim > 1 else bias.reshape(-1, *(1,) * rank)


def pool(
    op: str,
    x: ArrayLike,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> Pool:
    """The door of max_pool and avg_pool."""
    array = numeric(op, "x", x)
    layered(op, array, said(x=array.shape))
    n = array.shape[2:]
    steps = kernel_size if stride is None else stride
    floor = named(op, lambda: resolve(n, kernel_size, steps, padding, dilation))
    found = named(op, lambda: resolve(n, kernel_size, steps, padding, dilation, ceil_mode))
    (array,), dtype = working([array])
    m = tuple(window.places(size) for window, size in zip(found, n, strict=True))
    fits(op, array, found, (*array.shape[:2], *m))
    return Pool(array, found, tuple((w.before, w.after) for w in floor), dtype)


def flag(op: str, name: str, value: object) -> bool:
    """A checked boolean option."""
    return named(op, lambda: boolean(name, value))


def named(op: str, parse: Callable[[], T]) -> T:
    """The parsed arguments, or their error with the operation's name in front."""
    try:
        return parse()
    except (TypeError, ValueError) as error:
        raise type(error)(f"{op}: {error}") from None


def numeric(op: str, name: str, value: ArrayLike, *, complexes: bool = False) -> Array:
    """The value as an array of numbers that cnnref computes with; integers stay integers."""
    if isinstance(value, np.ma.MaskedArray) and value.mask.any():
        raise TypeError(f"{op}: {name} must not be masked; got masked entries")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{op}: {name} must be an array with rows of equal length") from None
    room(op, array.shape, np.dtype(np.float64))
    if overflowing(value, array):
        raise ValueError(f"{op}: integers in {name} must be at most 2**53 in size")
    kinds = "biufc" if complexes else "biuf"
    if array.dtype.kind not in kinds or array.dtype.char in "gG":
        raise TypeError(
            f"{op}: {name} must hold {'' if complexes else 'real '}numbers of at most double "
            f"precision; got dtype {array.dtype}"
        )
    if array.dtype.kind in "iu" and largest(array) > EXACT:
        raise ValueError(f"{op}: integers in {name} must be at most 2**53 in size")
    return array


def overflowing(value: ArrayLike, array: Array) -> bool:
    """Whether integers were so large that NumPy left the integers: for objects, or for floats."""
    if array.dtype == object:
        entries = array
    elif (
        array.dtype == np.float64 and not hasattr(value, "dtype") and np.any(np.abs(array) > EXACT)
    ):
        entries = np.asarray(value, dtype=object)
    else:
        return False
    return entries.size > 0 and all(isinstance(entry, int) for entry in entries.flat)


def layered(op: str, x: Array, shapes: str) -> None:
    """Refuse an x that is not (N, C, *n) with something in it."""
    if x.ndim < 3:
        raise ValueError(
            f"{op}: x must have the axes (N, C, *n) with at least 1 spatial axis; got {shapes}"
        )
    solid(op, "x", x, 1, shapes)


def solid(op: str, name: str, array: Array, first: int, shapes: str) -> None:
    """Refuse empty axes from the first on (a batch may be empty)."""
    if 0 in array.shape[first:]:
        raise ValueError(f"{op}: {name} must not have an empty axis; got {shapes}")


def said(**shapes: tuple[int, ...]) -> str:
    """The shapes as a message ends with them."""
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())


def floating(array: Array) -> Array:
    """Integers and booleans as float64, everything else as it is, in the machine's byte order."""
    dtype = np.dtype(np.float64) if array.dtype.kind in "biu" else array.dtype
    return np.asarray(array, dtype=dtype.newbyteorder("="))


def working(arrays: list[Array]) -> tuple[list[Array], np.dtype[Any]]:
    """The arrays in the precision to compute with, and the dtype of the result."""
    floats = [floating(array) for array in arrays]
    dtype = np.result_type(*floats)
    precise = np.dtype(np.float32) if dtype == np.float16 else dtype
    return [array.astype(precise, copy=False) for array in floats], dtype


def largest(array: Array) -> int:
    """The largest absolute value of an integer array, as a Python int; 0 for other arrays."""
    if array.dtype.kind not in "biu" or not array.size:
        return 0
    return max(int(array.max()), -int(array.min()))


def heaviest(array: Array, axes: tuple[int, ...] | None = None) -> int:
    """The largest sum of absolute values over the given axes of an integer array; 0 for others.

    Summed in float64, which is exact up to 2**53 and stays above it beyond.
    """
    if array.dtype.kind not in "biu":
        return 0
    return int(np.abs(array.astype(np.float64)).sum(axis=axes).max())


def exact(op: str, arrays: list[Array], bound: int) -> None:
    """Refuse a call on integers alone whose result could leave the exact range."""
    if all(array.dtype.kind in "biu" for array in arrays) and bound > EXACT:
        raise ValueError(
            f"{op}: results on integers must stay within 2**53; these could reach {bound}"
        )


def fits(op: str, x: Array, found: tuple[Window, ...], result: tuple[int, ...]) -> None:
    """Refuse a padded input or a result that no memory holds."""
    room(
        op,
        (*x.shape[:2], *(n + w.before + w.after for n, w in zip(x.shape[2:], found, strict=True))),
        x.dtype,
    )
    room(op, result, x.dtype)


def room(op: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Refuse, before anything is allocated, an array larger than the machine's memory."""
    size = dtype.itemsize
    for axis in shape:
        size *= axis
    if size > memory():
        raise ValueError(f"{op}: an array of shape {shape} does not fit into this machine's memory")


def memory() -> int:
    """Bytes of physical memory; where the system does not tell, what an address can reach."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2**47


def nonzero(op: str, counts: Array) -> Array:
    """The counts, none of which may be zero."""
    if not counts.all():
        raise ValueError(f"{op}: every window must reach a place to average; got one that does not")
    return counts


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
