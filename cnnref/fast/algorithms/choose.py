"""Which algorithm computes a layer: what each would cost, and what may be chosen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms import fft, im2col, matmul, shifted, width, winograd
from cnnref.fast.algorithms.task import Task


def never(task: Task) -> str:
    """Every call is one for it."""
    return ""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A way to compute a layer.

    `refuses` says why a call is not one for it; `error` bounds how far an output is from the exact
    value, and is None where the sums are those of the definition in another order.
    """

    run: Callable[[Task], Array]
    refuses: Callable[[Task], str] = never
    error: Callable[[Task], float] | None = None


ALGORITHMS = {
    "im2col": Algorithm(im2col.im2col),
    "shifted": Algorithm(shifted.shifted),
    "width": Algorithm(width.width),
    "matmul": Algorithm(matmul.matmul, matmul.refuses),
    "winograd2": Algorithm(winograd.winograd2, winograd.refuses, winograd.error2),
    "winograd4": Algorithm(winograd.winograd4, winograd.refuses, winograd.error4),
    "fft": Algorithm(fft.fft, error=fft.error),
}
DIRECT = "im2col"
"""What computes every call, and answers where another one met NaN or infinity."""


def computed(task: Task, name: str, integers: bool) -> Array:
    """The layer by the named algorithm; on integers it is exact all the same."""
    algorithm = ALGORITHMS[name]
    if algorithm.error is None:
        return algorithm.run(task)
    if integers and not algorithm.error(task) < 0.5:
        return ALGORITHMS[DIRECT].run(task)
    y = algorithm.run(task)
    if not np.isfinite(y).all():
        return ALGORITHMS[DIRECT].run(task)
    return np.rint(y, out=y) if integers else y


def chosen(task: Task, integers: bool) -> str:
    """The algorithm that is expected to be the fastest among those that keep every promise."""
    return DIRECT


def explained(task: Task, integers: bool) -> str:
    """What was chosen, and why not the others."""
    return DIRECT
