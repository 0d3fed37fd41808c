"""How much of the input a unit sees: by calculus, and by experiment.

Its page is docs/receptive-fields.md, its laws are in cnnref/laws/receptive_fields.py, run by
tests/laws.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from cnnref import arguments
from cnnref.arguments import Array
from cnnref.window import Window, integer


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The input places that one unit can see, on one axis.

    Attributes:
        size: places from the first seen to the last, both counted; some between may be skipped.
        jump: input places from one unit's field to the next unit's.
        start: first place that unit 0 sees; negative inside padding.

    Source: Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019.

    >>> field = ReceptiveField(size=5, jump=2, start=-1)
    >>> field.interval(3), field.center(3)
    ((5, 9), 7.0)
    """

    size: int
    jump: int
    start: int

    def interval(self, j: int) -> tuple[int, int]:
        """The first and the last place that unit j sees, not clipped to the input.

        Raises:
            TypeError: when j is not an integer.
            ValueError: when j is negative.

        >>> ReceptiveField(3, 1, 0).interval(4)
        (4, 6)
        """
        first = self.start + integer("ReceptiveField.interval: j", j, 0) * self.jump
        return first, first + self.size - 1

    def center(self, j: int) -> float:
        """The middle of what unit j sees; a half when the size is even.

        Raises:
            TypeError: when j is not an integer.
            ValueError: when j is negative.

        >>> ReceptiveField(2, 1, 0).center(4)
        4.5
        """
        first = self.start + integer("ReceptiveField.center: j", j, 0) * self.jump
        return first + (self.size - 1) / 2


def receptive_field(windows: Iterable[Window]) -> ReceptiveField:
    r"""The receptive field of a stack of layers on one axis, the first layer first.

    $r = 1 + \sum_l (k_l - 1)\, d_l \prod_{q<l} s_q$; the jump is the product of all strides.

    Args:
        windows: one Window per layer.

    Returns:
        The field of a unit of the last layer, in places of the input of the first.

    Raises:
        TypeError: for anything that is no sequence of Windows.

    Source: Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019.

    >>> receptive_field([Window(3), Window(3), Window(2, stride=2), Window(3)])
    ReceptiveField(size=10, jump=2, start=0)
    """
    size, jump, start = 1, 1, 0
    for window in arguments.stacked("receptive_field", windows):
        size += (window.span - 1) * jump
        start -= window.before * jump
        jump *= window.stride
    return ReceptiveField(size, jump, start)


def probe(f: Callable[[Array], Array], shape: tuple[int, ...]) -> Array:
    """Which input places each output place depends on, found by changing them one at a time.

    From a few inputs drawn with a fixed seed, each place of each channel is once raised and once
    lowered far beyond the others; an output that ever changes depends on it. A dependence that
    none of these inputs shows (a unit that a rectifier keeps at zero throughout) is not seen.

    Args:
        f: takes an array (N, C, *n), returns one (N, C_out, *m) or (N, C_out).
        shape: (C, *n).

    Returns:
        Boolean array (*m, *n), true where any channel of the output place depends on any channel
        of the input place.

    Raises:
        TypeError: for an f that cannot be called, a shape that is none.
        ValueError: for a shape with an empty axis.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.2 (figure 9.4).

    >>> from cnnref import conv
    >>> probe(lambda x: conv(x, [[[1, 1]]]), (1, 3)).astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    """
    shape = arguments.probed("probe", f, shape)
    rng = np.random.default_rng(0)
    seen: Array | None = None
    for _ in range(3):
        base = rng.integers(-8, 9, shape).astype(np.float64)
        still = np.asarray(f(base[np.newaxis]))  # (1, C_out, *m)
        if seen is None:
            seen = np.zeros((*still.shape[2:], *shape[1:]), np.bool_)
        for place in product(*map(range, shape[1:])):
            moved = np.repeat(base[np.newaxis], 2 * shape[0], axis=0)  # each channel, both ways
            for channel in range(shape[0]):
                moved[(2 * channel, channel, *place)] += 2.0**20
                moved[(2 * channel + 1, channel, *place)] -= 2.0**20
            at: tuple[Any, ...] = (..., *place)
            seen[at] |= (np.asarray(f(moved)) != still).any(axis=(0, 1))  # (*m,)
    return np.asarray(seen)
