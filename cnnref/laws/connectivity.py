"""Laws of who reads whom, and through which weight: the tables tell what the layers do."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref.connectivity import matrix, pattern, weight_index
from cnnref.laws.cases import ConvCase, DenseCase, Pair, PlacedCase
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import row
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides
from cnnref.laws.strategies import convs, denses, local_layers, pairs, tiled_layers
from cnnref.window import Window

ON_ONE_AXIS = convs(1, padding="pairs", groups=(1,), bias="none")


def looks(case: ConvCase | PlacedCase) -> list[Window]:
    """Where the layer looks, on each axis; only of cases whose padding is no word."""
    k = case.w.shape[2:] if isinstance(case, ConvCase) else case.kernel_size
    options = zip(k, case.stride, case.dilation, case.around, strict=True)
    return [Window(taps, s, d, before, after) for taps, s, d, (before, after) in options]


def alone(n: int) -> Array:
    """For each of n places an input that is one there and zero elsewhere, (n, 1, n)."""
    return np.eye(n)[:, np.newaxis]


@law("connectivity.matrix-is-the-layer", cases=ON_ONE_AXIS)
def matrix_is_the_layer(cnn: Any, case: ConvCase) -> Sides:
    """On one axis, a layer without bias multiplies every input channel by the matrix of its kernel,
    and adds up what comes."""
    (look,), n = looks(case), case.x.shape[2]
    tables = np.array([[matrix(look, n, w) for w in kernels] for kernels in case.w])
    return case.on(cnn.conv), np.einsum("fcji,nci->nfj", tables, case.x)


@law("connectivity.pattern-shows-who-answers", cases=ON_ONE_AXIS)
def pattern_shows_who_answers(cnn: Any, case: ConvCase) -> Sides:
    """On one axis, if no weight is zero, an output answers to exactly those places that its pattern
    connects it to."""
    (look,), n = looks(case), case.x.shape[2]
    w = np.abs(case.w[:1, :1]) + 1
    answers = replace(case, x=alone(n), w=w).on(cnn.conv)[:, 0].T != 0  # (m, n)
    return answers, pattern(look, n).any(axis=0)


@law("connectivity.pattern-shows-each-tap", cases=ON_ONE_AXIS)
def pattern_shows_each_tap(cnn: Any, case: ConvCase) -> Sides:
    """A kernel that is one at tap a and zero elsewhere has as its matrix the pattern of tap a."""
    (look,), n = looks(case), case.x.shape[2]
    taps = np.eye(look.kernel)[:, np.newaxis]  # (k, 1, k): an output channel for each tap
    answers = replace(case, x=alone(n), w=taps).on(cnn.conv)  # (n, k, m)
    return answers.transpose(1, 2, 0), pattern(look, n)


def numbered(tile: int, kernel: int) -> Array:
    """Weights (t, 1, 1, k) that are counted from one."""
    return np.arange(1.0, 1 + tile * kernel).reshape(tile, 1, 1, kernel)


@law(
    "connectivity.weights-of-a-tiled-layer",
    cases=tiled_layers(1, padding="pairs", bias="none"),
)
def weights_of_a_tiled_layer(cnn: Any, case: PlacedCase) -> Sides:
    """Weights numbered from one show in a tiled layer's matrix which of them sits where."""
    (look,), (tile,), n = looks(case), case.tile, case.x.shape[2]
    shown = replace(case, x=alone(n), w=numbered(tile, look.kernel)).on(cnn.tiled_conv)
    return shown[:, 0].T, weight_index(look, n, tile) + 1


@law(
    "connectivity.weights-of-a-local-layer",
    cases=local_layers(1, padding="pairs", bias="none"),
)
def weights_of_a_local_layer(cnn: Any, case: PlacedCase) -> Sides:
    """In a locally connected layer's matrix every connection shows a weight of its own."""
    (look,), (m,), n = looks(case), case.tile, case.x.shape[2]
    shown = replace(case, x=alone(n), w=numbered(m, look.kernel)).on(cnn.locally_connected)
    return shown[:, 0].T, weight_index(look, n, m) + 1


@law(
    "connectivity.sharing-is-counted",
    cases=tiled_layers(1, padding="valid", bias="none"),
)
def sharing_is_counted(cnn: Any, case: PlacedCase) -> Sides:
    """Without padding, weight w(r, a) of a tiled layer sits on one connection for each place j with
    j mod t = r: on m of them if t is 1, on a single one if t is m."""
    (k,), (tile,) = case.kernel_size, case.tile
    each = np.eye(tile * k).reshape(tile * k, 1, tile, k)  # an output channel for each weight
    layer = replace(case, x=np.ones((1, 1, case.x.shape[2])), w=each.transpose(2, 0, 1, 3))
    y = layer.on(cnn.tiled_conv)  # (1, t k, m)
    counts = [sum(j % tile == r for j in range(y.shape[2])) for r in range(tile)]
    return y.sum(axis=(0, 2)), np.repeat(counts, k)


@law("connectivity.connections-are-counted", cases=convs(1, 2, padding="valid", bias="none"))
def connections_are_counted(cnn: Any, case: ConvCase) -> Sides:
    """Without padding, and with no weight zero, an output has as many connections as one kernel has
    weights."""
    inputs = int(np.prod(case.x.shape[1:]))
    each = np.eye(inputs).reshape(inputs, *case.x.shape[1:])
    y = replace(case, x=each, w=np.abs(case.w) + 1).on(cnn.conv)  # (inputs, C_out, *m)
    return np.count_nonzero(y, axis=0), np.full(y.shape[1:], case.w[0].size)


@law(
    "connectivity.axes-multiply",
    cases=convs(2, padding="pairs", groups=(1,), bias="none"),
)
def axes_multiply(cnn: Any, case: ConvCase) -> Sides:
    """In an image, the number of outputs that read a place is that of its row times that of its
    column."""
    n = case.x.shape[2:]
    each = np.eye(n[0] * n[1]).reshape(-1, 1, *n)
    y = replace(case, x=each, w=np.ones((1, 1, *case.w.shape[2:]))).on(cnn.conv)
    per_axis = [
        pattern(look, size).sum(axis=(0, 1)) for look, size in zip(looks(case), n, strict=True)
    ]
    return y.sum(axis=(1, 2, 3)).reshape(n), np.outer(*per_axis)


@law(
    "connectivity.is-dense-with-fixed-zeros",
    cases=tiled_layers(1, padding="pairs", bias="none"),
)
def is_dense_with_fixed_zeros(cnn: Any, case: PlacedCase) -> Sides:
    """On one axis, convolution, tiled and locally connected layers are dense layers: with zeros
    where nothing is connected, and one number wherever a weight is shared."""
    (look,), (tile,), n = looks(case), case.tile, case.x.shape[2]
    index = weight_index(look, n, tile)  # (m, n)
    weights = np.moveaxis(case.w, 0, 2).reshape(*case.w.shape[1:3], -1)  # (C_out, C_in, t k)
    table = np.where(index >= 0, weights[..., index], 0)  # (C_out, C_in, m, n)
    rows = np.moveaxis(table, 2, 1).reshape(-1, *case.x.shape[1:])
    y = case.on(cnn.tiled_conv)
    return y, cnn.dense(case.x, rows).reshape(y.shape)


@law("connectivity.dense-connects-all", cases=denses(bias="none"))
def dense_connects_all(cnn: Any, case: DenseCase) -> Sides:
    """In a dense layer every output is connected to every input, through a weight of its own."""
    inputs = case.w[0].size
    each = np.eye(inputs).reshape(inputs, *case.x.shape[1:])
    w = np.arange(1.0, 1 + case.w.size).reshape(case.w.shape)
    return cnn.dense(each, w).T, w.reshape(len(w), -1)


@refuted(
    "connectivity.every-place-has-k-readers",
    case=Pair(np.zeros(2), np.zeros(2)),
    cases=pairs(1, fitting=True),
)
def every_place_has_k_readers(cnn: Any, case: Pair) -> Sides:
    """Without padding, every input is read by as many outputs as the kernel has taps."""
    n, k = case.x.size, case.w.size
    return cnn.conv(alone(n), np.ones((1, 1, k))).sum(axis=(1, 2)), np.full(n, k)


@refuted(
    "connectivity.every-place-is-read",
    case=ConvCase(row(0, 0), row(0), stride=(2,), padding=((0, 0),), dilation=(1,)),
    cases=convs(1, padding="pairs", groups=(1,), bias="none"),
    needs=["conv.stride"],
)
def every_place_is_read(cnn: Any, case: ConvCase) -> Sides:
    """Whatever its stride, a layer reads every place of its input."""
    n = case.x.shape[2]
    y = replace(case, x=alone(n), w=np.ones_like(case.w[:1, :1])).on(cnn.conv)
    return y.any(axis=(1, 2)), np.ones(n, bool)
