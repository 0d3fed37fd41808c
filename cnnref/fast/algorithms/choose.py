"""Which algorithm computes a layer: what each would take, and what may be chosen."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.algorithms import fft, im2col, matmul, shifted, width, winograd
from cnnref.fast.algorithms.cost import Cost
from cnnref.fast.algorithms.task import Task, volume
from cnnref.window import Padding, Sizes

RATES = Cost(multiplies=0.019, operands=0.1, moved=0.115, runs=3.5, products=60, calls=1300)
"""Nanoseconds for each of them in float32: those with which, over random layers on one machine, the
chosen algorithm came nearest to the fastest. Only their ratios matter."""

TWICE = ("multiplies", "operands", "moved")
"""What takes twice as long in float64."""

LITTLE = 1 << 24
"""Bytes that any call may take beside its input, weights and output; larger ones four times these
three."""

CHANNELS = 256
"""Up to so many, float32 tiles of 2 x 2 keep within a millionth of the largest output on normal
data, as direct sums do; with 512 they were seen to err by 1.1 millionths."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A way to compute a layer.

    `cost` counts what it does, `memory` is at least the bytes it takes beside input, weights and
    output. `refuses` says why a call is not one for it. `error` bounds how far an output is from
    the exact value, and is None where the sums are those of the definition in another order.
    """

    run: Callable[[Task], Array]
    cost: Callable[[Task], Cost]
    memory: Callable[[Task], int]
    refuses: Callable[[Task], str] = lambda _: ""
    error: Callable[[Task], float] | None = None


ALGORITHMS = {
    "im2col": Algorithm(im2col.im2col, im2col.cost, im2col.memory),
    "shifted": Algorithm(shifted.shifted, shifted.cost, shifted.memory),
    "width": Algorithm(width.width, width.cost, width.memory),
    "matmul": Algorithm(matmul.matmul, matmul.cost, matmul.memory, matmul.refuses),
    "winograd2": Algorithm(
        winograd.winograd2, winograd.cost2, winograd.memory2, winograd.refuses, winograd.error2
    ),
    "winograd4": Algorithm(
        winograd.winograd4, winograd.cost4, winograd.memory4, winograd.refuses, winograd.error4
    ),
    "fft": Algorithm(fft.fft, fft.cost, fft.memory, error=fft.error),
}
CHOSEN: dict[Hashable, str] = {}
"""What was chosen for sizes seen before: to count takes as long as a small layer."""

KEPT = 4096
"""So many sizes are remembered."""

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
    if algorithm.error is not None and integers:
        return "integers are left to direct sums"
    if name == "winograd4" and task.x.itemsize < 8:
        return "loses a digit in float32: only by name"
    if name == "winograd2" and task.x.itemsize < 8 and task.w.shape[1] > CHANNELS:
        return "loses too much in float32 with so many channels: only by name"
    y = volume((len(task.x), len(task.w), *task.m, task.x.itemsize))
    held = task.x.nbytes + task.w.nbytes + y
    if name != DIRECT and algorithm.memory(task) > max(4 * held, LITTLE):
        return "takes too much memory: only by name"
    return ""


def chosen(task: Task, integers: bool) -> str:
    """The algorithm that is expected to be the fastest among those that keep every promise."""
    known = task.sizes, integers
    if known not in CHOSEN:
        able = [name for name, algorithm in ALGORITHMS.items() if not algorithm.refuses(task)]
        by_time = sorted(able, key=lambda name: seconds(task, name))
        if len(CHOSEN) > KEPT:
            CHOSEN.clear()
        CHOSEN[known] = next(name for name in by_time if not barred(task, name, integers))
    return CHOSEN[known]


@silently
def explain(
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    groups: int = 1,
) -> str:
    """Which algorithm `conv` chooses for a call, and what each is expected to take.

    The expectation is a sum of counts (multiplies, entries moved, runs of neighbours, products,
    calls), each at a rate that was measured once. It tells which is faster, not how fast.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (C_out, C_in/groups, *k).
        stride: as in `conv`.
        padding: as in `conv`.
        dilation: as in `conv`.
        groups: as in `conv`.

    Returns:
        A line for each algorithm, an arrow at the chosen one.

    Raises:
        TypeError: as `conv`.
        ValueError: as `conv`.

    Source: Anderson, Gregg, Optimal DNN Primitive Selection with Partitioned Boolean Quadratic
    Programming, 2018, chooses by costs, too; the counts are ours.

    >>> print(explain(np.ones((1, 1, 4, 4)), np.ones((1, 1, 1, 1))))
       im2col           13 us
       shifted          20 us
       width            18 us
    -> matmul            4 us
       winograd2 needs 3 x 3 kernels; got k (1, 1)
       winograd4 needs 3 x 3 kernels; got k (1, 1)
       fft              39 us
    """
    layer = arguments.conv("conv", x, w, None, stride, padding, dilation, groups)
    if not len(layer.x):
        return "no images: nothing is computed"
    task = Task(layer.x, layer.w, layer.windows, int(groups))
    integers = arguments.integral(x, w)
    picked, lines = chosen(task, integers), []
    for name, algorithm in ALGORITHMS.items():
        if why := algorithm.refuses(task):
            told = why
        else:
            why = barred(task, name, integers)
            told = f"{1e6 * seconds(task, name):9.0f} us{', ' * bool(why)}{why}"
        lines.append(f"{'->' if name == picked else '  '} {name:9} {told}")
    return "\n".join(lines)
