"""Laws of what operations do with arrays, whichever operation it is."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref.laws.cases import Use, altered, arrays_of, fresh
from cnnref.laws.engine import law
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides
from cnnref.laws.strategies import typed, unruly, uses

FLOATS = ("float64", "float32", "float16")
INTEGERS = ("int64", "int8", "uint8", "bool")


@law("tensors.inputs-stay", cases=uses())
def inputs_stay(cnn: Any, case: Use) -> Sides:
    """No operation writes into its input."""
    before = arrays_of(fresh(case))
    case.on(cnn)
    return together(arrays_of(case)), together(before)


def together(arrays: list[Array]) -> Array:
    """All entries of the arrays in one row."""
    return np.concatenate([array.ravel() for array in arrays])


@law("tensors.results-are-new", cases=uses())
def results_are_new(cnn: Any, case: Use) -> Sides:
    """A result shares no memory with the input, and can be written."""
    results = [part for part in case.on(cnn) if isinstance(part, np.ndarray)]
    shared = [np.shares_memory(a, b) for a in results for b in arrays_of(case)]
    writeable = all(result.flags.writeable for result in results)
    return np.array([any(shared), writeable]), np.array([False, True])


@law("tensors.results-keep-precision", cases=typed(*FLOATS, *INTEGERS))
def results_keep_precision(cnn: Any, case: Use) -> Sides:
    """Integers become float64; then a result has the dtype that NumPy gives its inputs together."""
    arrays = arrays_of(case, counting=False)
    expected = np.result_type(*(np.float64 if a.dtype.kind in "biu" else a.dtype for a in arrays))
    came = [part.dtype.name for part in case.on(cnn) if isinstance(part, np.ndarray)]
    return np.array(came), np.array([expected.name] * len(came))


@law("tensors.integers-never-wrap", cases=typed("uint8", more=200))
def integers_never_wrap(cnn: Any, case: Use) -> Sides:
    """Bytes do not wrap around: the result is that for the same numbers in float64."""
    floats = altered(case, lambda array: array.astype(float), counting=False)
    return told(case.on(cnn)), told(floats.on(cnn))


def told(results: tuple[Any, ...]) -> Array:
    """The shapes and entries of results in one row."""
    return together([np.append(np.shape(part), part) for part in results])


@law("tensors.layout-does-not-matter", cases=uses())
def layout_does_not_matter(cnn: Any, case: Use) -> Sides:
    """Fortran order, gaps, negative strides, read-only memory and byte order change no result."""
    laid = (np.asfortranarray, spaced, backwards, locked, swapped)
    results = [told(altered(case, layout).on(cnn)) for layout in laid]
    return np.array(results), np.array([told(case.on(cnn))] * len(laid))


def spaced(array: Array) -> Array:
    """The array as every second entry of a larger one."""
    wide = np.full([2 * n for n in array.shape], 7, array.dtype)
    every_second = (slice(None, None, 2),) * array.ndim
    wide[every_second] = array
    return wide[every_second]


def backwards(array: Array) -> Array:
    """The array as one stored in reverse, and read from its end."""
    return np.flip(np.flip(array).copy())


def locked(array: Array) -> Array:
    """A copy that cannot be written."""
    array = array.copy()
    array.flags.writeable = False
    return array


def swapped(array: Array) -> Array:
    """The array in the other byte order."""
    return array.astype(array.dtype.newbyteorder())


@law("tensors.empty-batch-is-legal", cases=uses("convolve", "correlate", "flip", "pad", "relu"))
def empty_batch_is_legal(cnn: Any, case: Use) -> Sides:
    """A batch of no items gives no items, each as large as any other."""
    empty = replace(case, case=replace(case.case, x=case.case.x[:0]))
    return told(empty.on(cnn)), told(tuple(part[:0] for part in case.on(cnn)))


@law("tensors.nan-flows-silently", cases=unruly())
def nan_flows_silently(cnn: Any, case: Use) -> Sides:
    """NaN and infinities flow through every operation, and NumPy has nothing to warn about."""
    with np.errstate(all="raise"):
        result = told(case.on(cnn))
    return result, told(case.on(cnn))
