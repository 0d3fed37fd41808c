"""Laws of the recurrent convolution layer, which refines its own output."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import RecurrentCase
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import row
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, at_most, rounding, within
from cnnref.laws.strategies import recurrents

ACTIVE = ["recurrent_conv.activation"]
EXACT = recurrents(activations=("identity", "relu"))
ON_ONE_AXIS = recurrents(1, activations=("identity", "relu"))
LINEAR = recurrents(1, activations=("identity",))


@law("recurrent.is-its-definition", cases=EXACT, needs=ACTIVE)
def recurrent_is_its_definition(cnn: Any, case: RecurrentCase) -> Sides:
    """`recurrent_conv` gives the numbers of its definition, for every step."""
    return case.on(cnn.recurrent_conv), case.on(literal.recurrent_conv)


def refined(cnn: Any, case: RecurrentCase, y: Array) -> Array:
    """The estimate that follows y: one layer on the input and on y, and another on that."""
    inner = cnn.conv(case.x, case.u, padding="same") + cnn.conv(y, case.w, padding="same")
    bent = {"identity": inner, "relu": np.maximum(inner, 0), "tanh": np.tanh(inner)}
    estimate: Array = cnn.conv(bent[case.activation], case.v, padding="same")
    return estimate


def nothing(case: RecurrentCase) -> Array:
    """The estimate before the first step: zeros."""
    return np.zeros((len(case.x), len(case.v), *case.x.shape[2:]), case.x.dtype)


def unrolled(cnn: Any, case: RecurrentCase) -> Array:
    """All estimates, each from the one before."""
    estimates = [nothing(case)]
    for _ in range(case.steps):
        estimates.append(refined(cnn, case, estimates[-1]))
    return np.stack(estimates[1:])


@law("recurrent.unrolls", cases=EXACT, needs=ACTIVE)
def recurrent_unrolls(cnn: Any, case: RecurrentCase) -> Sides:
    """A recurrent layer is a deep network of "same" layers that all share the same kernels."""
    return case.on(cnn.recurrent_conv), unrolled(cnn, case)


@law("recurrent.unrolls-with-tanh", cases=recurrents(1, activations=("tanh",)), exact=False)
def recurrent_unrolls_with_tanh(cnn: Any, case: RecurrentCase) -> Sides:
    """Without a word for the activation it is the hyperbolic tangent, in a deep network of "same"
    layers that all share the same kernels."""
    bounds = np.array(tanh_bounds(case)).reshape(-1, *(1 for _ in case.x.shape))
    return case.on(cnn.recurrent_conv), within(unrolled(cnn, case), bounds)


def tanh_bounds(case: RecurrentCase) -> list[float]:
    """How far apart roundings may bring two evaluations of each estimate.

    Every product and every sum is rounded once, a tangent is off by at most 4 units in the last
    place. Hidden values are at most 1, so estimates are at most the largest sum of |v|.
    """
    u, v, w = (np.abs(kernel).reshape(len(kernel), -1) for kernel in (case.u, case.v, case.w))
    unit = float(rounding(u.shape[1] + v.shape[1] + w.shape[1] + 8, case.x.dtype))
    into, out, back = (float(kernel.sum(axis=1).max()) for kernel in (u, v, w))
    error, bounds = 0.0, []
    for _ in range(case.steps):
        inner = back * error + unit * (into * float(np.abs(case.x).max()) + back * (out + error))
        error = out * (inner + unit) * (1 + unit) + out * unit
        bounds.append(2 * error)
    return bounds


@law("recurrent.first-is-two-layers", cases=ON_ONE_AXIS, needs=ACTIVE)
def first_is_two_layers(cnn: Any, case: RecurrentCase) -> Sides:
    """The first estimate is two layers one after the other: nothing has come back yet."""
    hidden = cnn.conv(case.x, case.u, padding="same")
    hidden = np.maximum(hidden, 0) if case.activation == "relu" else hidden
    return case.on(cnn.recurrent_conv)[0], cnn.conv(hidden, case.v, padding="same")


@law("recurrent.gives-every-estimate", cases=recurrents(1, 2))
def gives_every_estimate(cnn: Any, case: RecurrentCase) -> Sides:
    """There is one estimate for each step, and all of them have the places of the input."""
    shape = (case.steps, len(case.x), len(case.v), *case.x.shape[2:])
    return np.array(case.on(cnn.recurrent_conv).shape), np.array(shape)


@law("recurrent.more-steps-keep-the-others", cases=ON_ONE_AXIS, needs=ACTIVE)
def more_steps_keep_the_others(cnn: Any, case: RecurrentCase) -> Sides:
    """One step more adds an estimate, and leaves the earlier ones as they were."""
    longer = replace(case, steps=case.steps + 1)
    return longer.on(cnn.recurrent_conv)[:-1], case.on(cnn.recurrent_conv)


@law("recurrent.all-steps-are-alike", cases=ON_ONE_AXIS, needs=ACTIVE)
def all_steps_are_alike(cnn: Any, case: RecurrentCase) -> Sides:
    """Each estimate comes from the one before in the same way, with the same kernels."""
    estimates = case.on(cnn.recurrent_conv)
    before = [nothing(case), *estimates[:-1]]
    return estimates, np.stack([refined(cnn, case, y) for y in before])


@law("recurrent.without-return-stays", cases=ON_ONE_AXIS, needs=ACTIVE)
def without_return_stays(cnn: Any, case: RecurrentCase) -> Sides:
    """If w is zero nothing comes back, and all estimates are the first one."""
    estimates = replace(case, w=np.zeros_like(case.w)).on(cnn.recurrent_conv)
    return estimates, np.broadcast_to(estimates[:1], (case.steps, *estimates.shape[1:]))


@law("recurrent.linear-sums-powers", cases=LINEAR, needs=ACTIVE)
def linear_sums_powers(cnn: Any, case: RecurrentCase) -> Sides:
    """Without activation, estimate T is the sum over i < T of v (w v)^i u, applied to the input."""
    hidden = cnn.conv(case.x, case.u, padding="same")
    total, estimates = 0, []
    for _ in range(case.steps):
        term = cnn.conv(hidden, case.v, padding="same")
        total = total + term
        estimates.append(total)
        hidden = cnn.conv(term, case.w, padding="same")
    return case.on(cnn.recurrent_conv), np.stack(estimates)


@law(
    "recurrent.sees-further-each-step",
    cases=ON_ONE_AXIS,
    needs=ACTIVE,
)
def sees_further_each_step(cnn: Any, case: RecurrentCase) -> Sides:
    """Away from borders and with positive kernels, the first estimate sees k_u + k_v - 1 places,
    and each further one k_w + k_v - 2 more."""
    positive = replace(case, **{name: np.abs(getattr(case, name)) + 1 for name in "uvw"})
    taps, out, back = (getattr(case, name).shape[2] for name in "uvw")
    widths = [taps + out - 1 + t * (back + out - 2) for t in range(case.steps)]
    x = np.zeros((1, case.x.shape[1], 2 * widths[-1]))
    x[:, :, widths[-1]] = 1
    reached = replace(positive, x=x).on(cnn.recurrent_conv) != 0
    return reached.any(axis=(1, 2)).sum(axis=1), np.array(widths)


def weight(kernel: Array) -> int:
    """By how much a layer with this kernel of integers can enlarge the largest entry."""
    return int(np.abs(kernel).reshape(len(kernel), -1).sum(axis=1).max())


@law("recurrent.settles", cases=ON_ONE_AXIS, needs=ACTIVE)
def recurrent_settles(cnn: Any, case: RecurrentCase) -> Sides:
    """If the activation is no steeper than 1, and c, the largest sum of |v| per output times that
    of |w|, is below 1, all later estimates stay within c^t / (1 - c) max|Y_1| of estimate t."""
    product = weight(case.v) * weight(case.w)
    power = 2.0 ** product.bit_length()  # so that all numbers below stay exact
    c, small = product / power, replace(case, w=case.w / power, steps=case.steps + 1)
    estimates = small.on(cnn.recurrent_conv)
    first, others = np.abs(estimates[0]).max(), range(1, len(estimates))
    changes = [(1 - c) * np.abs(estimates[t:] - estimates[t - 1]).max() for t in others]
    return np.array(changes), at_most([c**t * first for t in others])


@refuted(
    "recurrent.always-settles",
    case=RecurrentCase(row(1), row(1), row(1), row(2), 2, "identity"),
    cases=LINEAR,
    needs=ACTIVE,
)
def recurrent_always_settles(cnn: Any, case: RecurrentCase) -> Sides:
    """From step to step the estimates of a recurrent layer change less."""
    estimates = np.concatenate([nothing(case)[np.newaxis], case.on(cnn.recurrent_conv)])
    changes = np.abs(np.diff(estimates, axis=0)).reshape(case.steps, -1).max(axis=1)
    return changes[1:], at_most(changes[:-1])
