"""Layers one after the other, and the best known of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array
from cnnref.network.counts import Count, Layer, Params, Shape
from cnnref.network.plain import Flatten, MaxPool, ReLU
from cnnref.network.weighted import Conv, Dense


@dataclass(frozen=True, slots=True)
class Sequential:
    r"""Layers applied one after the other; itself a layer.

    $y = f_L(\ldots f_2(f_1(x)))$. Takes (N, C, *n), gives what the last layer gives; its
    parameters are one tuple of arrays per layer.

    Attributes:
        layers: the layers, the first one first.

    Raises:
        TypeError: from its methods, for options of a wrong kind.
        ValueError: from its methods, for options or a shape that it does not take.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.5.

    >>> net = Sequential((Conv(6, 5), ReLU(), MaxPool(2), Flatten(), Dense(10)))
    >>> net.shape((1, 28, 28)), net.count((1, 28, 28)).parameters
    ((10,), 8806)
    """

    layers: tuple[Layer, ...]

    def shapes(self, shape: Sequence[int]) -> list[Shape]:
        """The shape before each layer, and after the last, for one input (C, *n)."""
        shapes = [arguments.sized("Sequential", shape)]
        for layer in self.layers:
            shapes.append(layer.shape(shapes[-1]))
        return shapes

    def shape(self, shape: Sequence[int]) -> Shape:
        """The shape of the output for one input (C, *n)."""
        return self.shapes(shape)[-1]

    def init(self, rng: np.random.Generator, shape: Sequence[int]) -> tuple[Params, ...]:
        """The parameters of every layer, drawn from `rng` for inputs (C, *n)."""
        before = self.shapes(shape)
        return tuple(
            layer.init(rng, one) for layer, one in zip(self.layers, before[:-1], strict=True)
        )

    def trace(self, params: Sequence[Params], x: ArrayLike) -> list[Array]:
        """The input of each layer, and the output of the last."""
        values = [arguments.elementwise("Sequential", x)[0]]
        for layer, own in zip(self.layers, params, strict=True):
            values.append(layer.forward(own, values[-1]))
        return values

    def forward(self, params: Sequence[Params], x: ArrayLike) -> Array:
        """The output for a batch (N, C, *n)."""
        return self.trace(params, x)[-1]

    def backward(
        self, params: Sequence[Params], x: ArrayLike, dy: ArrayLike
    ) -> tuple[Array, tuple[Params, ...]]:
        """The gradients with respect to the batch and to the parameters of every layer."""
        values = self.trace(params, x)
        return self.backward_through(params, values, arguments.elementwise("Sequential", dy)[0])

    def backward_through(
        self, params: Sequence[Params], values: Sequence[Array], dy: Array
    ) -> tuple[Array, tuple[Params, ...]]:
        """The same, from values that `trace` has already computed."""
        gradients: list[Params] = []
        for layer, own, x in reversed(list(zip(self.layers, params, values[:-1], strict=True))):
            dy, own_gradient = layer.backward(own, x, dy)
            gradients.append(own_gradient)
        return dy, tuple(reversed(gradients))

    def count(self, shape: Sequence[int]) -> Count:
        """The outputs of the last layer; connections, parameters and multiplies of all."""
        before = self.shapes(shape)
        counts = [layer.count(one) for layer, one in zip(self.layers, before[:-1], strict=True)]
        return Count(
            int(np.prod(before[-1], dtype=object)),
            sum(each.connections for each in counts),
            sum(each.parameters for each in counts),
            sum(each.multiplies for each in counts),
        )


def lenet() -> Sequential:
    """LeNet-5 in its usual form, for images (1, 28, 28) and ten classes: 61,706 parameters.

    The network of 1998 has 60,000: its third layer reads only some of the channels, and its
    pooling is trained.

    Returns:
        The network; it takes (N, 1, 28, 28), gives (N, 10) scores.

    Source: LeCun, Bottou, Bengio, Haffner, Gradient-Based Learning Applied to Document
    Recognition, 1998.

    >>> lenet().count((1, 28, 28)).parameters
    61706
    """
    return Sequential(
        (
            Conv(6, 5, padding=2),
            ReLU(),
            MaxPool(2),
            Conv(16, 5),
            ReLU(),
            MaxPool(2),
            Flatten(),
            Dense(120),
            ReLU(),
            Dense(84),
            ReLU(),
            Dense(10),
        )
    )
