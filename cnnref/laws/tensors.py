"""Laws of what operations do with arrays, whichever operation it is."""

from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import Backward, RecurrentCase, Use, altered, arrays_of, fresh
from cnnref.laws.engine import law
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, refusal
from cnnref.laws.strategies import MULTIPLYING, typed, unruly, uses

FLOATS = ("float64", "float32", "float16")
INTEGERS = ("int64", "int8", "uint8", "bool")

WITHOUT_BATCH = ("convolve", "correlate", "flip", "pad", "relu", "relu_grad")
ONLY_SUMS = ("conv_weight_grad", "bias_grad")
SUMMED = {
    **dict.fromkeys(ONLY_SUMS, (True,)),
    **dict.fromkeys(("dense_grad", "locally_connected_grad", "tiled_conv_grad"), (False, True)),
    "recurrent_conv_grad": (False, True, True, True),
    "softmax_cross_entropy": (True, False),
}
"""For each operation that sums over the batch, which parts of its result are such sums."""

BATCHED = ("x", "y", "z", "dy", "cols", "indices", "labels")
"""The fields of cases whose first axis is the batch."""


@law("tensors.shapes-are-as-defined", cases=uses())
def shapes_are_as_defined(cnn: Any, case: Use) -> Sides:
    """A result has as many parts, and each as many entries along every axis, as its definition."""
    return outline(case.on(cnn)), outline(case.on(literal))


def outline(results: tuple[Any, ...]) -> Array:
    """The shapes of results in one row, each with its number of axes before it."""
    return together([np.array([np.ndim(part), *np.shape(part)]) for part in results])


@law("tensors.nothing-is-printed", cases=uses())
def nothing_is_printed(cnn: Any, case: Use) -> Sides:
    """No operation prints."""
    with redirect_stdout(StringIO()) as printed, redirect_stderr(printed):
        case.on(cnn)
    return np.array(printed.getvalue()), np.array("")


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


@law(
    "tensors.results-keep-precision",
    cases=typed(*FLOATS, *INTEGERS, cases=uses("max_pool_indices")),
)
def results_keep_precision(cnn: Any, case: Use) -> Sides:
    """Integers become float64, then a result has NumPy's common dtype of its inputs; indices and
    labels are not counted."""
    expected = np.result_type(
        *(np.float64 if a.dtype.kind in "biu" else a.dtype for a in case.numbers)
    )
    came = [part.dtype.name for part in case.on(cnn) if isinstance(part, np.ndarray)]
    return np.array(came), np.array([expected.name] * len(came))


@law("tensors.integers-never-wrap", cases=typed("uint8", more=200, cases=uses()))
def integers_never_wrap(cnn: Any, case: Use) -> Sides:
    """Bytes do not wrap around: the result is that for the same numbers in float64."""
    floats = altered(case, lambda array: array.astype(float), counting=False)
    return told(case.on(cnn)), told(floats.on(cnn))


def told(results: tuple[Any, ...]) -> Array:
    """The shapes and entries of results in one row."""
    return together([np.append(np.shape(part), part) for part in results])


@law("tensors.layout-does-not-matter", cases=uses(exact=True))
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


@law("tensors.empty-batch-is-legal", cases=uses(*WITHOUT_BATCH, *ONLY_SUMS))
def empty_batch_is_legal(cnn: Any, case: Use) -> Sides:
    """A batch of no items gives no items, each as large as any other."""
    empty, full = some_items(case, slice(0)).on(cnn), case.on(cnn)
    axis = 1 if case.operation == "recurrent_conv" else 0  # its first axis are the steps
    kept = [part for part, summed in enumerate(sums(case)) if not summed]
    sizes = [np.shape(full[part]) for part in kept]
    expected = [(*size[:axis], 0, *size[axis + 1 :]) for size in sizes]
    return together([np.array(np.shape(empty[part])) for part in kept]), np.concatenate(expected)


@law("tensors.empty-batch-sums-to-zero", cases=uses(only=tuple(SUMMED)))
def empty_batch_sums_to_zero(cnn: Any, case: Use) -> Sides:
    """Over a batch of no items, gradients of weights and biases are zero, and so is the loss."""
    empty, full = some_items(case, slice(0)).on(cnn), case.on(cnn)
    kept = [part for part, summed in enumerate(sums(case)) if summed]
    return (
        told(tuple(empty[part] for part in kept)),
        told(tuple(np.zeros(np.shape(full[part])) for part in kept)),
    )


def sums(case: Use) -> tuple[bool, ...]:
    """Which parts of a result are sums over the batch."""
    return SUMMED.get(case.operation, (False,))


def some_items(case: Any, items: slice) -> Any:
    """The case with some of the items of its batch."""
    if isinstance(case, Use):
        return replace(case, case=some_items(case.case, items))
    if isinstance(case, Backward):
        steps = isinstance(case.case, RecurrentCase)  # then the batch is the second axis
        dy = case.dy[:, items] if steps else case.dy[items]
        return replace(case, case=some_items(case.case, items), dy=dy)
    names = [name for name in BATCHED if hasattr(case, name)]
    return replace(case, **{name: getattr(case, name)[items] for name in names})


@law("tensors.large-integers-are-refused", cases=typed("int64", cases=uses()))
def large_integers_are_refused(cnn: Any, case: Use) -> Sides:
    """An integer beyond 2**53 is refused by every operation."""
    too_large = altered(case, beyond, counting=False)
    return lambda: told(too_large.on(cnn)), refusal(ValueError)


def beyond(array: Array) -> Array:
    """The array with 2**53 + 1, or its negative, for its first entry."""
    array = array.copy()
    array.flat[0] = (2**53 + 1) * (-1) ** array.size
    return array


@law(
    "tensors.large-products-are-refused",
    cases=typed("int64", cases=uses(only=MULTIPLYING, exact=True)),
)
def large_products_are_refused(cnn: Any, case: Use) -> Sides:
    """Integers whose product passes 2**53 are refused by every operation that multiplies them."""
    first, last = case.numbers[0], case.numbers[-1]
    large = last if isinstance(case.case, Backward) and last.size % 2 else first

    def heavy(array: Array) -> Array:
        return np.full_like(array, 2**53 if array is large else -2)

    too_heavy = altered(case, heavy, counting=False)
    return lambda: told(too_heavy.on(cnn)), refusal(ValueError)


@law("tensors.nan-flows-silently", cases=unruly(uses()))
def nan_flows_silently(cnn: Any, case: Use) -> Sides:
    """NaN and infinities flow through every operation, and NumPy has nothing to warn about."""
    with np.errstate(all="raise"):
        result = told(case.on(cnn))
    return result, told(case.on(cnn))


@law(
    "tensors.with-nan-is-its-definition",
    cases=unruly(uses("avg_pool", "avg_pool_grad", exact=True)),
)
def with_nan_is_its_definition(cnn: Any, case: Use) -> Sides:
    """NaN and infinities go where the definition of an operation takes them, and nowhere else."""
    return told(case.on(cnn)), told(case.on(literal))


@law("tensors.asking-again-changes-nothing", cases=uses())
def asking_again_changes_nothing(cnn: Any, case: Use) -> Sides:
    """Whatever one writes into a result, the same call gives the same again."""
    results = case.on(cnn)
    first = told(results)
    for part in results:
        if isinstance(part, np.ndarray):
            part[...] = 7
    return told(case.on(cnn)), first


@law("tensors.half-precision-rounds-once", cases=typed("float16", more=40, cases=uses()))
def half_precision_rounds_once(cnn: Any, case: Use) -> Sides:
    """A result in half precision is that in single precision, rounded: nothing is summed in half
    precision."""
    single = altered(case, lambda array: array.astype(np.float32), counting=False).on(cnn)
    rounded = (
        part.astype(np.float16).astype(part.dtype) if isinstance(part, np.ndarray) else part
        for part in single
    )
    return told(case.on(cnn)), told(tuple(rounded))


@law("tensors.batch-may-be-split", cases=uses(*WITHOUT_BATCH, exact=True))
def batch_may_be_split(cnn: Any, case: Use) -> Sides:
    """A batch may be cut in two, even if one part is empty: items are put together again, and what
    is summed over the batch is added."""
    cut = sum(array.size for array in case.numbers) % 3
    first, then = (some_items(case, part).on(cnn) for part in (slice(cut), slice(cut, None)))
    axis = 1 if case.operation == "recurrent_conv" else 0
    whole = [
        a + b if summed else np.concatenate([a, b], axis)
        for a, b, summed in zip(first, then, sums(case), strict=True)
    ]
    return told(case.on(cnn)), told(tuple(whole))
