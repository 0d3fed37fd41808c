"""Laws of the loss of a classifier and of its gradient, where every learning step begins."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import ScoresCase, Twins
from cnnref.laws.engine import law
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, rounding, within
from cnnref.laws.strategies import score_steps, scores
from cnnref.laws.transpose import inner


def near(case: ScoresCase) -> Any:
    """How far off a loss, or an entry of its gradient, may be for roundings.

    Scores and their differences are rounded once; exponentials, logarithms and quotients are off
    by at most 4 units in the last place each; a row and the batch are summed.
    """
    steps = sum(case.z.shape) + 20
    return 2 * rounding(steps, case.z.dtype) * (4 * np.abs(case.z).max() + 4)


def loss_and_gradient(case: ScoresCase, cnn: Any) -> Array:
    """The loss and its gradient in one row."""
    loss, dz = case.on(cnn.softmax_cross_entropy)
    return np.append(loss, dz)


@law("gradients.loss-is-its-definition", cases=scores(), exact=False)
def loss_is_its_definition(cnn: Any, case: ScoresCase) -> Sides:
    """`softmax_cross_entropy` gives the loss and the gradient of its definition."""
    return loss_and_gradient(case, cnn), within(loss_and_gradient(case, literal), near(case))


@law("gradients.loss-is-the-formula", cases=scores(), exact=False)
def loss_is_the_formula(cnn: Any, case: ScoresCase) -> Sides:
    """The loss is the mean, over the rows, of log sum exp of the scores minus the right score."""
    right = case.z[np.arange(len(case.z)), case.labels]
    losses = np.log(np.exp(case.z).sum(axis=1)) - right
    return case.on(cnn.softmax_cross_entropy)[0], within(losses.mean(), near(case))


@law("gradients.loss-rows-sum-to-zero", cases=scores(), exact=False)
def loss_rows_sum_to_zero(cnn: Any, case: ScoresCase) -> Sides:
    """What the gradient of the loss gives to the wrong classes it takes from the right one: each
    row of it sums to zero."""
    dz = case.on(cnn.softmax_cross_entropy)[1]
    return dz.sum(axis=1), within(np.zeros(len(dz)), near(case) * dz.shape[1])


@law("gradients.loss-of-equal-scores", cases=scores(equal=True), exact=False)
def loss_of_equal_scores(cnn: Any, case: ScoresCase) -> Sides:
    """If all classes have equal scores the loss is the logarithm of their number."""
    loss, _ = case.on(cnn.softmax_cross_entropy)
    return loss, within(np.log(case.z.shape[1]), near(case))


@law("gradients.loss-ignores-a-shift", cases=scores(), exact=False)
def loss_ignores_a_shift(cnn: Any, case: ScoresCase) -> Sides:
    """Adding one number to all scores of a row changes neither the loss nor its gradient."""
    shifts = np.arange(1, len(case.z) + 1)[:, np.newaxis]
    moved = replace(case, z=case.z + shifts)
    return loss_and_gradient(moved, cnn), within(loss_and_gradient(case, cnn), 2 * near(moved))


@law("gradients.loss-is-a-mean", cases=scores(), exact=False)
def loss_is_a_mean(cnn: Any, case: ScoresCase) -> Sides:
    """The loss of a batch is the mean of the losses of its rows, and so the gradient of a row is
    its own divided by their number."""
    parts = zip(np.split(case.z, len(case.z)), np.split(case.labels, len(case.z)), strict=True)
    alone = [loss_and_gradient(ScoresCase(z, labels), cnn) for z, labels in parts]
    losses, gradients = zip(*((told[0], told[1:]) for told in alone), strict=True)
    mean = np.append(np.mean(losses), np.concatenate(gradients) / len(alone))
    return loss_and_gradient(case, cnn), within(mean, 2 * near(case))


@law("gradients.loss-tells-small-steps", cases=score_steps(), exact=False)
def loss_tells_small_steps(cnn: Any, case: Twins[ScoresCase]) -> Sides:
    """The loss at z + e h minus that at z - e h is 2 e <h, dz>, up to (e r)**3 / 3 for scores that
    differ by at most r in a row of h, and up to rounding."""
    e, here, h = 2.0**-13, case.first, case.second.z
    loss = [
        replace(here, z=here.z + sign * e * h).on(cnn.softmax_cross_entropy)[0] for sign in (1, -1)
    ]
    slope = inner(h, here.on(cnn.softmax_cross_entropy)[1])
    bound = (e * np.ptp(h, axis=1).max()) ** 3 / 3 + near(here) * (2 + np.abs(h).sum())
    return loss[0] - loss[1], within(2 * e * slope, bound)
