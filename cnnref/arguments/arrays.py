"""Arrays as every operation takes them: numbers, checked, with room for the result."""

import os
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnref.window import boolean

Array: TypeAlias = NDArray[Any]
T = TypeVar("T")

EXACT = 2**53
"""Integers up to here, and no further, are all exact in float64."""

INTEGERS = "biu"
"""The kinds of arrays that hold integers; booleans are 0 and 1."""

REAL, NUMBERS, LONG = "biuf", "biufc", "gG"
"""The kinds of arrays of real numbers, of all numbers; the letters of those longer than double."""

DOUBLE = np.dtype(np.float64)

silently = np.errstate(all="ignore")
"""Decorates every operation: NaN and infinities flow as arithmetic says, without a warning."""


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
    room(op, array.shape, DOUBLE)
    if overflowing(value, array):
        raise ValueError(f"{op}: integers in {name} must be at most 2**53 in size")
    if array.dtype.kind not in (NUMBERS if complexes else REAL) or array.dtype.char in LONG:
        raise TypeError(
            f"{op}: {name} must hold {'' if complexes else 'real '}numbers of at most double "
            f"precision; got dtype {array.dtype}"
        )
    if largest(array) > EXACT:
        raise ValueError(f"{op}: integers in {name} must be at most 2**53 in size")
    return array


def overflowing(value: ArrayLike, array: Array) -> bool:
    """Whether integers were so large that NumPy left the integers: for objects, or for floats."""
    if array.dtype == object:
        entries = array
    elif array.dtype == DOUBLE and array is not value and np.any(np.abs(array) > EXACT):
        entries = np.asarray(value, dtype=object)  # lists, as they were before they became floats
    else:
        return False
    return entries.size > 0 and all(isinstance(entry, int) for entry in entries.flat)


def solid(op: str, name: str, array: Array, shapes: str, first: int = 0) -> None:
    """Refuse empty axes from the first on (a batch may be empty)."""
    if 0 in array.shape[first:]:
        raise ValueError(f"{op}: {name} must not have an empty axis; got {shapes}")


def said(**shapes: tuple[int, ...]) -> str:
    """The shapes as a message ends with them."""
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())


def floating(array: Array) -> Array:
    """Integers and booleans as float64, everything else as it is, in the machine's byte order."""
    dtype = DOUBLE if array.dtype.kind in INTEGERS else array.dtype
    return np.asarray(array, dtype=dtype.newbyteorder("="))


def working(arrays: list[Array]) -> tuple[list[Array], np.dtype[Any]]:
    """The arrays in the precision to compute with, and the dtype of the result."""
    floats = [floating(array) for array in arrays]
    dtype = np.result_type(*floats)
    precise = np.dtype(np.float32) if dtype == np.float16 else dtype
    return [np.asarray(array, dtype=precise) for array in floats], dtype


def largest(array: Array) -> int:
    """The largest absolute value of an integer array, as a Python int; 0 for other arrays."""
    if array.dtype.kind not in INTEGERS or not array.size:
        return 0
    return max(int(array.max()), -int(array.min()))


def heaviest(array: Array, axes: tuple[int, ...] | None = None) -> int:
    """The largest sum of absolute values over the given axes of an integer array; 0 for others.

    Summed in float64, which is exact up to 2**53 and stays above it beyond.
    """
    if array.dtype.kind not in INTEGERS:
        return 0
    return int(np.abs(array.astype(DOUBLE)).sum(axis=axes).max())


def exact(op: str, arrays: list[Array], bound: int) -> None:
    """Refuse a call on integers alone whose result could leave the exact range."""
    if all(array.dtype.kind in INTEGERS for array in arrays) and bound > EXACT:
        raise ValueError(
            f"{op}: results on integers must stay within 2**53; these could reach {bound}"
        )


def room(op: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Refuse, before anything is allocated, an array larger than the machine's memory."""
    size = dtype.itemsize
    for axis in shape:
        size *= max(axis, 1)
    if size > memory():
        raise ValueError(f"{op}: an array of shape {shape} does not fit into this machine's memory")


def memory() -> int:
    """Bytes of physical memory; where the system does not tell, what an address can reach."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2**47
