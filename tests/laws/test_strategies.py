"""The cases of the laws: legal as drawn, and as varied as they are meant to be."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnref import literal
from cnnref.laws.cases import ConvCase, Pair, PoolCase
from cnnref.laws.numbers import CHOICES, SIZE, VALUES, Numbers, repeatable
from cnnref.laws.offered import Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies import convs, pairs, pools

CONVS = [convs()(numbers, Scope()) for numbers in repeatable(0, 300)]
POOLS = [
    pools(operation="avg_pool", include=True)(numbers, Scope()) for numbers in repeatable(1, 300)
]
PAIRS = [pairs(mode="any")(numbers, Scope()) for numbers in repeatable(2, 300)]


@pytest.mark.parametrize(
    "wanted",
    [
        lambda case: case.w.shape[2] % 2 == 0,
        lambda case: case.w.shape[2] % 2 == 1,
        lambda case: case.stride[0] > case.w.shape[2],
        lambda case: case.x.shape[2] == 1,
        lambda case: case.w.shape[2] > case.x.shape[2],
        lambda case: len(case.x) > 1 and case.x.shape[1] > 1 and len(case.w) > 1,
        lambda case: isinstance(case.padding, tuple) and case.padding[0][0] != case.padding[0][1],
        lambda case: isinstance(case.padding, tuple) and len(set(case.padding)) > 1,
        lambda case: len(set(case.stride)) > 1 and len(set(case.dilation)) > 1,
        lambda case: case.groups > 1 and case.w.shape[1] > 1,
        lambda case: case.b is None,
        lambda case: case.b is not None and case.b.ndim == 1,
        lambda case: case.b is not None and case.b.ndim > 1,
        lambda case: case.padding == "same_lower",
        lambda case: case.x.ndim == 3,
        lambda case: case.x.ndim == 4,
        lambda case: case.x.ndim == 5,
        lambda case: case.x.dtype == np.float32,
        lambda case: case.x.dtype == np.float64,
        lambda case: case.x.min() < 0 < case.x.max(),
    ],
)
def test_layers_of_every_kind_are_drawn(wanted: Callable[[ConvCase], bool]) -> None:
    assert sum(map(wanted, CONVS)) >= 5


@pytest.mark.parametrize(
    "wanted",
    [
        lambda case: case.stride is None,
        lambda case: case.stride is not None and case.stride[0] > case.kernel_size[0],
        lambda case: case.ceil_mode and case.padding == "same",
        lambda case: case.ceil_mode and case.count_include_pad,
        lambda case: isinstance(case.padding, tuple) and case.padding[0][0] != case.padding[0][1],
        lambda case: len(set(case.kernel_size)) > 1,
    ],
)
def test_pools_of_every_kind_are_drawn(wanted: Callable[[PoolCase], bool]) -> None:
    assert sum(map(wanted, POOLS)) >= 5


@pytest.mark.parametrize("mode", [None, "full", "valid", "same"])
def test_pairs_of_every_mode_are_drawn(mode: str | None) -> None:
    assert sum(case.mode == mode for case in PAIRS) >= 25
    assert any(case.w.size > case.x.size for case in PAIRS)


def test_every_case_is_legal() -> None:
    for conv in CONVS:
        conv.on(literal.conv)
    for pool in POOLS:
        pool.on(literal.avg_pool)
    for pair in PAIRS:
        pair.on(literal.convolve)


@pytest.mark.parametrize("cases", [convs(), pools(), pairs(1, 2)])
def test_the_simplest_case_is_tiny(cases: Cases) -> None:
    case = cases(Numbers(bytes(SIZE)), Scope())
    assert case.x.size == 1
    assert not case.x.any()


def test_smaller_bytes_give_smaller_numbers() -> None:
    numbers = Numbers(bytes([3]) + bytes(CHOICES - 1) + bytes(range(VALUES, 0, -1)))
    assert (numbers.between(2, 9), numbers.between(2, 9)) == (5, 2)
    assert numbers.integers((5,)).tolist() == [1, -1, 2, -2, 3]


def test_large_arrays_do_not_repeat_themselves() -> None:
    (numbers,) = repeatable(3, 1)
    rows = numbers.integers((4, VALUES))
    assert len({tuple(row) for row in rows.tolist()}) == 4
    assert np.abs(rows).max() == 9


def test_arrays_keep_their_entries_when_the_arrays_before_them_shrink() -> None:
    (drawn,) = repeatable(4, 1)
    seconds: list[Any] = []
    for size in (1, 7):
        numbers = Numbers(drawn.drawn)
        numbers.integers((size,))
        seconds.append(numbers.integers((4,)).tolist())
    assert seconds[0] == seconds[1]


def test_a_pair_gives_only_a_mode_that_it_has() -> None:
    given = []

    def operation(x: Any, w: Any, **options: Any) -> Any:
        given.append(options)
        return x

    Pair(np.ones(1), np.ones(1)).on(operation)
    Pair(np.ones(1), np.ones(1), "same").on(operation)
    assert given == [{}, {"mode": "same"}]


def test_layers_give_only_options_that_differ_from_their_defaults_and_in_their_shortest_form() -> (
    None
):
    def operation(*arguments: Any, **options: Any) -> Any:
        return options | {"arguments": len(arguments)}

    x, w = np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1))
    plain = ConvCase(x, w, None, (1, 1), ((0, 0), (0, 0)), (1, 1))
    assert plain.on(operation) == {"arguments": 2}
    even = ConvCase(x, w, np.ones(1), (2, 2), ((1, 1), (1, 1)), (3, 3), 2)
    assert even.on(operation) == {
        "arguments": 3,
        "stride": 2,
        "padding": 1,
        "dilation": 3,
        "groups": 2,
    }
    uneven = ConvCase(x, w, None, (2, 1), ((1, 1), (2, 2)), (1, 3))
    assert uneven.on(operation) == {
        "arguments": 2,
        "stride": (2, 1),
        "padding": (1, 2),
        "dilation": (1, 3),
    }
    sided = PoolCase(x, (2, 2), (2, 2), ((0, 1), (2, 2)), (1, 1), True)
    assert sided.on(operation) == {
        "arguments": 2,
        "stride": 2,
        "padding": ((0, 1), (2, 2)),
        "ceil_mode": True,
    }
