"""Laws of the gradients of layers with weights: each is told by one inner product."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    BiasGradCase,
    ConvCase,
    DenseCase,
    PlacedCase,
    WeightGradCase,
    along,
    to_input,
    to_weights,
    with_margin,
)
from cnnref.laws.engine import law
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides
from cnnref.laws.strategies import (
    backwards,
    bias_gradients,
    convs,
    denses,
    local_layers,
    tiled_layers,
    weight_gradients,
)
from cnnref.laws.transpose import inner

LAYERS = backwards(convs(bias="none"), "conv", "conv_weight_grad")
LOCAL = backwards(local_layers(bias="none"), "locally_connected", "locally_connected_grad")
TILED = backwards(tiled_layers(bias="none"), "tiled_conv", "tiled_conv_grad")
DENSE = backwards(denses(bias="none"), "dense", "dense_grad")


@law("gradients.weight-is-its-definition", cases=weight_gradients())
def weight_is_its_definition(cnn: Any, case: WeightGradCase) -> Sides:
    """`conv_weight_grad` gives the numbers of its definition: a sum over the places."""
    return case.on(cnn.conv_weight_grad), case.on(literal.conv_weight_grad)


@law("gradients.weights-are-the-adjoint", cases=LAYERS)
def weights_are_the_adjoint(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """The inner product of conv(x, w) with dy is that of w with conv_weight_grad(x, dy), for all
    w and dy, whatever the stride, padding, dilation and groups."""
    dw = to_weights(case).on(cnn.conv_weight_grad)
    return inner(case.case.on(cnn.conv), case.dy), inner(case.case.w, dw)


@law("gradients.pair-alike", cases=LAYERS)
def gradients_pair_alike(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """Without bias, the pairings <y, dy>, <w, dw> and <x, dx> are all the same number."""
    dw, dx = to_weights(case).on(cnn.conv_weight_grad), to_input(case).on(cnn.conv_transpose)
    pairings = inner(case.case.w, dw), inner(case.case.x, dx)
    return np.array(pairings), np.repeat(inner(case.case.on(cnn.conv), case.dy), 2)


@law(
    "gradients.weights-sum-over-places",
    cases=weight_gradients(1, 2, padding="pairs", dilated=False, groups=(1,)),
)
def weights_sum_over_places(cnn: Any, case: WeightGradCase) -> Sides:
    """Without groups and dilation, the gradient of the weights is the sum, over items and places,
    of dy there times the window that is read there: one kernel is shared by all places."""
    x = with_margin(case.x, case.around)
    dw = np.zeros((case.dy.shape[1], x.shape[1], *case.kernel_size))
    for j in np.ndindex(case.dy.shape[2:]):
        corner = zip(j, case.stride, case.kernel_size, strict=True)
        window = x[along(slice(ji * s, ji * s + k) for ji, s, k in corner)]  # (N, C_in, *k)
        dw += np.einsum("nf,nc...->fc...", case.dy[(..., *j)], window)
    return case.on(cnn.conv_weight_grad), dw


@law(
    "gradients.weights-are-a-convolution",
    cases=weight_gradients(padding="pairs", dilated=False, groups=(1,)),
    needs=["conv_weight_grad.stride"],
)
def weights_are_a_convolution(cnn: Any, case: WeightGradCase) -> Sides:
    """Without groups and dilation, dw is a layer on x whose kernel is dy, whose dilation is the
    stride, and whose channels and items have changed places; of it, the first k taps."""
    x, dy = case.x.swapaxes(0, 1), case.dy.swapaxes(0, 1)
    wide = ConvCase(x, dy, None, (), case.padding, case.stride).on(cnn.conv)  # (C_in, C_out, *)
    taps = wide[along(slice(k) for k in case.kernel_size)]
    return case.on(cnn.conv_weight_grad), taps.swapaxes(0, 1)


@law("gradients.weights-sum-over-items", cases=weight_gradients())
def weights_sum_over_items(cnn: Any, case: WeightGradCase) -> Sides:
    """The gradient of the weights is the sum of those of the items, and no mean."""
    alone = [
        replace(case, x=case.x[i : i + 1], dy=case.dy[i : i + 1]).on(cnn.conv_weight_grad)
        for i in range(len(case.x))
    ]
    return case.on(cnn.conv_weight_grad), np.sum(alone, axis=0)


@law(
    "gradients.weights-of-groups-are-alone",
    cases=weight_gradients(groups=(2, 3, 1)),
    needs=["conv_weight_grad.groups"],
)
def weights_of_groups_are_alone(cnn: Any, case: WeightGradCase) -> Sides:
    """The weights of a group get their gradient from the channels of that group alone."""
    pairs = zip(*(np.split(a, case.groups, axis=1) for a in (case.x, case.dy)), strict=True)
    alone = [replace(case, x=x, dy=dy, groups=1).on(cnn.conv_weight_grad) for x, dy in pairs]
    return case.on(cnn.conv_weight_grad), np.concatenate(alone)


@law("gradients.bias-is-its-definition", cases=bias_gradients())
def bias_is_its_definition(cnn: Any, case: BiasGradCase) -> Sides:
    """`bias_grad` gives the numbers of its definition: a sum over what shares an entry."""
    return case.on(cnn.bias_grad), case.on(literal.bias_grad)


BIASED = backwards(convs(bias="given"), "conv")
TILED_BIASED = backwards(tiled_layers(bias="given"), "tiled_conv")


def paired_bias(cnn: Any, dy: Array, b: Any) -> Any:
    """What the gradient of a bias pairs to: <b, db>."""
    return inner(b, cnn.bias_grad(dy, b.shape))


@law("gradients.biases-are-the-adjoint", cases=BIASED, needs=["conv.b"])
def biases_are_the_adjoint(cnn: Any, case: Backward[ConvCase]) -> Sides:
    """The inner product of dy with what a bias adds to conv is that of the bias with its gradient,
    for a bias per channel and for one per place."""
    added = case.case.on(cnn.conv) - replace(case.case, b=None).on(cnn.conv)
    return inner(added, case.dy), paired_bias(cnn, case.dy, case.case.b)


@law("gradients.tiled-biases-are-the-adjoint", cases=TILED_BIASED, needs=["tiled_conv.b"])
def tiled_biases_are_the_adjoint(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """The inner product of dy with what a bias adds to a tiled layer is that of the bias with its
    gradient, for a bias per channel, per place, and per place of the tile."""
    added = case.case.on(cnn.tiled_conv) - replace(case.case, b=None).on(cnn.tiled_conv)
    return inner(added, case.dy), paired_bias(cnn, case.dy, case.case.b)


@law("gradients.bias-per-channel-sums", cases=bias_gradients())
def bias_per_channel_sums(cnn: Any, case: BiasGradCase) -> Sides:
    """The gradient of a bias per channel is the sum of dy over the items and all places."""
    dy = case.dy
    return cnn.bias_grad(dy, dy.shape[1:2]), dy.sum(axis=(0, *range(2, dy.ndim)))


@law("gradients.bias-per-place-sums", cases=bias_gradients())
def bias_per_place_sums(cnn: Any, case: BiasGradCase) -> Sides:
    """The gradient of a bias per place is the sum of dy over the items alone."""
    return cnn.bias_grad(case.dy, case.dy.shape[1:]), case.dy.sum(axis=0)


@law("gradients.dense-is-its-definition", cases=DENSE)
def dense_is_its_definition(cnn: Any, case: Backward[DenseCase]) -> Sides:
    """`dense_grad` gives the numbers of its definition, for the input and for the weights."""
    return both(case, cnn.dense_grad), both(case, literal.dense_grad)


def both(case: Backward[Any], operation: Any) -> Array:
    """Both gradients, told in one row."""
    return told(*case.on(operation))


def told(dx: Array, dw: Array) -> Array:
    """The shapes and entries of both gradients in one row, the input's first."""
    return np.concatenate([[*dx.shape, *dw.shape], dx.ravel(), dw.ravel()])


def paired(case: Backward[Any], operation: Any) -> Array:
    """What both gradients pair to: <x, dx> and <w, dw>."""
    dx, dw = case.on(operation)
    return np.array([inner(case.case.x, dx), inner(case.case.w, dw)])


@law("gradients.dense-is-the-adjoint", cases=DENSE)
def dense_is_the_adjoint(cnn: Any, case: Backward[DenseCase]) -> Sides:
    """For a dense layer without bias, <y, dy>, <x, dx> and <w, dw> are the same number."""
    return paired(case, cnn.dense_grad), np.repeat(inner(case.case.on(cnn.dense), case.dy), 2)


@law("gradients.dense-is-two-products", cases=DENSE)
def dense_is_two_products(cnn: Any, case: Backward[DenseCase]) -> Sides:
    """With inputs and weights as matrices with a row for each item and each output, dx is dy W, and
    dw is the transpose of dy, times x."""
    x, w = (a.reshape(len(a), -1) for a in (case.case.x, case.case.w))
    dx, dw = case.on(cnn.dense_grad)
    came = np.concatenate([dx.reshape(x.shape), dw.reshape(w.shape)])
    return came, np.concatenate([case.dy @ w, case.dy.T @ x])


@law("gradients.local-is-its-definition", cases=LOCAL)
def local_is_its_definition(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """`locally_connected_grad` gives the numbers of its definition, for input and weights."""
    return both(case, cnn.locally_connected_grad), both(case, literal.locally_connected_grad)


@law("gradients.local-is-the-adjoint", cases=LOCAL)
def local_is_the_adjoint(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """For a locally connected layer without bias, <y, dy>, <x, dx> and <w, dw> are the same."""
    y = case.case.on(cnn.locally_connected)
    return paired(case, cnn.locally_connected_grad), np.repeat(inner(y, case.dy), 2)


@law("gradients.tiled-is-its-definition", cases=TILED)
def tiled_is_its_definition(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """`tiled_conv_grad` gives the numbers of its definition, for input and weights."""
    return both(case, cnn.tiled_conv_grad), both(case, literal.tiled_conv_grad)


@law("gradients.tiled-is-the-adjoint", cases=TILED)
def tiled_is_the_adjoint(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """For a tiled layer without bias, <y, dy>, <x, dx> and <w, dw> are the same number."""
    y = case.case.on(cnn.tiled_conv)
    return paired(case, cnn.tiled_conv_grad), np.repeat(inner(y, case.dy), 2)


@law("gradients.sharing-sums", cases=TILED)
def sharing_sums(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """A tiled layer has the input gradient of the local layer with its weights repeated, and its
    weights get the sum of what the local weights at their places get."""
    tiled = case.case
    m, tile = case.dy.shape[2:], tiled.tile
    phases = np.ix_(*(np.arange(size) % t for size, t in zip(m, tile, strict=True)))
    local = replace(case, case=replace(tiled, w=tiled.w[phases]))
    dx, each = local.on(cnn.locally_connected_grad)
    dw = np.zeros(tiled.w.shape)
    np.add.at(dw, phases, each)
    return both(case, cnn.tiled_conv_grad), told(dx, dw)


@law("gradients.one-tile-is-convolution", cases=TILED, needs=["conv_transpose.output_size"])
def one_tile_is_convolution(cnn: Any, case: Backward[PlacedCase]) -> Sides:
    """A tiled layer whose tile is one place has the gradients of the convolution layer."""
    layer, rank = case.case, case.dy.ndim - 2
    w = layer.w[(slice(1),) * rank]  # (*1, C_out, C_in, *k)
    conv = ConvCase(layer.x, w[(0,) * rank], None, layer.stride, layer.padding, layer.dilation)
    back = Backward(conv, case.dy)
    dx, dw = to_input(back).on(cnn.conv_transpose), to_weights(back).on(cnn.conv_weight_grad)
    tiled = replace(case, case=replace(layer, w=w))
    return both(tiled, cnn.tiled_conv_grad), told(dx, dw.reshape(w.shape))
