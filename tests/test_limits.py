"""How far integers may go, and how much memory a call may take: to the unit, before any work."""

import math
import os
from typing import Any

import numpy as np
import pytest

from cnnref import connectivity, fast
from cnnref.arguments import arrays
from cnnref.window import Window

S = 2**51
EXACT = 2**53


def upto(*shape: int) -> np.ndarray:
    """1, 2, 3, ... as integers."""
    return np.arange(1, math.prod(shape) + 1).reshape(shape)


NAMES: dict[str, Any] = {
    **vars(fast),
    **vars(connectivity),
    "np": np,
    "S": S,
    "Window": Window,
    "upto": upto,
    "zeros": np.zeros,
    "signs": np.array([[[-S, S, 0]]]),
    "pair": np.array([[[-S], [1]]]),
    "ZERO": np.zeros((2, 1, 1), int),
    "ONES": np.ones((2, 1, 1), int),
}

RELU = "steps=1, activation='relu')"

# The largest entry of one array times the largest sum of absolute weights that meets it.
BOUNDS = [
    ("convolve([S, -3 * S], [1, -2])", 9 * S),
    ("correlate([[S], [-3 * S]], [[1], [-2]])", 9 * S),
    ("conv(signs, upto(2, 1, 2))", 7 * S),
    ("conv(pair, -upto(2, 2, 1))", 7 * S),
    ("conv(pair, -upto(2, 2, 1), [-5, 3])", 7 * S + 5),
    ("conv(pair, 3 * upto(2, 1, 1), groups=2)", 6 * S),
    ("dense(pair, -upto(2, 2, 1))", 7 * S),
    ("dense(pair, -upto(2, 2, 1), [3, -5])", 7 * S + 5),
    ("locally_connected(signs, -upto(2, 2, 1, 2))", 15 * S),
    ("locally_connected(pair, upto(1, 2, 2, 1), [-5, 3])", 7 * S + 5),
    ("tiled_conv(signs, -upto(2, 2, 1, 2))", 15 * S),
    ("tiled_conv(pair, upto(1, 2, 2, 1), [-5, 3])", 7 * S + 5),
    ("col2im(np.array([[[1, -2 * S], [3, 4], [0, 0]]]), 3, output_size=4)", 6 * S),
    ("conv_transpose(np.full((1, 4, 1), -S), upto(4, 1, 2), groups=2)", 26 * S),
    ("conv_transpose(np.full((1, 4, 1), -S), upto(4, 1, 2), [-5, 3], groups=2)", 26 * S + 5),
    ("conv_transpose([[[S], [0]]], upto(2, 2, 2))", 22 * S),
    ("conv_weight_grad(np.full((2, 1, 2), -S), -upto(2, 2, 2), kernel_size=1)", 22 * S),
    ("bias_grad(S * np.array([[[0, 1], [2, 1]], [[-1, 0], [3, -1]]]), (2,))", 7 * S),
    ("max_pool_grad([[[0, 1, 0]]], [[[S, -3 * S]]], 2, stride=1)", 6 * S),
    ("max_pool_grad([[[[0, 1]] * 3]], [[[[S], [-3 * S]]]], 2, stride=1)", 12 * S),
    ("dense_grad([[[1], [1]]], -upto(2, 2, 1), [[-S, 3]])", 6 * S),
    ("dense_grad([[-S, 1]], [[1, 1], [1, 1]], [[-2, 7]])", 7 * S),
    ("dense_grad([[1, 1]], [[1, 2], [3, 4]], [[-S, S]])", 6 * S),
    ("dense_grad([[S], [1]], [[1]], [[2], [-3]])", 5 * S),
    ("tiled_conv_grad(signs, -upto(2, 1, 1, 2), [[[2, 3]]])", 5 * S),
    ("tiled_conv_grad([[[1, 2, 3]]], -upto(2, 1, 1, 2), [[[-S, 3]]])", 10 * S),
    ("locally_connected_grad([[[1, 2, 3]]], -upto(2, 1, 1, 2), [[[-S, 3]]])", 10 * S),
    ("recurrent_conv([[[5]]], [[[S]], [[2]]], [[[0], [0]]], ONES, " + RELU, 5 * S),
    ("recurrent_conv([[[2 * S]]], [[[1]]], [[[2]]], [[[1]]], steps=2, activation='relu')", 12 * S),
    # of a column of u, of a column of v: the last error goes back to x
    ("recurrent_conv_grad([[[0]]], [[[2, -1]], [[3, 1]]], [[[1], [4]]], ZERO, [[[[S]]]], " + RELU,
     7 * 4 * S),
    # to u: a column of v, the largest x, at both places
    ("recurrent_conv_grad([[[7, -8]]], ONES, [[[1], [-4]]], ZERO, [[[[S, 0]]]], " + RELU,
     4 * 8 * 2 * S),
    # to v: what is hidden, a row of u times the largest x
    ("recurrent_conv_grad([[[7, -8]]], [[[5]], [[-6]]], [[[1], [-4]]], ZERO, [[[[S, 0]]]], " + RELU,
     6 * 8 * 2 * S),
    # to w: the first estimate, a row of v times a row of u times x
    ("recurrent_conv_grad([[[1, -2]]], [[[4]], [[0]]], [[[1], [-4]]], ONES,"
     " [[[[0, 0]]], [[[S, 0]]]], steps=2, activation='identity')", 4 * (5 * 8) * 2 * S),
    # to v over two steps: what is hidden in the second has grown by the first estimate
    ("recurrent_conv_grad([[[2]]], [[[2]], [[0]]], [[[1], [-4]]], [[[3]], [[0]]],"
     " [[[[0]]], [[[S]]]], steps=2, activation='identity')", ((4 + 3 * 20) + (1 + 4 * 3) * 4) * S),
    # to x over two steps: the second error comes back through w to the first
    ("recurrent_conv_grad([[[0]]], [[[7]], [[0]]], [[[1], [-4]]], ONES, [[[[0]]], [[[S]]]],"
     " steps=2, activation='identity')", 7 * (4 + 4 * (1 + 4 * 2)) * S),
]  # fmt: skip

UNROLLED = (
    "recurrent_conv([[[-3]]], [[[1]], [[-2]]], [[[1], [-4]]], [[[2]], [[-2**40]]], steps={},"
    " activation='{}')"
)


@pytest.mark.parametrize(("call", "bound"), BOUNDS, ids=[call for call, _ in BOUNDS])
def test_a_result_on_integers_may_not_leave_the_exact_range(call: str, bound: int) -> None:
    op = call.partition("(")[0]
    message = f"{op}: results on integers must stay within 2**53; these could reach {bound}"
    with pytest.raises(ValueError, match="results on integers") as caught:
        eval(call, dict(NAMES))
    assert str(caught.value) == message


@pytest.mark.parametrize(("call", "bound"), BOUNDS, ids=[call for call, _ in BOUNDS])
def test_a_result_on_floats_may_go_anywhere(call: str, bound: int) -> None:
    eval(call, {**NAMES, "S": float(S), "signs": np.array([[[-S, S, 0.0]]]),
                "pair": np.array([[[-S], [1.0]]])})  # fmt: skip


@pytest.mark.parametrize("steps", [3, 4, 10**18])
def test_a_recurrent_layer_on_integers_may_not_leave_the_exact_range_at_any_step(
    steps: int,
) -> None:
    hidden = [6]
    hidden += [6 + 5 * hidden[0] * 2**40]
    hidden += [6 + 5 * hidden[1] * 2**40]
    assert 5 * hidden[1] < EXACT
    message = f"these could reach {5 * hidden[2]}$"
    for activation in ("identity", "relu"):
        with pytest.raises(ValueError, match=message):
            eval(UNROLLED.format(steps, activation), dict(NAMES))
    eval(UNROLLED.format(2, "identity"), dict(NAMES))


def test_a_recurrent_layer_with_tanh_stays_small_whatever_its_integers() -> None:
    assert abs(eval(UNROLLED.format(3, "tanh"), dict(NAMES))).max() <= 5
    eval("recurrent_conv_grad([[[1]]], [[[1]]], [[[S]]], [[[S]]], [[[[S]]]], steps=1)", dict(NAMES))


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("convolve([2**53], [1])", [EXACT]),
        ("relu([-2**53, 2**53])", [0, EXACT]),
        ("conv([[[2**53 - 1]]], [[[1]]], [1])", [[[EXACT]]]),
        ("dense([[2**53 - 1]], [[1]], [1])", [[EXACT]]),
        ("tiled_conv([[[2**53 - 1]]], [[[[1]]]], [1])", [[[EXACT]]]),
        ("conv_transpose([[[2**53 - 1]]], [[[1]]], [1])", [[[EXACT]]]),
        ("bias_grad([[2**52], [2**52]], (1,))", [EXACT]),
    ],
)
def test_the_last_exact_integer_is_reached(call: str, result: list[Any]) -> None:
    assert eval(call, dict(NAMES)).tolist() == result


# The first array of a call that may be too large: its padded input, or else its result.
TAKEN = [
    ("relu(zeros(10, np.int8))", (10,)),
    ("relu(zeros((2, 0, 3)))", (2, 0, 3)),
    ("convolve(zeros((2, 3)), zeros((4, 2)))", (5, 4)),
    ("correlate(zeros((4, 3)), zeros((2, 2)))", (5, 4)),
    ("pad(zeros((2, 3)), ((1, 2), (0, 3)))", (5, 6)),
    ("conv(zeros((2, 1, 3)), zeros((1, 1, 2)), padding=((1, 4),), stride=9)", (2, 1, 8)),
    ("conv(zeros((2, 1, 3)), zeros((7, 1, 2)))", (2, 7, 2)),
    ("dense(zeros((5, 2)), zeros((4, 2)))", (5, 4)),
    ("im2col(zeros((2, 1, 3)), 2, padding=((1, 4),), stride=9)", (2, 1, 8)),
    ("im2col(zeros((2, 3, 5)), 2, dilation=1)", (2, 6, 4)),
    ("col2im(zeros((2, 4, 1)), 2, output_size=3, padding=((1, 4),), stride=9)", (2, 2, 8)),
    ("max_pool(zeros((2, 1, 3)), 2, padding=((1, 4),))", (2, 1, 8)),
    ("avg_pool(zeros((2, 1, 3)), 9, padding=((4, 5),), count_include_pad=True)", (2, 1, 12)),
    ("max_pool_indices(zeros((2, 1, 3)), 2, padding=((1, 4),))", (2, 1, 8)),
    ("max_unpool(zeros((2, 3, 1)), np.zeros((2, 3, 1), int), 10)", (2, 3, 10)),
    ("locally_connected(zeros((2, 1, 3)), zeros((1, 1, 1, 2)), padding=((1, 4),), stride=9)",
     (2, 1, 8)),
    ("tiled_conv(zeros((2, 1, 5)), zeros((1, 4, 1, 2)))", (2, 4, 4)),
    ("recurrent_conv(zeros((2, 1, 3)), zeros((1, 1, 1)), zeros((4, 1, 1)), zeros((1, 4, 1)),"
     " steps=5)", (5, 2, 4, 3)),
    ("conv_transpose(zeros((2, 2, 1)), zeros((2, 3, 2)), padding=((1, 4),), stride=9,"
     " output_size=3, groups=2)", (2, 6, 8)),
    ("conv_weight_grad(zeros((2, 1, 3)), zeros((2, 1, 1)), kernel_size=2, padding=((1, 4),),"
     " stride=9)", (2, 1, 8)),
    ("conv_weight_grad(zeros((1, 4, 5)), zeros((1, 6, 1)), kernel_size=5, groups=2)", (6, 2, 5)),
    ("bias_grad(zeros((1, 3, 4)), (3, 7))", (3, 7)),
    ("max_pool_grad(zeros((2, 1, 3)), zeros((2, 1, 4)), 2, padding=((1, 4),))", (2, 1, 8)),
    ("avg_pool_grad((2, 1, 3), zeros((2, 1, 1)), 2, padding=((1, 4),), stride=9)", (2, 1, 8)),
    ("tiled_conv_grad(zeros((2, 1, 3)), zeros((1, 1, 1, 2)), zeros((2, 1, 1)), padding=((1, 4),),"
     " stride=9)", (2, 1, 8)),
    ("pattern(Window(2, before=1, after=3), 4)", (2, 7, 4)),
    ("weight_index(Window(2, before=1, after=3), 4)", (2, 7, 4)),
    ("matrix(Window(2, before=1, after=3), 4, zeros(2))", (2, 7, 4)),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shape"), TAKEN, ids=[call for call, _ in TAKEN])
def test_a_call_may_take_the_memory_there_is_and_not_a_byte_more(
    call: str, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = 8 * math.prod(max(axis, 1) for axis in shape)
    monkeypatch.setattr(arrays, "memory", lambda: needed)
    eval(call, dict(NAMES))
    monkeypatch.setattr(arrays, "memory", lambda: needed - 1)
    with pytest.raises(ValueError, match="memory") as caught:
        eval(call, dict(NAMES))
    op = call.partition("(")[0]
    said = f"{op}: an array of shape {shape} does not fit into this machine's memory"
    assert str(caught.value) == said


def test_single_precision_takes_half_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "memory", lambda: 4 * 20)
    x, w = np.zeros((1, 1, 5), np.float32), np.zeros((4, 1, 1), np.float32)
    assert fast.conv(x, w).shape == (1, 4, 5)


def test_the_memory_is_what_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}
    monkeypatch.setattr(os, "sysconf", told.__getitem__)
    assert arrays.memory() == 4096000


@pytest.mark.parametrize("error", [AttributeError, ValueError, OSError])
def test_where_the_system_does_not_say_memory_is_what_an_address_reaches(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(name: str) -> int:
        raise error(name)

    monkeypatch.setattr(os, "sysconf", silent)
    assert arrays.memory() == 2**47
