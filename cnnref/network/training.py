"""Training by stochastic gradient descent with momentum."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments, fast
from cnnref.arguments import Array
from cnnref.network.counts import Params
from cnnref.network.inside import Chain
from cnnref.network.sequential import Sequential
from cnnref.network.steps import inward, outward


def fit(
    net: Sequential,
    params: Sequence[Params],
    x: ArrayLike,
    labels: ArrayLike,
    *,
    rng: np.random.Generator,
    epochs: int = 10,
    batch_size: int = 32,
    rate: float = 0.01,
    momentum: float = 0.9,
    progress: bool = False,
) -> tuple[tuple[Params, ...], list[float]]:
    r"""Trains a classifier by stochastic gradient descent with momentum.

    $v \leftarrow \mu v - \eta\, \mathrm{d}\theta$, then $\theta \leftarrow \theta + v$, for
    batch after batch.

    Args:
        net: network whose output (N, classes) are scores.
        params: parameters to begin with; they are not changed.
        x: inputs, shape (N, C, *n).
        labels: the class of each input, integers, shape (N,).
        rng: draws the order of the inputs, anew in every epoch.
        epochs: times that every input is seen.
        batch_size: inputs per step.
        rate: learning rate, positive.
        momentum: part of the last step that is kept, from 0 to below 1.
        progress: show a progress bar (tqdm where it is installed).

    Returns:
        The trained parameters, and the mean loss of each epoch.

    Raises:
        TypeError: for options of a wrong kind.
        ValueError: for shapes that do not fit together, a rate or momentum out of range.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 8.3.2.

    >>> from cnnref import Dense
    >>> net, rng = Sequential((Dense(2),)), np.random.default_rng(0)
    >>> x, labels = np.array([[-1.0], [1.0]]), np.array([0, 1])
    >>> _, losses = fit(net, net.init(rng, (1,)), x, labels, rng=rng, epochs=50, rate=0.1)
    >>> losses[0] > losses[-1]
    True
    """
    x, labels, epochs, size = arguments.trained(
        "fit", x, labels, epochs, batch_size, rate, momentum
    )
    now = each(lambda p: np.array(p, np.result_type(p, np.float16)), params)
    velocity = each(np.zeros_like, now)
    steps, losses = Chain(net), []
    for _ in told(range(epochs), progress):
        order, total = rng.permutation(len(x)), 0.0
        for first in range(0, len(x), size):
            chosen = order[first : first + size]
            scores = outward(steps.forward(now, inward(x[chosen])))
            loss, dz = fast.softmax_cross_entropy(scores, labels[chosen])
            total += loss * len(chosen)
            _, gradients = steps.backward(inward(dz), first=True)
            velocity = each(lambda v, g: momentum * v - rate * g, velocity, gradients)
            now = each(np.add, now, velocity)
        losses.append(total / max(len(x), 1))
    return now, losses


def each(change: Callable[..., Array], *trees: Any) -> Any:
    """What becomes of the arrays at the same place in tuples of tuples, in tuples like these."""
    if isinstance(trees[0], tuple | list):
        return tuple(each(change, *parts) for parts in zip(*trees, strict=True))
    return change(*trees)


def told(epochs: Iterable[int], progress: bool) -> Iterable[int]:
    """The epochs, with a progress bar where one is wanted and tqdm is installed."""
    if not progress or find_spec("tqdm") is None:
        return epochs
    bar: Iterable[int] = import_module("tqdm").tqdm(epochs, desc="epochs")
    return bar
