"""Mistakes in the gradients of the rectifier, of pools, of the recurrent layer, of the loss."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    ChannelCase,
    PoolCase,
    RecurrentCase,
    ScoresCase,
    Signal,
    along,
    by_shape,
    with_margin,
)
from cnnref.laws.mistakes import looks, mistake, sides
from cnnref.laws.numbers import Array


def passed(case: Backward[Signal]) -> Array:
    """What the gradient of the rectifier should be."""
    dx: Array = case.on(literal.relu_grad)
    return dx


@mistake("relu_grad.is-open-at-zero")
def relu_grad_is_open_at_zero(case: Backward[Signal]) -> Array:
    """At 0 the gradient is let through, as if 0 were positive."""
    there = replace(case.case, x=np.where(case.case.x == 0, 1, case.case.x))
    return passed(replace(case, case=there))


@mistake("relu_grad.looks-at-the-gradient")
def relu_grad_looks_at_the_gradient(case: Backward[Signal]) -> Array:
    """What is let through is decided by the sign of dy, and not by that of x."""
    return np.asarray(np.where(case.dy > 0, case.dy, 0), passed(case).dtype)


@mistake("relu_grad.is-always-open")
def relu_grad_is_always_open(case: Backward[Signal]) -> Array:
    """All of dy is let through."""
    return passed(replace(case, case=replace(case.case, x=np.ones_like(case.case.x))))


@mistake("relu_grad.works-in-place")
def relu_grad_works_in_place(case: Backward[Signal]) -> Array:
    """What is not let through is set to zero in dy itself, which is returned."""
    if case.dy.dtype != passed(case).dtype or not case.dy.flags.writeable:
        return passed(case)
    case.dy[...] = passed(case)
    return case.dy


def winner(case: Backward[PoolCase]) -> Array:
    """What the gradient of max pooling should be."""
    dx: Array = case.on(literal.max_pool_grad)
    return dx


def tied(case: Backward[PoolCase], share: Callable[[Array], Array], fill: float = -np.inf) -> Array:
    """The gradient if each window splits its dy in these shares of its largest entries.

    The shares are told for a table of what is largest, with a row for each window.
    """
    x = with_margin(case.case.x, sides(case.case), fill)
    dx = np.zeros(x.shape, winner(case).dtype)
    for j in np.ndindex(case.dy.shape[2:]):
        window = x[stamp(case, j)]
        rows = window.reshape(*window.shape[:2], -1)
        largest = (rows == rows.max(axis=2, keepdims=True)) & np.isfinite(rows)
        shares = share(largest) * case.dy[(..., *j)][..., np.newaxis]
        dx[stamp(case, j)] += shares.reshape(window.shape).astype(dx.dtype)
    return uncovered(case, dx)


def stamp(case: Backward[PoolCase], j: tuple[int, ...]) -> Any:
    """The places of the padded input that output place j reads."""
    starts = ((ji * look.stride, look) for ji, look in zip(j, looks(case.case), strict=True))
    return along(slice(start, start + look.span, look.dilation) for start, look in starts)


def uncovered(case: Backward[PoolCase], padded: Array) -> Array:
    """The gradient of the padded input without its padding."""
    around = zip(sides(case.case), case.case.x.shape[2:], strict=True)
    dx: Array = padded[along(slice(before, before + n) for (before, _), n in around)]
    return dx.copy()


@mistake("max_pool_grad.goes-to-all-ties")
def max_pool_grad_goes_to_all_ties(case: Backward[PoolCase]) -> Array:
    """Every entry as large as the maximum gets all of dy."""
    return tied(case, lambda largest: largest)


@mistake("max_pool_grad.is-shared-by-ties")
def max_pool_grad_is_shared_by_ties(case: Backward[PoolCase]) -> Array:
    """Entries as large as the maximum share dy."""
    return tied(case, lambda largest: largest / np.maximum(1, largest.sum(axis=2, keepdims=True)))


@mistake("max_pool_grad.goes-to-the-last-tie")
def max_pool_grad_goes_to_the_last_tie(case: Backward[PoolCase]) -> Array:
    """Of equal entries the last one gets dy."""
    return tied(case, lambda largest: largest & (largest[..., ::-1].cumsum(axis=2)[..., ::-1] == 1))


@mistake("max_pool_grad.goes-to-padding")
def max_pool_grad_goes_to_padding(case: Backward[PoolCase]) -> Array:
    """Padding is zero, wins over negative entries, and swallows their dy."""
    return tied(case, lambda largest: largest & (largest.cumsum(axis=2) == 1), fill=0)


@mistake("max_pool_grad.is-shared-by-the-window")
def max_pool_grad_is_shared_by_the_window(case: Backward[PoolCase]) -> Array:
    """All entries of a window share dy, as if it were average pooling."""
    return tied(case, lambda largest: np.ones(largest.shape) / largest.shape[2])


@mistake("max_pool_grad.sets")
def max_pool_grad_sets(case: Backward[PoolCase]) -> Array:
    """Where one entry wins several windows, the last one's dy stands instead of their sum."""
    x, where = case.case.x, case.case.on(literal.max_pool_indices)
    dx = np.zeros((*x.shape[:2], x[:1, 0].size or 1), winner(case).dtype)
    for j in np.ndindex(where.shape):
        if where[j] >= 0:
            dx[(*j[:2], where[j])] = case.dy[j]
    return dx.reshape(x.shape) if x.size else winner(case)


def average(case: Backward[PoolCase]) -> Array:
    """What the gradient of average pooling should be."""
    dx: Array = case.on(by_shape(literal.avg_pool_grad))
    return dx


@mistake("avg_pool_grad.divides-by-the-window")
def avg_pool_grad_divides_by_the_window(case: Backward[PoolCase]) -> Array:
    """dy is divided by the size of the window even where padding does not count."""
    dx = np.zeros(with_margin(case.case.x, sides(case.case)).shape, average(case).dtype)
    one = (*dx.shape[:2], *(1,) * (dx.ndim - 2))
    for j in np.ndindex(case.dy.shape[2:]):
        dx[stamp(case, j)] += case.dy[(..., *j)].reshape(one) / np.prod(case.case.kernel_size)
    return uncovered(case, dx)


@mistake("avg_pool_grad.always-counts-padding")
def avg_pool_grad_always_counts_padding(case: Backward[PoolCase]) -> Array:
    """Padding has its share whether it counts or not."""
    return average(replace(case, case=replace(case.case, count_include_pad=True)))


@mistake("avg_pool_grad.never-counts-padding")
def avg_pool_grad_never_counts_padding(case: Backward[PoolCase]) -> Array:
    """Padding has no share although count_include_pad asks for it."""
    return average(replace(case, case=replace(case.case, count_include_pad=False)))


@mistake("avg_pool_grad.forgets-to-divide")
def avg_pool_grad_forgets_to_divide(case: Backward[PoolCase]) -> Array:
    """Every place of a window gets all of dy."""
    return average(case) * np.prod(case.case.kernel_size)


def across(case: Backward[ChannelCase]) -> Array:
    """What the gradient of pooling across channels should be."""
    dx: Array = case.on(literal.channel_max_pool_grad)
    return dx


@mistake("channel_max_pool_grad.goes-to-all-ties")
def channel_max_pool_grad_goes_to_all_ties(case: Backward[ChannelCase]) -> Array:
    """Every channel as large as the maximum of its group gets all of dy."""
    y = case.case.on(literal.channel_max_pool)
    largest, dy = (np.repeat(array, case.case.size, axis=1) for array in (y, case.dy))
    return np.asarray((case.case.x == largest) * dy, across(case).dtype)


@mistake("channel_max_pool_grad.goes-to-the-last-tie")
def channel_max_pool_grad_goes_to_the_last_tie(case: Backward[ChannelCase]) -> Array:
    """Of equal channels the last one gets dy."""
    turned = Backward(replace(case.case, x=case.case.x[:, ::-1]), case.dy[:, ::-1])
    return across(turned)[:, ::-1].copy()


@mistake("channel_max_pool_grad.takes-every-qth")
def channel_max_pool_grad_takes_every_qth(case: Backward[ChannelCase]) -> Array:
    """Group g has every channel that is g mod their number, instead of q neighbours."""
    order = np.arange(case.case.x.shape[1]).reshape(case.case.size, -1).T.ravel()
    dx = np.empty_like(across(case))
    dx[:, order] = across(replace(case, case=replace(case.case, x=case.case.x[:, order])))
    return dx


Gradients: TypeAlias = tuple[Array, ...]


def unrolled(case: Backward[RecurrentCase]) -> Gradients:
    """What the gradients of the recurrent layer should be."""
    gradients: Gradients = case.on(literal.recurrent_conv_grad)
    return gradients


@mistake("recurrent_conv_grad.sees-the-last-estimate")
def recurrent_conv_grad_sees_the_last_estimate(case: Backward[RecurrentCase]) -> Gradients:
    """Only the gradient of the last estimate is taken: those of the others are left out."""
    dy = np.zeros_like(case.dy)
    dy[-1] = case.dy[-1]
    return unrolled(replace(case, dy=dy))


@mistake("recurrent_conv_grad.stays-in-its-step")
def recurrent_conv_grad_stays_in_its_step(case: Backward[RecurrentCase]) -> Gradients:
    """Nothing goes back from a step to the one before: estimates are taken for given inputs."""
    layer = case.case
    y = layer.on(literal.recurrent_conv)
    before = np.concatenate([np.zeros_like(y[:1]), y[:-1]])
    dx, du, dv, dw = (np.zeros_like(gradient) for gradient in unrolled(case))
    for earlier, dy in zip(before, case.dy, strict=True):
        hidden = same(layer.x, layer.u) + same(earlier, layer.w)
        bent, slope = np.tanh(hidden), 1 - np.tanh(hidden) ** 2
        if layer.activation != "tanh":
            slope = (hidden > 0) | (np.full(hidden.shape, layer.activation == "identity"))
            bent = hidden * slope
        inner = slope * back(dy, layer.v)
        dx += back(inner, layer.u)
        du += kernel(layer.x, inner, layer.u)
        dv += kernel(bent, dy, layer.v)
        dw += kernel(earlier, inner, layer.w)
    return dx, du, dv, dw


def same(x: Array, w: Array) -> Array:
    """A layer with padding "same"."""
    return literal.conv(x, w, padding="same")


def back(dy: Array, w: Array) -> Array:
    """The way back through a layer with padding "same"."""
    return literal.conv_transpose(dy, w, output_size=dy.shape[2:], padding="same")


def kernel(x: Array, dy: Array, w: Array) -> Array:
    """The gradient of a kernel of a layer with padding "same"."""
    return literal.conv_weight_grad(x, dy, kernel_size=w.shape[2:], padding="same")


@mistake("recurrent_conv_grad.averages-over-steps")
def recurrent_conv_grad_averages_over_steps(case: Backward[RecurrentCase]) -> Gradients:
    """The kernels get the mean over the steps that share them, and not the sum."""
    dx, *kernels = unrolled(case)
    return dx, *((dk / len(case.dy)).astype(dk.dtype) for dk in kernels)


@mistake("recurrent_conv_grad.forgets-the-slope")
def recurrent_conv_grad_forgets_the_slope(case: Backward[RecurrentCase]) -> Gradients:
    """The slope of the activation is left out, as if it were 1 everywhere."""
    return unrolled(replace(case, case=replace(case.case, activation="identity")))


@mistake("recurrent_conv_grad.exchanges-its-kernels")
def recurrent_conv_grad_exchanges_its_kernels(case: Backward[RecurrentCase]) -> Gradients:
    """The gradients of u and w come out in each other's place where they are alike in shape."""
    dx, du, dv, dw = unrolled(case)
    return (dx, dw, dv, du) if du.shape == dw.shape else (dx, du, dv, dw)


def entropy(case: ScoresCase) -> tuple[float, Array]:
    """What the loss and its gradient should be."""
    loss, dz = case.on(literal.softmax_cross_entropy)
    return loss, dz


@mistake("softmax_cross_entropy.sums-the-batch")
def softmax_cross_entropy_sums_the_batch(case: ScoresCase) -> tuple[float, Array]:
    """The loss and its gradient are sums over the batch, and no means."""
    loss, dz = entropy(case)
    return loss * len(dz), dz * len(dz)


@mistake("softmax_cross_entropy.gradient-of-the-sum")
def softmax_cross_entropy_gradient_of_the_sum(case: ScoresCase) -> tuple[float, Array]:
    """The loss is a mean over the batch, but its gradient is that of the sum: 1/N is missing."""
    loss, dz = entropy(case)
    return loss, dz * len(dz)


@mistake("softmax_cross_entropy.forgets-the-label")
def softmax_cross_entropy_forgets_the_label(case: ScoresCase) -> tuple[float, Array]:
    """The gradient is the softmax itself: nothing is taken off at the right class."""
    loss, dz = entropy(case)
    dz[np.arange(len(dz)), case.labels] += 1 / max(1, len(dz))
    return loss, dz


@mistake("softmax_cross_entropy.has-the-wrong-sign")
def softmax_cross_entropy_has_the_wrong_sign(case: ScoresCase) -> tuple[float, Array]:
    """The gradient points downhill."""
    loss, dz = entropy(case)
    return loss, -dz


@mistake("softmax_cross_entropy.counts-in-bits")
def softmax_cross_entropy_counts_in_bits(case: ScoresCase) -> tuple[float, Array]:
    """The logarithm has base 2."""
    loss, dz = entropy(case)
    return loss / float(np.log(2)), (dz / np.log(2)).astype(dz.dtype)


@mistake("softmax_cross_entropy.adds-to-the-scores")
def softmax_cross_entropy_adds_to_the_scores(case: ScoresCase) -> tuple[float, Array]:
    """One is added before the logarithm, so that it never sees a zero."""
    right = case.z[np.arange(len(case.z)), case.labels]
    losses = np.log1p(np.exp(case.z).sum(axis=1)) - right
    dz = np.exp(case.z) / (1 + np.exp(case.z).sum(axis=1, keepdims=True))
    dz[np.arange(len(dz)), case.labels] -= 1
    count = max(1, len(dz))
    return float(losses.sum() / count), (dz / count).astype(entropy(case)[1].dtype)
