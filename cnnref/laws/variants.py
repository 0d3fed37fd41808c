"""Laws of layers that share their weights less: locally connected, tiled, and dense."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    ConvCase,
    DenseCase,
    PlacedCase,
    Shuffled,
    Sizes,
    along,
    with_margin,
)
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import moved_by_one, reordered, row
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, refusal
from cnnref.laws.strategies import denses, local_layers, shuffled, tiled_layers


@law("local.is-its-definition", cases=local_layers())
def local_is_its_definition(cnn: Any, case: PlacedCase) -> Sides:
    """`locally_connected` gives the numbers of its definition: each window by its own weights."""
    return case.on(cnn.locally_connected), case.on(literal.locally_connected)


@law("tiled.is-its-definition", cases=tiled_layers())
def tiled_is_its_definition(cnn: Any, case: PlacedCase) -> Sides:
    """`tiled_conv` gives the numbers of its definition: window j by the weights of j mod t."""
    return case.on(cnn.tiled_conv), case.on(literal.tiled_conv)


@law("dense.is-its-definition", cases=denses())
def dense_is_its_definition(cnn: Any, case: DenseCase) -> Sides:
    """`dense` gives the numbers of its definition: every input times a weight of its own."""
    return case.on(cnn.dense), case.on(literal.dense)


def shared(case: PlacedCase, w: Array, b: Array | None = None) -> ConvCase:
    """The convolution layer that looks where this layer looks, with these weights everywhere."""
    return ConvCase(case.x, w, b, case.stride, case.padding, case.dilation)


@law("local.every-place-has-its-weights", cases=local_layers(1, bias="none"))
def every_place_has_its_weights(cnn: Any, case: PlacedCase) -> Sides:
    """Place j of a locally connected layer is place j of a convolution layer with weights w(j)."""
    places = [shared(case, w).on(cnn.conv)[..., j] for j, w in enumerate(case.w)]
    return case.on(cnn.locally_connected), np.stack(places, axis=2)


@law("local.alike-everywhere-is-convolution", cases=local_layers())
def alike_everywhere_is_convolution(cnn: Any, case: PlacedCase) -> Sides:
    """With equal weights at all places, a locally connected layer is a convolution layer."""
    w = case.w[(0,) * len(case.tile)]
    alike = replace(case, w=np.broadcast_to(w, case.w.shape))
    return alike.on(cnn.locally_connected), shared(case, w, case.b).on(cnn.conv)


@law("tiled.one-is-convolution", cases=tiled_layers(bias="channel"))
def one_is_convolution(cnn: Any, case: PlacedCase) -> Sides:
    """A tile of 1 is a convolution layer."""
    one = replace(case, w=case.w[tuple(slice(1) for _ in case.tile)])
    return one.on(cnn.tiled_conv), shared(case, case.w[(0,) * len(case.tile)], case.b).on(cnn.conv)


@law("tiled.large-is-local", cases=local_layers())
def large_is_local(cnn: Any, case: PlacedCase) -> Sides:
    """A tile of m or more is a locally connected layer: of its weights the first m are used."""
    more = [(0, 1 if axis < len(case.tile) else 0) for axis in range(case.w.ndim)]
    larger = replace(case, w=np.pad(case.w, more, constant_values=9))
    return larger.on(cnn.tiled_conv), case.on(cnn.locally_connected)


def repeated(tiles: Array, m: Sizes) -> Array:
    """Tiles (*t, ...) as they come to m places: (*m, ...), those of j mod t at place j."""
    return tiles[
        np.ix_(*([j % t for j in range(mi)] for mi, t in zip(m, tiles.shape, strict=False)))
    ]


@law("tiled.is-local-with-repeats", cases=tiled_layers(bias="channel"))
def is_local_with_repeats(cnn: Any, case: PlacedCase) -> Sides:
    """A tiled layer is the locally connected layer that has the weights of j mod t at place j."""
    y = case.on(cnn.tiled_conv)
    local = replace(case, w=repeated(case.w, y.shape[2:]))
    return y, local.on(cnn.locally_connected)


@law("tiled.every-multiple-will-do", cases=tiled_layers(bias="channel"))
def every_multiple_will_do(cnn: Any, case: PlacedCase) -> Sides:
    """A tile of t is a tile of every multiple of t, too, with its weights repeated."""
    times = (2, 3, 2)[: len(case.tile)]
    longer = np.tile(case.w, (*times, *(1 for _ in case.w.shape[len(times) :])))
    return replace(case, w=longer).on(cnn.tiled_conv), case.on(cnn.tiled_conv)


@law("tiled.deals-out-layers", cases=tiled_layers(bias="none"))
def deals_out_layers(cnn: Any, case: PlacedCase) -> Sides:
    """Every t-th place of a tiled layer, from r on, is that of a convolution layer with w(r)."""
    y = case.on(cnn.tiled_conv)
    expected = np.empty_like(y)
    for r in np.ndindex(case.tile):
        every = along(slice(first, None, t) for first, t in zip(r, case.tile, strict=True))
        expected[every] = shared(case, case.w[r]).on(cnn.conv)[every]
    return y, expected


@law(
    "tiled.interleaves-strided-layers",
    cases=tiled_layers(1, 2, padding="valid", bias="none"),
    needs=["conv.stride"],
)
def interleaves_strided_layers(cnn: Any, case: PlacedCase) -> Sides:
    """Without padding, a tiled layer interleaves layers of stride t s, the r-th from r s on."""
    y = case.on(cnn.tiled_conv)
    expected = np.empty_like(y)
    strides = tuple(t * s for t, s in zip(case.tile, case.stride, strict=True))
    for r in product(*(range(min(t, m)) for t, m in zip(case.tile, y.shape[2:], strict=True))):
        x = case.x[along(slice(ri * s, None) for ri, s in zip(r, case.stride, strict=True))]
        every = along(slice(ri, None, t) for ri, t in zip(r, case.tile, strict=True))
        layer = ConvCase(x, case.w[r], stride=strides, dilation=case.dilation)
        expected[every] = layer.on(cnn.conv)
    return y, expected


@law("tiled.moves-with-its-tile", cases=tiled_layers(padding="valid", bias="tile"))
def moves_with_its_tile(cnn: Any, case: PlacedCase) -> Sides:
    """Without padding, moving the input by t strides moves a tiled layer's output by t places."""
    by = tuple((t * s, 0) for t, s in zip(case.tile, case.stride, strict=True))
    further = replace(case, x=with_margin(case.x, by, 1)).on(cnn.tiled_conv)
    return further[along(slice(t, None) for t in case.tile)], case.on(cnn.tiled_conv)


def unbiased(case: PlacedCase) -> PlacedCase:
    """The layer without its bias."""
    return replace(case, b=None)


def per_channel(case: PlacedCase) -> Array:
    """A bias of one number per channel, ready to be added."""
    assert case.b is not None
    return case.b.reshape(-1, *(1 for _ in case.tile))


@law(
    "local.bias-per-channel",
    cases=local_layers(bias="channel"),
    needs=["locally_connected.b"],
)
def local_bias_per_channel(cnn: Any, case: PlacedCase) -> Sides:
    """A locally connected layer may share a bias: one number per output channel, at all places."""
    y = unbiased(case).on(cnn.locally_connected) + per_channel(case)
    return case.on(cnn.locally_connected), y


@law("local.bias-per-place", cases=local_layers(bias="place"), needs=["locally_connected.b"])
def local_bias_per_place(cnn: Any, case: PlacedCase) -> Sides:
    """A locally connected layer may have biases of its own at every place."""
    return case.on(cnn.locally_connected), unbiased(case).on(cnn.locally_connected) + case.b


@law("tiled.bias-per-channel", cases=tiled_layers(bias="channel"), needs=["tiled_conv.b"])
def tiled_bias_per_channel(cnn: Any, case: PlacedCase) -> Sides:
    """A tiled layer may share a bias: one number per output channel, at all places."""
    return case.on(cnn.tiled_conv), unbiased(case).on(cnn.tiled_conv) + per_channel(case)


@law("tiled.bias-is-tiled", cases=tiled_layers(bias="tile"), needs=["tiled_conv.b"])
def tiled_bias_is_tiled(cnn: Any, case: PlacedCase) -> Sides:
    """A tiled layer may tile its biases, too: place j adds those of j mod t."""
    assert case.b is not None
    y = unbiased(case).on(cnn.tiled_conv)
    bias = np.moveaxis(repeated(np.moveaxis(case.b, 0, -1), y.shape[2:]), -1, 0)
    return case.on(cnn.tiled_conv), y + bias


@law("tiled.bias-per-place", cases=tiled_layers(bias="place"), needs=["tiled_conv.b"])
def tiled_bias_per_place(cnn: Any, case: PlacedCase) -> Sides:
    """A tiled layer may have biases of its own at every place."""
    return case.on(cnn.tiled_conv), unbiased(case).on(cnn.tiled_conv) + case.b


@law("local.refuses-more-places", cases=local_layers(bias="none"))
def refuses_more_places(cnn: Any, case: PlacedCase) -> Sides:
    """Weights for more places than there are outputs are refused by a locally connected layer."""
    more = replace(case, w=np.concatenate([case.w, case.w[:1]]))
    return lambda: more.on(cnn.locally_connected), refusal(ValueError)


@law("local.refuses-fewer-places", cases=local_layers(bias="none"))
def refuses_fewer_places(cnn: Any, case: PlacedCase) -> Sides:
    """Weights for fewer places than there are outputs are refused, as those of another input."""
    fewer = replace(case, w=case.w[1:])
    return lambda: fewer.on(cnn.locally_connected), refusal(ValueError)


@law("dense.is-a-matrix", cases=denses())
def dense_is_a_matrix(cnn: Any, case: DenseCase) -> Sides:
    """A dense layer puts all channels and places in one row and multiplies it by a matrix."""
    x, w = (array.reshape(len(array), -1) for array in (case.x, case.w))
    return case.on(cnn.dense), x @ w.T + (0 if case.b is None else case.b)


@law("dense.is-a-window-of-everything", cases=denses())
def dense_is_a_window_of_everything(cnn: Any, case: DenseCase) -> Sides:
    """A dense layer is a locally connected layer whose window has grown to the whole input."""
    y = case.on(cnn.dense)
    one = (1,) * (case.x.ndim - 2)
    grown = PlacedCase(case.x, case.w.reshape(*one, *case.w.shape), case.b)
    return y, grown.on(cnn.locally_connected).reshape(y.shape)


@law("dense.ignores-a-common-order", cases=shuffled(denses()))
def dense_ignores_a_common_order(cnn: Any, case: Shuffled[DenseCase]) -> Sides:
    """A dense layer knows no neighbours: input and weights may be put into any common order."""
    layer = case.case
    x, w = (reordered(array, case.order) for array in (layer.x, layer.w))
    return replace(layer, x=x, w=w).on(cnn.dense), layer.on(cnn.dense)


def moved_with(layer: PlacedCase, operation: Any) -> Sides:
    """The outputs that stay in view when the input moves by one place, after it and before."""
    further = replace(layer, x=moved_by_one(layer.x)).on(operation)
    return further[..., 1:], layer.on(operation)[..., :-1]


@refuted(
    "tiled.moves-by-one",
    case=PlacedCase(row(1, 0), np.array([0.0, 1.0]).reshape(2, 1, 1, 1)),
    cases=tiled_layers(1, padding="valid", strided=False, dilated=False, bias="none"),
)
def tiled_moves_by_one(cnn: Any, case: PlacedCase) -> Sides:
    """At stride 1, moving the input by one place moves a tiled layer's output by one place."""
    return moved_with(case, cnn.tiled_conv)


@refuted(
    "local.moves-by-one",
    case=PlacedCase(row(1, 0), np.array([0.0, 1.0]).reshape(2, 1, 1, 1)),
    cases=local_layers(1, padding="valid", strided=False, dilated=False, bias="none"),
)
def local_moves_by_one(cnn: Any, case: PlacedCase) -> Sides:
    """At stride 1, moving the input by one place moves a local layer's output by one place."""
    return moved_with(case, cnn.locally_connected)
