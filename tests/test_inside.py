"""Inside `fit` images lie innermost: what comes out is what the layers give outside."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnref import AvgPool, Conv, Dense, Flatten, MaxPool, ReLU, Sequential
from cnnref.network import inside
from cnnref.network.inside import Chain
from cnnref.network.steps import Known, inward, outward
from tests.drawn_networks import Drawn, nets, quickly

Array = np.ndarray


def flat(tree: Any) -> list[Array]:
    """The arrays of tuples of tuples."""
    return [leaf for one in tree for leaf in flat(one)] if isinstance(tree, tuple) else [tree]


def compare(net: Sequential, params: Any, x: Array, tolerance: float) -> Chain:
    """Forward and backward, outside and inside; with whole numbers the tolerance is zero."""
    chain = Chain(net)
    y = net.forward(params, x)
    same: dict[str, Any] = {"rtol": tolerance, "atol": tolerance}
    got = outward(chain.forward(params, inward(x)))
    np.testing.assert_allclose(got, y, **same)
    assert got.dtype == y.dtype
    dy = np.random.default_rng(1).integers(-3, 4, y.shape).astype(y.dtype)
    dx, gradients = net.backward(params, x, dy)
    for first in (False, True):
        chain.forward(params, inward(x))
        inner, own = chain.backward(inward(dy), first)
        if not first:
            np.testing.assert_allclose(outward(inner), dx, **same)
        for one, other in zip(flat(own), flat(gradients), strict=True):
            np.testing.assert_allclose(one, other, **same)
            assert one.dtype == other.dtype
    return chain


@quickly
@given(nets(), st.integers(1, 4), st.sampled_from([np.float32, np.float64]), st.integers(0, 99))
def test_a_drawn_network_gives_the_same_inside(
    drawn: Drawn, images: int, dtype: Any, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(-4, 5, (images, *drawn.shape)).astype(dtype)
    params = tuple(
        tuple(rng.integers(-2, 3, p.shape).astype(dtype) for p in own)
        for own in drawn.net.init(rng, drawn.shape)
    )
    compare(drawn.net, params, x, 1e-4 if dtype == np.float32 else 1e-12)


NET = Sequential(
    (
        Conv(4, 3, padding=(1, 2), stride=(1, 2), dilation=(2, 1), groups=2),
        ReLU(),
        MaxPool((2, 3)),
        Sequential((AvgPool(2, stride=1), Conv(3, 2, bias=False))),
        Flatten(),
        Dense(5),
        ReLU(),
        Dense(2, bias=False),
    )
)


def start(dtype: Any = float) -> tuple[Any, Array]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((7, 2, 11, 21)).astype(dtype)
    params = NET.init(rng, (2, 11, 21))
    return tuple(
        tuple(p.astype(dtype) for p in flat(own)) if own and not isinstance(own[0], tuple) else own
        for own in params
    ), x


def test_every_common_layer_has_a_way_of_its_own() -> None:
    params, x = start()
    steps = compare(NET, params, x, 1e-12).steps
    known = [step.windows is not None for step in steps if isinstance(step, Known)]
    assert known == [True] * 7


def test_a_bias_of_every_place_is_one_too() -> None:
    rng = np.random.default_rng(0)
    net = Sequential((Conv(2, 3),))
    params = ((rng.standard_normal((2, 1, 3)), rng.standard_normal((2, 6))),)
    compare(net, params, rng.standard_normal((3, 1, 8)), 1e-12)


def test_a_layer_with_too_many_columns_runs_as_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "MOST", 1)
    params, x = start()
    first = compare(NET, params, x, 1e-12).steps[0]
    assert isinstance(first, Known)
    assert first.windows is None


def test_precisions_that_differ_meet_as_outside() -> None:
    params, x = start()
    steps = compare(NET, params, x.astype(np.float32), 1e-12).steps
    assert next(step for step in steps if isinstance(step, Known)).windows is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_comes_back_as_it_does_outside(value: float) -> None:
    net = Sequential((MaxPool(2), ReLU()))
    x = np.array([[[[1.0, 2, value, 4], [2, 2, 0, -1]]], [[[-1.0, -2, -3, -4], [0, 0, 1, 1]]]])
    dy = np.array([[[[1.0, 2]]], [[[value, 3.0]]]])
    chain = Chain(net)
    np.testing.assert_array_equal(
        outward(chain.forward(((), ()), inward(x))), net.forward(((), ()), x)
    )
    dx, _ = net.backward(((), ()), x, dy)
    np.testing.assert_array_equal(outward(chain.backward(inward(dy), first=False)[0]), dx)


def test_of_equal_entries_the_first_one_wins() -> None:
    x, dy = np.ones((2, 1, 4, 4)), np.arange(8.0).reshape(2, 1, 2, 2) - 3
    net, chain = Sequential((MaxPool(2),)), Chain(Sequential((MaxPool(2),)))
    chain.forward(((),), inward(x))
    dx = outward(chain.backward(inward(dy), first=False)[0])
    np.testing.assert_array_equal(dx, net.backward(((),), x, dy)[0])
    np.testing.assert_array_equal(dx[:, :, ::2, ::2], dy)


@pytest.mark.parametrize(
    ("layer", "params", "said"),
    [
        (Conv(2, 3), ((np.ones((2, 3, 3)), np.ones(2)),), "conv: "),
        (Conv(2, 9), ((np.ones((2, 1, 9)), np.ones(2)),), "conv: the window must fit"),
        (Dense(2), ((np.ones((2, 1, 7)), np.ones(2)),), "dense: "),
        (MaxPool(9), ((),), "max_pool: the window must fit"),
    ],
)
def test_what_a_layer_refuses_is_refused_in_its_words(layer: Any, params: Any, said: str) -> None:
    x, net = np.ones((4, 1, 8)), Sequential((layer,))
    with pytest.raises(ValueError, match=said) as outside:
        net.forward(params, x)
    with pytest.raises(ValueError, match=said) as caught:
        Chain(net).forward(params, inward(x))
    assert str(caught.value) == str(outside.value)
