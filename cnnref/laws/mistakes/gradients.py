"""Mistakes in the gradients of weights and biases, and of dense, local and tiled layers."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    BiasGradCase,
    DenseCase,
    PlacedCase,
    WeightGradCase,
    along,
)
from cnnref.laws.mistakes import mistake
from cnnref.laws.numbers import Array
from cnnref.window import windows


def right(case: WeightGradCase) -> Array:
    """What the gradient of the weights should be."""
    return case.on(literal.conv_weight_grad)


@mistake("conv_weight_grad.comes-out-flipped")
def conv_weight_grad_comes_out_flipped(case: WeightGradCase) -> Array:
    """The gradient is that of a flipped kernel, as for a convolution that flips."""
    return np.flip(right(case), tuple(range(2, case.x.ndim))).copy()


@mistake("conv_weight_grad.averages-over-the-batch")
def conv_weight_grad_averages_over_the_batch(case: WeightGradCase) -> Array:
    """The mean over the items stands in place of the sum, though the loss has its own mean."""
    dw = right(case)
    return (dw / max(1, len(case.x))).astype(dw.dtype)


@mistake("conv_weight_grad.averages-over-places")
def conv_weight_grad_averages_over_places(case: WeightGradCase) -> Array:
    """The mean over the places that share a weight stands in place of the sum."""
    dw = right(case)
    return (dw / np.prod(case.dy.shape[2:])).astype(dw.dtype)


@mistake("conv_weight_grad.forgets-the-batch")
def conv_weight_grad_forgets_the_batch(case: WeightGradCase) -> Array:
    """Only the last item counts: each one overwrites the one before."""
    return right(replace(case, x=case.x[-1:], dy=case.dy[-1:]))


@mistake("conv_weight_grad.interleaves-groups")
def conv_weight_grad_interleaves_groups(case: WeightGradCase) -> Array:
    """Group g takes every groups-th input channel from g on, instead of its own stretch."""
    channels = np.arange(case.x.shape[1]).reshape(-1, case.groups).T.ravel()
    return right(replace(case, x=case.x[:, channels]))


@mistake("conv_weight_grad.exchanges-channels")
def conv_weight_grad_exchanges_channels(case: WeightGradCase) -> Array:
    """Where there are as many input as output channels, they come out exchanged."""
    dw = right(case)
    return dw.swapaxes(0, 1).copy() if dw.shape[0] == dw.shape[1] else dw


@mistake("conv_weight_grad.exchanges-axes")
def conv_weight_grad_exchanges_axes(case: WeightGradCase) -> Array:
    """Rows and columns of the gradient of a square kernel are exchanged."""
    dw = right(case)
    square = dw.ndim > 3 and dw.shape[-1] == dw.shape[-2]
    return dw.swapaxes(-1, -2).copy() if square else dw


@mistake("conv_weight_grad.exchanges-sides")
def conv_weight_grad_exchanges_sides(case: WeightGradCase) -> Array:
    """The input is padded in front as it should be behind."""
    look = windows(case.x.shape[2:], case.kernel_size, case.stride, case.padding, case.dilation)
    return right(replace(case, padding=tuple((window.after, window.before) for window in look)))


@mistake("conv_weight_grad.ignores-stride")
def conv_weight_grad_ignores_stride(case: WeightGradCase) -> Array:
    """The places of dy are taken for neighbours, though a stride lies between them."""
    m, k = case.dy.shape[2:], case.kernel_size
    look = windows(case.x.shape[2:], k, case.stride, case.padding, case.dilation)
    around = [(0, 0), (0, 0), *((window.before, window.after) for window in look)]
    near = (slice(window.span + places - 1) for window, places in zip(look, m, strict=True))
    x = np.pad(case.x, around)[along(near)]
    return right(replace(case, x=x, stride=(1,) * len(m), padding="valid"))


@mistake("conv_weight_grad.refuses-an-empty-batch")
def conv_weight_grad_refuses_an_empty_batch(case: WeightGradCase) -> Array:
    """The gradients of the items are stacked and added, which fails when there are none."""
    items = zip(case.x, case.dy, strict=True)
    alone = [right(replace(case, x=x[np.newaxis], dy=dy[np.newaxis])) for x, dy in items]
    return np.asarray(np.stack(alone).sum(axis=0))


@mistake("conv_weight_grad.always-double-precision")
def conv_weight_grad_always_double_precision(case: WeightGradCase) -> Array:
    """The sum is float64, whatever came in."""
    return right(replace(case, x=case.x.astype(float), dy=case.dy.astype(float)))


def owed(case: BiasGradCase) -> Array:
    """What the gradient of the bias should be."""
    return case.on(literal.bias_grad)


@mistake("bias_grad.forgets-the-batch")
def bias_grad_forgets_the_batch(case: BiasGradCase) -> Array:
    """Only the first item counts."""
    return owed(replace(case, dy=case.dy[:1]))


@mistake("bias_grad.averages")
def bias_grad_averages(case: BiasGradCase) -> Array:
    """The mean of what shares an entry comes out, and not the sum."""
    counts = owed(replace(case, dy=np.ones_like(case.dy)))
    return (owed(case) / np.maximum(counts, 1)).astype(owed(case).dtype)


@mistake("bias_grad.exchanges-axes")
def bias_grad_exchanges_axes(case: BiasGradCase) -> Array:
    """Rows and columns of a square bias are exchanged."""
    db = owed(case)
    square = db.ndim > 2 and db.shape[-1] == db.shape[-2]
    return db.swapaxes(-1, -2).copy() if square else db


@mistake("bias_grad.tiles-in-blocks")
def bias_grad_tiles_in_blocks(case: BiasGradCase) -> Array:
    """Place j counts for the entry j // t of the tile, and not for j mod t."""
    tile = case.shape[1:] or (1,) * (case.dy.ndim - 2)
    db = np.zeros((case.dy.shape[1], *tile), owed(case).dtype)
    for j in np.ndindex(case.dy.shape[2:]):
        entry = (ji // t % t for ji, t in zip(j, tile, strict=True))
        db[(slice(None), *entry)] += case.dy[(..., *j)].sum(axis=0)
    return db.reshape(case.shape)


@mistake("bias_grad.reverses-places")
def bias_grad_reverses_places(case: BiasGradCase) -> Array:
    """The first place of a bias gets what belongs to the last."""
    return np.flip(owed(case), tuple(range(1, len(case.shape)))).copy()


@mistake("bias_grad.sums-the-channels")
def bias_grad_sums_the_channels(case: BiasGradCase) -> Array:
    """Every channel gets the sum over all channels."""
    return np.broadcast_to(owed(case).sum(axis=0), case.shape).copy()


@mistake("bias_grad.is-nan-for-nothing")
def bias_grad_is_nan_for_nothing(case: BiasGradCase) -> Array:
    """The mean times the number is taken for the sum, which is NaN when there are no items."""
    return owed(case) if len(case.dy) else np.full(case.shape, np.nan)


def both(case: Backward[DenseCase]) -> tuple[Array, Array]:
    """What the gradients of the dense layer should be."""
    dx, dw = case.on(literal.dense_grad)
    return dx, dw


@mistake("dense_grad.transposes-the-weights-gradient")
def dense_grad_transposes_the_weights_gradient(case: Backward[DenseCase]) -> Any:
    """Where there are as many inputs as outputs, the gradient of the weights is transposed."""
    dx, dw = both(case)
    square = dw.size == len(dw) ** 2
    return dx, dw.reshape(len(dw), -1).T.reshape(dw.shape).copy() if square else dw


@mistake("dense_grad.transposes-the-weights")
def dense_grad_transposes_the_weights(case: Backward[DenseCase]) -> Any:
    """Where there are as many inputs as outputs, dy goes back through the untransposed weights."""
    w = case.case.w
    if w.size != len(w) ** 2:
        return both(case)
    turned = w.reshape(len(w), -1).T.reshape(w.shape)
    return both(replace(case, case=replace(case.case, w=turned)))


@mistake("dense_grad.averages-over-the-batch")
def dense_grad_averages_over_the_batch(case: Backward[DenseCase]) -> Any:
    """The gradient of the weights is the mean over the items, and not their sum."""
    dx, dw = both(case)
    return dx, (dw / max(1, len(dx))).astype(dw.dtype)


@mistake("dense_grad.sums-the-batch")
def dense_grad_sums_the_batch(case: Backward[DenseCase]) -> Any:
    """Every item gets the gradient of all of them."""
    dx, dw = both(case)
    return np.broadcast_to(dx.sum(axis=0), dx.shape).copy(), dw


@mistake("dense_grad.returns-its-input")
def dense_grad_returns_its_input(case: Backward[DenseCase]) -> Any:
    """The gradient is written over the input, to save memory."""
    dx, dw = both(case)
    if case.case.x.dtype == dx.dtype and case.case.x.flags.writeable:
        case.case.x[...] = dx
        return case.case.x, dw
    return dx, dw


def own(case: Backward[PlacedCase]) -> tuple[Array, Array]:
    """What the gradients of the locally connected layer should be."""
    dx, dw = case.on(literal.locally_connected_grad)
    return dx, dw


def tiled(case: Backward[PlacedCase]) -> tuple[Array, Array]:
    """What the gradients of the tiled layer should be."""
    dx, dw = case.on(literal.tiled_conv_grad)
    return dx, dw


@mistake("locally_connected_grad.shares")
def locally_connected_grad_shares(case: Backward[PlacedCase]) -> Any:
    """The weights of every place get the sum over all places, as if they were shared."""
    dx, dw = own(case)
    axes = tuple(range(case.dy.ndim - 2))
    return dx, np.broadcast_to(dw.sum(axis=axes, keepdims=True), dw.shape).copy()


@mistake("locally_connected_grad.comes-out-flipped")
def locally_connected_grad_comes_out_flipped(case: Backward[PlacedCase]) -> Any:
    """The gradient of the weights comes out flipped."""
    dx, dw = own(case)
    return dx, np.flip(dw, tuple(range(case.dy.ndim, dw.ndim))).copy()


@mistake("locally_connected_grad.uses-the-first-weights")
def locally_connected_grad_uses_the_first_weights(case: Backward[PlacedCase]) -> Any:
    """On the way back the weights of the first place are used everywhere."""
    w = case.case.w
    first = np.broadcast_to(w[(slice(1),) * (case.dy.ndim - 2)], w.shape)
    return own(replace(case, case=replace(case.case, w=first)))


@mistake("tiled_conv_grad.averages")
def tiled_conv_grad_averages(case: Backward[PlacedCase]) -> Any:
    """The weights of the tile get the mean over their places, and not the sum."""
    dx, dw = tiled(case)
    counts = np.ones(())
    for m, t in zip(case.dy.shape[2:], case.case.tile, strict=True):
        counts = np.multiply.outer(counts, np.bincount(np.arange(m) % t, minlength=t))
    shaped = np.maximum(counts, 1).reshape(*counts.shape, *(1,) * case.dy.ndim)
    return dx, (dw / shaped).astype(dw.dtype)


@mistake("tiled_conv_grad.forgets-the-repeats")
def tiled_conv_grad_forgets_the_repeats(case: Backward[PlacedCase]) -> Any:
    """Only the first tile counts for the weights: its repeats are forgotten."""
    dx, _ = tiled(case)
    dy = np.zeros_like(case.dy)
    first = along(map(slice, case.case.tile))
    dy[first] = case.dy[first]
    return dx, tiled(replace(case, dy=dy))[1]


@mistake("tiled_conv_grad.goes-back-through-one-tile")
def tiled_conv_grad_goes_back_through_one_tile(case: Backward[PlacedCase]) -> Any:
    """On the way back the first weights of the tile are used everywhere."""
    w = case.case.w
    first = np.broadcast_to(w[(slice(1),) * (case.dy.ndim - 2)], w.shape)
    return tiled(replace(case, case=replace(case.case, w=first)))[0], tiled(case)[1]
