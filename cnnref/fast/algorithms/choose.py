"""Which algorithm computes a layer: what each would take, and what may be chosen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms import fft, im2col, matmul, shifted, width, winograd
from cnnref.fast.algorithms.cost import Cost
from cnnref.fast.algorithms.task import Task

RATES = Cost(multiplies=0.025, operands=0.1, moved=0.1, runs=0.5, products=130, calls=1500)
"""Nanoseconds for each of them in float32, as they were found by least squares over random layers
on one machine; only their ratios matter."""

TWICE = ("multiplies", "operands", "moved")
"""What takes twice as long in float64."""


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
    cost: Callable[[Task], Cost]
    refuses: Callable[[Task], str] = never
    error: Callable[[Task], float] | None = None


ALGORITHMS = {
    "im2col": Algorithm(im2col.im2col, im2col.cost),
    "shifted": Algorithm(shifted.shifted, shifted.cost),
    "width": Algorithm(width.width, width.cost),
    "matmul": Algorithm(matmul.matmul, matmul.cost, matmul.refuses),
    "winograd2": Algorithm(winograd.winograd2, winograd.cost2, winograd.refuses, winograd.error2),
    "winograd4": Algorithm(winograd.winograd4, winograd.cost4, winograd.refuses, winograd.error4),
    "fft": Algorithm(fft.fft, fft.cost, error=fft.error),
}
DIRECT = "im2col"
"""What computes every call, and answers where another one met NaN or infinity."""


def computed(task: Task, name: str, integers: bool) -> Array:
    """The layer by the named algorithm; on integers it is exact all the same."""
    algorithm = ALGORITHMS[name]
    if not len(task.x):
        return task.result()
    if algorithm.error is None:
        return algorithm.run(task)
    if integers and not algorithm.error(task) < 0.5:
        return ALGORITHMS[DIRECT].run(task)
    y = algorithm.run(task)
    if not np.isfinite(y).all():
        return ALGORITHMS[DIRECT].run(task)
    return np.rint(y, out=y) if integers else y


def seconds(task: Task, name: str) -> float:
    """What the algorithm is expected to take."""
    rates = RATES
    if task.x.itemsize == 8:
        rates = rates._replace(**{what: 2 * getattr(rates, what) for what in TWICE})
    counts = ALGORITHMS[name].cost(task)
    return 1e-9 * sum(rate * count for rate, count in zip(rates, counts, strict=True))


def barred(task: Task, name: str, integers: bool) -> str:
    """Why the algorithm is not chosen by itself, or nothing."""
    algorithm = ALGORITHMS[name]
    if why := algorithm.refuses(task):
        return why
    if algorithm.error is not None and integers:
        return "integers are left to direct sums"
    if name == "winograd4" and task.x.itemsize < 8:
        return "loses a digit in float32: only by name"
    return ""


def chosen(task: Task, integers: bool) -> str:
    """The algorithm that is expected to be the fastest among those that keep every promise."""
    if not len(task.x):
        return DIRECT
    free = [name for name in ALGORITHMS if not barred(task, name, integers)]
    return min(free, key=lambda name: seconds(task, name))


def explained(task: Task, integers: bool) -> str:
    """A line for each algorithm: what it is expected to take, or why it is not chosen."""
    picked, lines = chosen(task, integers), []
    for name in ALGORITHMS:
        why = barred(task, name, integers)
        if ALGORITHMS[name].refuses(task):
            told = why
        else:
            told = f"{1e3 * seconds(task, name):9.3f} ms{', ' * bool(why)}{why}"
        lines.append(f"{'->' if name == picked else '  '} {name:9} {told}")
    return "\n".join(lines)
