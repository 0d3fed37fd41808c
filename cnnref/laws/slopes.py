"""Laws of the gradients of the rectifier, of pools, and of the recurrent layer."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Backward,
    ChannelCase,
    PoolCase,
    RecurrentCase,
    Signal,
    altered,
    by_shape,
)
from cnnref.laws.engine import law
from cnnref.laws.numbers import Array
from cnnref.laws.pooling import inside, seen
from cnnref.laws.sides import Sides, Within, rounding, within
from cnnref.laws.strategies import (
    backwards,
    channel_pools,
    pools,
    recurrent_steps,
    signals,
)
from cnnref.laws.transpose import inner

RECTIFIED = backwards(signals(), "relu")
POOLED = backwards(pools(reading=False), "max_pool", "max_pool_grad")
AVERAGED = backwards(pools(operation="avg_pool", include=True), "avg_pool", "avg_pool_grad")
ACROSS = backwards(channel_pools(), "channel_max_pool")


@law("gradients.relu-is-its-definition", cases=RECTIFIED)
def relu_is_its_definition(cnn: Any, case: Backward[Signal]) -> Sides:
    """`relu_grad` passes dy where x is positive, and nothing elsewhere: at 0 nothing either."""
    return case.on(cnn.relu_grad), np.where(case.case.x > 0, case.dy, 0)


@law("gradients.relu-tells-small-steps", cases=backwards(signals(), "relu", step=True))
def relu_tells_small_steps(cnn: Any, case: Backward[Signal]) -> Sides:
    """A step h that changes no sign changes <relu(x), dy> by exactly <h, relu_grad(x, dy)>."""
    change = cnn.relu(case.case.x + case.step) - cnn.relu(case.case.x)
    return inner(change, case.dy), inner(case.step, case.on(cnn.relu_grad))


@law("gradients.relu-is-closed-at-zero", cases=RECTIFIED)
def relu_is_closed_at_zero(cnn: Any, case: Backward[Signal]) -> Sides:
    """An array without positive entries gets nothing back through the rectifier."""
    return cnn.relu_grad(np.minimum(case.case.x, 0), case.dy), np.zeros(case.dy.shape)


@law("gradients.max-pool-is-its-definition", cases=POOLED)
def max_pool_is_its_definition(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """`max_pool_grad` gives the numbers of its definition: each dy goes to the winner."""
    return case.on(cnn.max_pool_grad), case.on(literal.max_pool_grad)


@law("gradients.max-pool-follows-indices", cases=POOLED)
def max_pool_follows_indices(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """Each dy is added at the place that `max_pool_indices` names, and a window that names none
    passes nothing back."""
    x, where = case.case.x, case.case.on(cnn.max_pool_indices)
    dx = np.zeros((*x.shape[:2], x[0, 0].size))
    for j in np.ndindex(where.shape):
        if where[j] >= 0:
            dx[(*j[:2], where[j])] += case.dy[j]
    return case.on(cnn.max_pool_grad), dx.reshape(x.shape)


@law(
    "gradients.max-pool-tells-small-steps",
    cases=backwards(pools(), "max_pool", "max_pool_grad", step=True),
)
def max_pool_tells_small_steps(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """A step h after which every entry keeps its rank changes <max_pool(x), dy> by exactly the
    inner product of h with the gradient."""
    moved = replace(case.case, x=case.case.x + case.step)
    change = moved.on(cnn.max_pool) - case.case.on(cnn.max_pool)
    return inner(change, case.dy), inner(case.step, case.on(cnn.max_pool_grad))


@law("gradients.max-pool-keeps-the-sum", cases=backwards(pools(), "max_pool", "max_pool_grad"))
def max_pool_keeps_the_sum(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """Where every window reads the input, max pooling passes back all of dy: the sums agree, ties
    or not."""
    return case.on(cnn.max_pool_grad).sum(), case.dy.sum()


@law(
    "gradients.max-pool-breaks-ties-first",
    cases=backwards(pools(1, 2, padding="pairs"), "max_pool", "max_pool_grad"),
)
def max_pool_breaks_ties_first(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """Of equal entries the first that a window reads in the input, row by row, gets its dy."""
    flat = replace(case, case=replace(case.case, x=np.full_like(case.case.x, -1)))
    n, m = case.case.x.shape[2:], case.dy.shape[2:]
    reads = seen(case.case, m)
    dx = np.zeros(case.case.x.shape)
    for j in np.ndindex(m):
        first = (inside(axis[ji], size)[0] for axis, ji, size in zip(reads, j, n, strict=True))
        dx[(..., *first)] += case.dy[(..., *j)]  # type: ignore[arg-type]
    return flat.on(cnn.max_pool_grad), dx


def average_back(case: Backward[PoolCase], cnn: Any) -> Array:
    """The gradient of average pooling."""
    dx: Array = case.on(by_shape(cnn.avg_pool_grad))
    return dx


def shared(case: Backward[PoolCase], exact: Any) -> Within:
    """A sum over an average pool's outputs or inputs, up to the rounding of shares and sums.

    A share is rounded once and added up at most once for each tap; means likewise; then at most
    all inputs and all outputs are summed.
    """
    steps = 2 * int(np.prod(case.case.kernel_size)) + 4 + case.dy.size + case.case.x.size
    size = max(1, np.abs(case.case.x).max()) * np.abs(case.dy).sum()
    return within(exact, rounding(steps, case.dy.dtype) * size)


@law("gradients.avg-pool-is-its-definition", cases=AVERAGED, exact=False)
def avg_pool_is_its_definition(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """`avg_pool_grad` gives the numbers of its definition: equal shares for all that counts."""
    exact = average_back(case, literal)
    steps = 2 * int(np.prod(case.case.kernel_size)) + 8
    sizes = average_back(replace(case, dy=np.abs(case.dy)), literal)
    return average_back(case, cnn), within(exact, rounding(steps, exact.dtype) * sizes)


@law("gradients.avg-pool-is-the-adjoint", cases=AVERAGED, exact=False)
def avg_pool_is_the_adjoint(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """The inner product of avg_pool(x) with dy is that of x with the gradient, for all x and dy,
    whether padding counts or not."""
    pairing = inner(case.case.on(cnn.avg_pool), case.dy)
    return inner(case.case.x, average_back(case, cnn)), shared(case, pairing)


@law(
    "gradients.avg-pool-keeps-the-sum",
    cases=backwards(pools(operation="avg_pool"), "avg_pool", "avg_pool_grad"),
    exact=False,
)
def avg_pool_keeps_the_sum(cnn: Any, case: Backward[PoolCase]) -> Sides:
    """Unless padding counts, average pooling passes back all of dy: the sums agree."""
    return average_back(case, cnn).astype(float).sum(), shared(case, case.dy.astype(float).sum())


@law("gradients.channel-pool-is-its-definition", cases=ACROSS)
def channel_pool_is_its_definition(cnn: Any, case: Backward[ChannelCase]) -> Sides:
    """`channel_max_pool_grad` gives the numbers of its definition: dy goes to one channel."""
    return case.on(cnn.channel_max_pool_grad), case.on(literal.channel_max_pool_grad)


@law(
    "gradients.channel-pool-tells-small-steps",
    cases=backwards(channel_pools(), "channel_max_pool", step=True),
)
def channel_pool_tells_small_steps(cnn: Any, case: Backward[ChannelCase]) -> Sides:
    """A step h after which every entry keeps its rank changes <channel_max_pool(x), dy> by exactly
    the inner product of h with the gradient."""
    moved = replace(case.case, x=case.case.x + case.step)
    change = moved.on(cnn.channel_max_pool) - case.case.on(cnn.channel_max_pool)
    return inner(change, case.dy), inner(case.step, case.on(cnn.channel_max_pool_grad))


@law("gradients.channel-pool-breaks-ties-first", cases=ACROSS)
def channel_pool_breaks_ties_first(cnn: Any, case: Backward[ChannelCase]) -> Sides:
    """Of equal channels the first of each group gets all of dy."""
    flat = replace(case, case=replace(case.case, x=np.full_like(case.case.x, -1)))
    dx = np.zeros(case.case.x.shape)
    dx[:, :: case.case.size] = case.dy
    return flat.on(cnn.channel_max_pool_grad), dx


EXACT, ON_ONE_AXIS = (
    recurrent_steps(*ranks, activations=("identity", "relu")) for ranks in ((1, 2), (1,))
)
ACTIVE = ["recurrent_conv.activation", "recurrent_conv_grad.activation"]


@law("gradients.recurrent-is-its-definition", cases=EXACT, needs=ACTIVE)
def recurrent_is_its_definition(cnn: Any, case: Backward[RecurrentCase]) -> Sides:
    """`recurrent_conv_grad` gives the numbers of its definition, for input and kernels."""
    came, expected = (case.on(part.recurrent_conv_grad) for part in (cnn, literal))
    return told(came), told(expected)


def told(parts: tuple[Array, ...]) -> Array:
    """The shapes and entries of all gradients in one row."""
    return np.concatenate([np.append(part.shape, part) for part in parts])


def moving(case: Any) -> tuple[Array, ...]:
    """The arrays of a recurrent layer."""
    return case.x, case.u, case.v, case.w


def change(cnn: Any, case: RecurrentCase, step: RecurrentCase) -> tuple[Array, Array]:
    """How all estimates change with a small step of input and kernels, by the rules of calculus
    from the first estimate on; and the largest hidden value."""

    def conv(x: Array, w: Array) -> Array:
        y: Array = cnn.conv(x, w, padding="same")
        return y

    y = dy = np.zeros((len(case.x), len(case.v), *case.x.shape[2:]), case.x.dtype)
    changes, largest = [], np.zeros(())
    for _ in range(case.steps):
        before = conv(case.x, case.u) + conv(y, case.w)
        steps = conv(step.x, case.u) + conv(case.x, step.u) + conv(dy, case.w) + conv(y, step.w)
        hidden, slope = bent(before, case.activation)
        y, dy = conv(hidden, case.v), conv(slope * steps, case.v) + conv(hidden, step.v)
        changes.append(dy)
        largest = np.maximum(largest, np.abs(hidden).max())
    return np.stack(changes), largest


def bent(x: Array, activation: str) -> tuple[Array, Array]:
    """The value and the slope of an activation."""
    if activation == "tanh":
        return np.tanh(x), 1 - np.tanh(x) ** 2
    return (np.maximum(x, 0), x > 0) if activation == "relu" else (x, np.ones_like(x))


@law("gradients.recurrent-is-the-adjoint", cases=ON_ONE_AXIS, needs=ACTIVE)
def recurrent_is_the_adjoint(cnn: Any, case: Backward[RecurrentCase]) -> Sides:
    """For a recurrent layer, the change of the estimates with a small step of input and kernels,
    found step by step from the first, pairs with dy as the step does with the gradients."""
    changes, _ = change(cnn, case.case, case.step)
    gradients = case.on(cnn.recurrent_conv_grad)
    pairs = zip(moving(case.step), gradients, strict=True)
    return inner(changes, case.dy), sum(inner(step, gradient) for step, gradient in pairs)


@law(
    "gradients.recurrent-is-the-adjoint-with-tanh",
    cases=recurrent_steps(1, activations=("tanh",)),
    exact=False,
)
def recurrent_is_the_adjoint_with_tanh(cnn: Any, case: Backward[RecurrentCase]) -> Sides:
    """If no activation is given, the gradients are those of the hyperbolic tangent: they pair with
    a small step as the change of the estimates does with dy."""
    case = altered(case, lambda array: array / 8)  # tangents that are not all 1
    changes, _ = change(cnn, case.case, case.step)
    gradients = case.on(cnn.recurrent_conv_grad)
    pairs = zip(moving(case.step), gradients, strict=True)
    came = sum(inner(step, gradient) for step, gradient in pairs)
    return came, within(inner(changes, case.dy), tangent_bound(case))


def tangent_bound(case: Backward[RecurrentCase]) -> Any:
    """How far roundings may bring the two pairings apart.

    Both add up products along paths through the layer. With all signs plus, and slopes of 1, these
    add up to `size`; hidden values are then at most `largest`. Each factor of a path is rounded at
    most `steps` times, and a slope 1 - h**2 is off by at most 2 |h| times the error of h, and one
    rounding more. A tangent is off by 4 units in the last place.
    """
    plus = altered(case, np.abs)
    linear = replace(plus.case, activation="identity")
    changes, largest = change(literal, linear, plus.step)
    size = inner(changes, plus.dy)
    terms = sum(array[0].size for array in moving(case.case)[1:])
    sums = case.dy.size + sum(array.size for array in moving(case.step))
    steps = rounding(case.case.steps * (terms + 12) + sums, case.dy.dtype)
    return 2 * size * steps * (case.case.steps + 1) * (2 * float(largest) + 3)


@law(
    "gradients.recurrent-tells-every-step",
    cases=recurrent_steps(1, activations=("identity",)),
    needs=ACTIVE,
)
def recurrent_tells_every_step(cnn: Any, case: Backward[RecurrentCase]) -> Sides:
    """Without activation, however large a step h of the input, the estimates' inner product with
    dy changes by exactly that of h with the input's gradient."""
    moved = replace(case.case, x=case.case.x + case.step.x)
    change = moved.on(cnn.recurrent_conv) - case.case.on(cnn.recurrent_conv)
    return inner(change, case.dy), inner(case.step.x, case.on(cnn.recurrent_conv_grad)[0])


@law("gradients.recurrent-sums-over-steps", cases=ON_ONE_AXIS, needs=ACTIVE)
def recurrent_sums_over_steps(cnn: Any, case: Backward[RecurrentCase]) -> Sides:
    """The gradients are the sums of those that the estimates of the single steps ask for: every
    step uses the same kernels."""
    alone = []
    for step in range(len(case.dy)):
        dy = np.zeros_like(case.dy)
        dy[step] = case.dy[step]
        gradients = replace(case, dy=dy).on(cnn.recurrent_conv_grad)
        alone.append(np.concatenate([gradient.ravel() for gradient in gradients]))
    gradients = case.on(cnn.recurrent_conv_grad)
    return np.concatenate([gradient.ravel() for gradient in gradients]), np.sum(alone, axis=0)
