"""What holds for the arguments of every operation alike, with no operation left out."""

from typing import Any

import numpy as np
import pytest

from cnnref import fast, literal
from tests.calls import CALLS, COMPLEX, INTEGERS, GoodCall

EVERY = pytest.mark.parametrize("call", CALLS, ids=[call.operation for call in CALLS])
ARRAYS = [(call, name) for call in CALLS for name in call.arrays]
EVERY_ARRAY = pytest.mark.parametrize(
    ("call", "name"), ARRAYS, ids=[f"{call.operation}-{name}" for call, name in ARRAYS]
)
FLOATS = ("float16", "float32", "float64")


def said(call: GoodCall, **changed: Any) -> tuple[type[Exception], str]:
    """What a call raises."""
    with pytest.raises((TypeError, ValueError)) as caught:
        call.on(fast, **changed)
    return caught.type, str(caught.value)


def parts(result: Any) -> tuple[np.ndarray, ...]:
    """The arrays of a result."""
    found = result if isinstance(result, tuple) else (result,)
    return tuple(part for part in found if isinstance(part, np.ndarray))


def agree(ours: Any, theirs: Any) -> None:
    """Compare two results, numbers beside arrays too."""
    assert isinstance(ours, tuple) is isinstance(theirs, tuple)
    both = (ours, theirs) if isinstance(ours, tuple) else ((ours,), (theirs,))
    for mine, other in zip(*both, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


def test_every_operation_is_called() -> None:
    assert sorted(call.operation for call in CALLS) == sorted(fast.__all__)


@EVERY
def test_the_good_calls_are_good_and_both_agree_on_them(call: GoodCall) -> None:
    agree(call.on(fast), call.on(literal))


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
@pytest.mark.parametrize("operation", ["recurrent_conv", "recurrent_conv_grad"])
def test_both_agree_on_recurrent_layers_with_small_weights_and_every_activation(
    operation: str, activation: str
) -> None:
    call = next(call for call in CALLS if call.operation == operation)
    small = {name: array / 16 for name, array in call.arrays.items()}
    given = {**small, "activation": activation}
    agree(call.on(fast, **given), call.on(literal, **given))


@EVERY_ARRAY
def test_what_is_no_array_of_numbers_is_refused_by_name(call: GoodCall, name: str) -> None:
    real = "" if call.operation in COMPLEX else "real "
    start = f"{call.operation}: {name} must hold {real}numbers of at most double precision"
    assert said(call, **{name: "word"}) == (TypeError, f"{start}; got dtype <U4")
    if real:
        assert said(call, **{name: 1j}) == (TypeError, f"{start}; got dtype complex128")


@EVERY_ARRAY
def test_masks_ragged_rows_and_integers_past_2_53_are_refused_by_name(
    call: GoodCall, name: str
) -> None:
    op = call.operation
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    assert said(call, **{name: masked}) == (
        TypeError, f"{op}: {name} must not be masked; got masked entries",
    )  # fmt: skip
    assert said(call, **{name: [[1], [2, 3]]}) == (
        ValueError, f"{op}: {name} must be an array with rows of equal length",
    )  # fmt: skip
    assert said(call, **{name: 2**53 + 1}) == (
        ValueError, f"{op}: integers in {name} must be at most 2**53 in size",
    )  # fmt: skip


@EVERY_ARRAY
def test_an_array_with_a_mask_that_hides_nothing_is_an_array(call: GoodCall, name: str) -> None:
    unmasked = np.ma.masked_array(call.arrays[name], np.zeros(call.arrays[name].shape, bool))
    for ours, other in zip(parts(call.on(fast, **{name: unmasked})), parts(call.on(fast)),
                           strict=True):  # fmt: skip
        np.testing.assert_array_equal(ours, other)


@EVERY_ARRAY
def test_the_most_precise_array_decides_the_precision_of_the_result(
    call: GoodCall, name: str
) -> None:
    if call.operation == "max_pool_indices" or name in INTEGERS:
        return
    floats = {key: array for key, array in call.arrays.items() if key not in INTEGERS}
    for low, high in (("float16", "float32"), ("float32", "float64"), ("float16", "float64")):
        given = {key: array.astype(low) for key, array in floats.items()}
        assert {part.dtype for part in parts(call.on(fast, **given))} == {np.dtype(low)}
        given[name] = given[name].astype(high)
        wanted = low if name == "value" else high
        assert {part.dtype for part in parts(call.on(fast, **given))} == {np.dtype(wanted)}


@EVERY
def test_integers_and_booleans_become_float64(call: GoodCall) -> None:
    if call.operation == "max_pool_indices":
        return
    for dtype in ("int8", "uint16", "int64", "bool"):
        given = {key: abs(array).astype(dtype) for key, array in call.arrays.items()
                 if key not in INTEGERS}  # fmt: skip
        floats = {key: array.astype(float) for key, array in given.items()}
        found, expected = parts(call.on(fast, **given)), parts(call.on(fast, **floats))
        for ours, other in zip(found, expected, strict=True):
            assert ours.dtype == np.float64
            np.testing.assert_array_equal(ours, other)


@EVERY
def test_results_lie_in_memory_as_numpy_makes_arrays(call: GoodCall) -> None:
    for part in parts(call.on(fast)):
        assert part.flags.c_contiguous


def test_sums_of_half_precision_are_taken_in_single() -> None:
    ones = np.ones((1, 4100), np.float16)
    assert fast.dense(ones, ones).tolist() == [[4100]]


@EVERY
def test_an_operation_leaves_its_arrays_as_they_were(call: GoodCall) -> None:
    before = {name: array.copy() for name, array in call.arrays.items()}
    call.on(fast)
    for name, array in call.arrays.items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    "call",
    [call for call in CALLS if call.operation not in {*COMPLEX, "relu", "relu_grad"}],
    ids=lambda call: call.operation,
)
def test_an_empty_batch_is_legal_and_stays_empty(call: GoodCall) -> None:
    batched = set(call.arrays) & {"x", "y", "z", "dy", "cols", *INTEGERS}
    given = {name: call.arrays[name][:0] for name in batched}
    others: dict[str, Any] = {}
    if call.operation == "recurrent_conv_grad":
        given["dy"] = call.arrays["dy"][:, :0]
    if call.operation == "avg_pool_grad":
        others["x_shape"] = (0, *call.others["x_shape"][1:])
    found, full = parts(call.on(fast, **given, **others)), parts(call.on(fast))
    for part, whole in zip(found, full, strict=True):
        assert part.dtype == whole.dtype
        batch_first, steps_first = (0, *whole.shape[1:]), (whole.shape[0], 0, *whole.shape[2:])
        assert part.shape in {batch_first, steps_first, whole.shape}  # the last for weights
        assert not part.any()


def test_a_complex_number_around_an_array_makes_it_complex_and_a_real_one_leaves_it_narrow() -> (
    None
):
    line, value = np.ones(1, np.float32), np.array(2j)
    assert GoodCall("pad", {"x": line, "value": value}, {"padding": 1}).on(fast).tolist() == [
        2j,
        1,
        2j,
    ]
    assert fast.pad(line, 1, 2.5).dtype == np.float32
