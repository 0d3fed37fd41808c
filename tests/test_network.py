"""Networks as wholes: their gradients, their counts, their parameters."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnref import (
    AvgPool,
    ChannelMaxPool,
    Conv,
    Dense,
    Flatten,
    LocallyConnected,
    MaxPool,
    ReLU,
    Sequential,
    TiledConv,
    count,
    lenet,
    pattern,
)
from cnnref.network import Layer
from tests.drawn_networks import LINEAR, Drawn, integers, nets, quickly

Array = np.ndarray
Params = tuple[tuple[Array, ...], ...]
STEP = 2.0**-16
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def whole(rng: np.random.Generator, drawn: Drawn) -> tuple[Params, Array, Array]:
    """Parameters, a batch of two and a gradient of the output, all of them integers."""
    params = tuple(tuple(integers(rng, p) for p in own) for own in drawn.net.init(rng, drawn.shape))
    x = integers(rng, np.empty((2, *drawn.shape)))
    return params, x, integers(rng, np.empty((2, *drawn.net.shape(drawn.shape))))


def pairing(a: Array, b: Array) -> float:
    return float((a * b).sum())


@quickly
@given(nets(LINEAR), seeds)
def test_the_gradients_of_a_linear_network_are_its_differences_to_the_last_bit(
    drawn: Drawn, rng: np.random.Generator
) -> None:
    params, x, dy = whole(rng, drawn)
    y = drawn.net.forward(params, x)
    dx, dparams = drawn.net.backward(params, x, dy)
    step = integers(rng, x)
    assert pairing(dx, step) == pairing(dy, drawn.net.forward(params, x + step) - y)
    for place, own in enumerate(params):
        for which, p in enumerate(own):
            step = integers(rng, p)
            further = (*own[:which], p + step, *own[which + 1 :])
            moved = drawn.net.forward((*params[:place], further, *params[place + 1 :]), x)
            assert pairing(dparams[place][which], step) == pairing(dy, moved - y)


@quickly
@given(nets(), seeds)
def test_every_entry_of_a_gradient_is_the_slope_of_the_network(
    drawn: Drawn, rng: np.random.Generator
) -> None:
    """The network is linear on each side of its kinks, and dyadic steps keep integers exact.

    So where the slopes to both sides agree, they are the derivative, without any rounding.
    """
    params, x, dy = whole(rng, drawn)
    arrays = [x, *(p for own in params for p in own)]
    dx, dparams = drawn.net.backward(params, x, dy)
    gradients = [dx, *(p for own in dparams for p in own)]
    compared = 0
    for which, gradient in enumerate(gradients):
        assert gradient.shape == arrays[which].shape
        for place in list(np.ndindex(gradient.shape))[:: 1 + gradient.size // 4]:
            above, below = (
                slope(drawn.net, params, arrays, which, place, h, dy) for h in (STEP, -STEP)
            )
            if above == below:
                assert gradient[place] == above
                compared += 1
    assume(compared)


def slope(
    net: Sequential,
    params: Params,
    arrays: list[Array],
    which: int,
    place: tuple[int, ...],
    h: float,
    dy: Array,
) -> float:
    """By how much the paired output grows per step when one entry of one array is moved by h."""
    moved = [array.copy() for array in arrays]
    moved[which][place] += h
    rest = iter(moved[1:])
    further = tuple(tuple(next(rest) for _ in own) for own in params)
    return pairing(dy, net.forward(further, moved[0]) - net.forward(params, arrays[0])) / h


@quickly
@given(nets(), seeds)
def test_gradients_agree_with_numeric_differences_for_drawn_floats_up_to_rounding(
    drawn: Drawn, rng: np.random.Generator
) -> None:
    """Along a line without kinks the central difference has no error but that of rounding.

    An output of the network is a sum of products, each rounded at most `steps` times, and its
    parts are at most those of the network with absolute values everywhere. The difference of two
    outputs is divided by 2 h, which is what the rounding is multiplied with.
    """
    net, h = drawn.net, 2.0**-10
    params = net.init(rng, drawn.shape)
    x, line = rng.standard_normal((2, 2, *drawn.shape))
    dy = rng.standard_normal((2, *net.shape(drawn.shape)))
    sides = [net.trace(params, x + step * line) for step in (-h, h)]
    assume(all(bends(net, below, above) for below, above in [sides]))
    numeric = pairing(dy, sides[1][-1] - sides[0][-1]) / (2 * h)
    dx, _ = net.backward(params, x, dy)
    absolute = tuple(tuple(np.abs(p) for p in own) for own in params)
    largest = pairing(np.abs(dy), net.forward(absolute, np.abs(x) + np.abs(line)))
    steps = 2 * sum(math.prod(layer_in) + 4 for layer_in in net.shapes(drawn.shape))
    assert abs(pairing(dx, line) - numeric) <= steps * 2.0**-53 * largest * (1 + 1 / h)


def bends(net: Sequential, below: list[Array], above: list[Array]) -> bool:
    """Whether both ends of a line lie on the same side of every kink, and so does all between."""
    for layer, low, high in zip(net.layers, below[:-1], above[:-1], strict=True):
        if isinstance(layer, ReLU | MaxPool | ChannelMaxPool):
            shape = (len(low), *layer.shape(low.shape[1:]))
            each = np.arange(1.0, 1 + math.prod(shape)).reshape(shape)
            one, two = (layer.backward((), x, each)[0] for x in (low, high))
            if not np.array_equal(one, two):
                return False
    return True


PLACES, IMAGE = (6, 7), (6, 5, 4)
EACH: list[tuple[Layer, tuple[int, ...]]] = [
    (Conv(4, 3), PLACES),
    (Conv(4, (3, 2), stride=(2, 1), padding=((2, 0), (1, 1)), dilation=(1, 2), groups=2), IMAGE),
    (Conv(3, 2, padding="same", groups=3, bias=False), IMAGE),
    (LocallyConnected(2, 3), PLACES),
    (LocallyConnected(2, (2, 3), stride=(1, 2), padding=1, dilation=(2, 1)), IMAGE),
    (LocallyConnected(2, 2, padding="full", bias=False), PLACES),
    (TiledConv(2, 3, tile=2), PLACES),
    (TiledConv(2, (3, 2), tile=(2, 3), stride=(1, 2), padding="same_lower"), IMAGE),
    (TiledConv(2, 2, dilation=2, padding=(0, 1), tile=(5, 1), bias=False), IMAGE),
    (Dense(3), PLACES),
    (Dense(3, bias=False), (5,)),
    (AvgPool(2), PLACES),
    (AvgPool(2, padding=((0, 0), (1, 0)), ceil_mode=True), IMAGE),
    (AvgPool(2, padding=((0, 0), (1, 0)), ceil_mode=True, count_include_pad=True), IMAGE),
    (AvgPool((2, 1), padding="same", dilation=2), IMAGE),
    (MaxPool(2), PLACES),
    (MaxPool(2, padding=((0, 0), (1, 0)), ceil_mode=True), IMAGE),
    (MaxPool((2, 1), stride=1, padding="same", dilation=2), IMAGE),
    (ChannelMaxPool(3), PLACES),
    (ChannelMaxPool(2), (6,)),
    (ReLU(), IMAGE),
    (Flatten(), IMAGE),
    (Sequential((Conv(2, 2), ReLU(), Flatten(), Dense(2))), IMAGE),
]
each_layer = pytest.mark.parametrize(("layer", "shape"), EACH, ids=repr)


@each_layer
def test_the_gradients_of_each_layer_are_its_slopes_to_the_last_bit(
    layer: Layer, shape: tuple[int, ...]
) -> None:
    """In every entry; inputs have no equal entries and no zeros, so that no kink is near."""
    rng = np.random.default_rng(17)
    net = Sequential((layer,))
    x = rng.permutation(2 * math.prod(shape)).reshape(2, *shape) - math.prod(shape) + 0.5
    drawn = net.init(rng, shape)
    params = tree(drawn, lambda p: integers(rng, p) + 0.5)
    dy = integers(rng, np.empty((2, *net.shape(shape))))
    dx, dparams = net.backward(params, x, dy)
    before = pairing(dy, net.forward(params, x))
    for array, gradient in zip([x, *leaves(params)], [dx, *leaves(dparams)], strict=True):
        assert gradient.shape == array.shape
        for place in np.ndindex(array.shape):
            array[place] += STEP
            slope = (pairing(dy, net.forward(params, x)) - before) / STEP
            array[place] -= STEP
            assert gradient[place] == slope


def tree(params: Any, change: Callable[[Array], Array]) -> Any:
    """The parameters of a network, however deep, each array changed."""
    return tuple(tree(p, change) if isinstance(p, tuple) else change(p) for p in params)


def leaves(params: Any) -> list[Array]:
    """The arrays in the parameters of a network."""
    return [a for p in params for a in (leaves(p) if isinstance(p, tuple) else [p])]


@each_layer
def test_connections_are_counted_as_an_input_of_one_number_finds_them(
    layer: Layer, shape: tuple[int, ...]
) -> None:
    if isinstance(layer, Sequential):
        return
    ones = tuple(np.ones_like(p) for p in layer.init(np.random.default_rng(0), shape))
    alone = np.eye(math.prod(shape)).reshape(-1, *shape)
    answer = layer.forward(ones, alone) - layer.forward(ones, np.zeros((1, *shape)))
    told = count(layer, shape)
    assert told.connections == np.count_nonzero(answer)
    assert told.outputs == answer[0].size == math.prod(layer.shape(shape))


@each_layer
def test_parameters_are_counted_as_they_are_made(layer: Layer, shape: tuple[int, ...]) -> None:
    params = layer.init(np.random.default_rng(0), shape)
    assert count(layer, shape).parameters == sum(p.size for p in leaves(params))
    for items in (0, 2):
        y = layer.forward(params, np.zeros((items, *shape)))
        assert y.shape == (items, *layer.shape(shape))


@each_layer
def test_a_layer_leaves_what_it_is_given_alone(layer: Layer, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    params, x = layer.init(rng, shape), rng.standard_normal((2, *shape))
    dy = np.ones((2, *layer.shape(shape)))
    given = [x, dy, *leaves(params)]
    for array in given:
        array.flags.writeable = False
    dx, dparams = layer.backward(params, x, dy)
    results = [layer.forward(params, x), dx, *leaves(dparams)]
    assert not any(np.shares_memory(a, b) for a in given for b in results)
    assert all(array.flags.writeable for array in results)


LOOKING = (Conv, LocallyConnected, TiledConv)


@pytest.mark.parametrize(
    ("layer", "shape"), [one for one in EACH if isinstance(one[0], LOOKING)], ids=repr
)
def test_layers_with_kernels_count_what_their_patterns_show(
    layer: Conv | LocallyConnected | TiledConv, shape: tuple[int, ...]
) -> None:
    windows, n = layer.windows(shape), shape[1:]
    inputs = shape[0] // (layer.groups if isinstance(layer, Conv) else 1)
    pairs = layer.channels * inputs
    tables = [pattern(window, size) for window, size in zip(windows, n, strict=True)]
    told = count(layer, shape)
    assert told.connections == pairs * math.prod(int(table.sum()) for table in tables)
    assert told.multiplies == pairs * math.prod(t.shape[0] * t.shape[1] for t in tables)


@pytest.mark.parametrize(
    "layer", [AvgPool(2), MaxPool(2), ChannelMaxPool(2), ReLU(), Flatten()], ids=repr
)
def test_layers_without_weights_have_no_parameters_and_take_no_products(layer: Layer) -> None:
    told = count(layer, (2, 4, 4))
    assert (told.parameters, told.multiplies) == (0, 0)
    assert layer.init(np.random.default_rng(0), (2, 4, 4)) == ()


def test_weights_of_four_layers_on_one_input() -> None:
    four: list[Layer] = [
        Conv(4, 3, bias=False),
        TiledConv(4, 3, tile=5, bias=False),
        LocallyConnected(4, 3, bias=False),
        Dense(4 * 7, bias=False),
    ]
    counts = [count(layer, (2, 9)) for layer in four]
    alike, whole = 4 * 2 * 3, 4 * 7 * 18
    assert [told.parameters for told in counts] == [alike, 5 * alike, 7 * alike, whole]
    assert [told.connections for told in counts] == [7 * alike] * 3 + [whole]
    assert {told.outputs for told in counts} == {4 * 7}


@pytest.mark.parametrize(
    ("layer", "weights", "bias"),
    [
        (Conv(4, (3, 2), groups=2), (4, 3, 3, 2), (4,)),
        (LocallyConnected(4, (3, 2), stride=2), (3, 4, 4, 6, 3, 2), (4, 3, 4)),
        (TiledConv(4, (3, 2), tile=(1, 5)), (1, 5, 4, 6, 3, 2), (4, 1, 5)),
        (Dense(4), (4, 6, 7, 8), (4,)),
    ],
    ids=repr,
)
def test_parameters_are_drawn_with_the_variance_of_two_over_what_an_output_reads(
    layer: Conv | LocallyConnected | TiledConv | Dense,
    weights: tuple[int, ...],
    bias: tuple[int, ...],
) -> None:
    w, b = layer.init(np.random.default_rng(5), (6, 7, 8))
    reads = math.prod(weights[-3:])
    drawn = np.random.default_rng(5).standard_normal(weights) * math.sqrt(2 / reads)
    np.testing.assert_array_equal(w, drawn)
    np.testing.assert_array_equal(b, np.zeros(bias))
    (alone,) = replace(layer, bias=False).init(np.random.default_rng(5), (6, 7, 8))
    np.testing.assert_array_equal(alone, drawn)


@quickly
@given(nets(), seeds)
def test_a_network_within_a_network_is_its_layers(drawn: Drawn, rng: np.random.Generator) -> None:
    net, shape = drawn.net, drawn.shape
    cut = len(net.layers) // 2
    nested = Sequential((Sequential(net.layers[:cut]), *net.layers[cut:]))
    params, x, dy = whole(rng, drawn)
    within = (params[:cut], *params[cut:])
    y, (dx, dparams) = net.forward(params, x), net.backward(params, x, dy)
    np.testing.assert_array_equal(nested.forward(within, x), y)
    inner, (first, *others) = nested.backward(within, x, dy)
    np.testing.assert_array_equal(inner, dx)
    assert [p.tolist() for own in (*first, *others) for p in own] == [
        p.tolist() for own in dparams for p in own
    ]
    assert nested.shape(shape) == net.shape(shape)
    assert count(nested, shape) == count(net, shape)


def test_a_network_has_the_outputs_of_its_last_layer_and_the_cost_of_all() -> None:
    net = lenet()
    shapes = net.shapes((1, 28, 28))
    each = [count(layer, shape) for layer, shape in zip(net.layers, shapes, strict=False)]
    told = count(net, (1, 28, 28))
    assert told.outputs == each[-1].outputs == 10
    assert told.connections == sum(one.connections for one in each) != told.multiplies
    assert told.multiplies == sum(one.multiplies for one in each)


def test_a_network_traces_the_input_of_every_layer_and_its_output() -> None:
    net = Sequential((Conv(1, 1, bias=False), ReLU(), Flatten(), Dense(1, bias=False)))
    params = ((np.array([[[2.0]]]),), (), (), (np.array([[1.0, 10.0]]),))
    values = net.trace(params, [[[1, -3]]])
    assert [value.tolist() for value in values] == [
        [[[1, -3]]],
        [[[2, -6]]],
        [[[2, 0]]],
        [[2, 0]],
        [[2]],
    ]
    assert net.shapes((1, 2)) == [(1, 2), (1, 2), (1, 2), (2,), (1,)]


def test_float32_stays_float32_through_a_network() -> None:
    net = Sequential((Conv(2, 2), ReLU(), AvgPool(2), ChannelMaxPool(2), Flatten(), Dense(3)))
    drawn = net.init(np.random.default_rng(0), (1, 5, 5))
    params = tuple(tuple(p.astype(np.float32) for p in own) for own in drawn)
    x = np.ones((2, 1, 5, 5), np.float32)
    dx, dparams = net.backward(params, x, np.ones((2, 3), np.float32))
    arrays = [*net.trace(params, x), dx, *(p for own in dparams for p in own)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
