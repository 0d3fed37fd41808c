"""What every layer can do, and what it costs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

from cnnref import arguments
from cnnref.arguments import Array
from cnnref.window import Window

Shape: TypeAlias = tuple[int, ...]
"""The shape of one input, (C, *n), without the batch."""

Params: TypeAlias = tuple[Any, ...]
"""The arrays of one layer; of a network, the Params of each of its layers."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a layer costs for one input.

    Attributes:
        outputs: numbers that come out.
        connections: pairs of an output and a real input that it reads; padding is left out.
        parameters: weights and biases.
        multiplies: products taken, those with padding included.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.2.

    >>> Count(outputs=1, connections=9, parameters=10, multiplies=9).parameters
    10
    """

    outputs: int
    connections: int
    parameters: int
    multiplies: int


class Layer(Protocol):
    """What every layer can do."""

    def shape(self, shape: Shape) -> Shape:
        """The shape of the output for one input of this shape."""

    def init(self, rng: np.random.Generator, shape: Shape) -> Params:
        """Parameters drawn for inputs of this shape."""

    def forward(self, params: Params, x: Array) -> Array:
        """The output for a batch."""

    def backward(self, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:
        """The gradients with respect to the batch and to the parameters."""

    def count(self, shape: Shape) -> Count:
        """What the layer costs for one input of this shape."""


def count(layer: Layer, shape: Sequence[int]) -> Count:
    """What a layer or a whole network costs for one input.

    Args:
        layer: any layer, or a `Sequential`.
        shape: shape of one input, (C, *n).

    Returns:
        Outputs, connections, parameters and multiplies.

    Raises:
        TypeError: for a shape that is none.
        ValueError: for a shape that the layer does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.2.

    >>> from cnnref import Conv
    >>> count(Conv(1, 3), (1, 28, 28))
    Count(outputs=676, connections=6084, parameters=10, multiplies=6084)
    """
    return layer.count(arguments.sized("count", shape))


def real_reads(windows: Sequence[Window], n: Sequence[int]) -> int:
    """Pairs of an output place and a real input place that it reads, over all axes."""
    total = 1
    for window, size in zip(windows, n, strict=True):
        places = np.arange(window.places(size))[:, np.newaxis] * window.stride - window.before
        reads = places + np.arange(window.kernel) * window.dilation
        total *= int(((reads >= 0) & (reads < size)).sum())
    return total


def all_reads(windows: Sequence[Window], n: Sequence[int]) -> int:
    """Pairs of an output place and a tap, over all axes."""
    return math.prod(w.places(size) * w.kernel for w, size in zip(windows, n, strict=True))
