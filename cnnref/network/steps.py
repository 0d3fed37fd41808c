"""Layers as training runs them: images lie innermost, (C, *n, N), so that runs are long."""

import math
from typing import Any, TypeAlias

import numpy as np

from cnnref.arguments import Array
from cnnref.network.counts import Params, Shape
from cnnref.window import Window

Windows: TypeAlias = tuple[Window, ...]


def inward(x: Array) -> Array:
    """From (N, C, *n) to (C, *n, N)."""
    return np.ascontiguousarray(np.moveaxis(x, 0, -1))


def outward(x: Array) -> Array:
    """From (C, *n, N) to (N, C, *n)."""
    return np.ascontiguousarray(np.moveaxis(x, -1, 0))


class Step:
    """Any layer, turned around; it keeps what its way back needs."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.params: Params = ()
        self.x: Array = np.empty(0)

    def forward(self, params: Params, x: Array) -> Array:
        """The output (C, *m, N) for (C, *n, N)."""
        self.params, self.x = params, outward(x)
        return inward(self.layer.forward(params, self.x))

    def backward(self, dy: Array, first: bool) -> tuple[Array, Params]:  # noqa: ARG002
        """The gradients; the first layer of a network may give anything for that of its input."""
        dx, gradients = self.layer.backward(self.params, self.x, outward(dy))
        return inward(dx), gradients


class Known(Step):
    """A layer with a way of its own, for one precision and the options that training mostly has."""

    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.checked: dict[Shape, Windows | None] = {}
        self.windows: Windows | None = None

    def forward(self, params: Params, x: Array) -> Array:
        self.params, self.windows = params, None
        if x.dtype.char in "fd" and all(p.dtype == x.dtype for p in params):
            key = (*x.shape, *(size for p in params for size in (0, *p.shape)))
            if key not in self.checked:
                self.checked[key] = self.check(np.moveaxis(x, -1, 0), *params)
            self.windows = self.checked[key]
        if self.windows is None:
            return super().forward(params, x)
        self.x = x
        return self.there(x, self.windows)

    def backward(self, dy: Array, first: bool) -> tuple[Array, Params]:
        if self.windows is None:
            return super().backward(dy, first)
        return self.back(dy, self.windows, first)

    def outside(self, dy: Array, first: bool) -> tuple[Array, Params]:
        """The layer's way back, after its own way there."""
        self.x = outward(self.x)
        return super().backward(dy, first)

    def check(self, x: Array, *params: Array) -> Windows | None:  # noqa: ARG002
        """Refuses what the layer refuses of (N, C, *n); None where it has no way of its own."""
        return ()

    def there(self, x: Array, windows: Windows) -> Array:
        """Its own way."""
        raise NotImplementedError

    def back(self, dy: Array, windows: Windows, first: bool) -> tuple[Array, Params]:
        """Its own way back."""
        raise NotImplementedError


def bounded(dy: Array) -> bool:
    """Whether a product with zero is zero, as far as a sum can tell."""
    return math.isfinite(dy.sum())
