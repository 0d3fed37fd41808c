"""Layers on one axis, one on the other: what a receptive field is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnref.laws.cases.layers import ConvCase, PoolCase
from cnnref.laws.cases.showing import Case
from cnnref.laws.numbers import Array
from cnnref.window import Window


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Tower(Case):
    """An input (1, 1, n) and layers on it: where each looks, its kernel, whether it is a pool."""

    x: Array
    windows: tuple[Window, ...]
    weights: tuple[Array, ...]
    pools: tuple[bool, ...] = ()

    @property
    def n(self) -> int:
        """The number of input places."""
        return int(self.x.shape[2])

    def on(self, cnn: Any, x: Array) -> Array:
        """What the layers make of an input (N, 1, n)."""
        for layer, (look, w) in enumerate(zip(self.windows, self.weights, strict=True)):
            padding, dilation = ((look.before, look.after),), (look.dilation,)
            if layer < len(self.pools) and self.pools[layer]:
                pool = PoolCase(x, (look.kernel,), (look.stride,), padding, dilation)
                x = pool.on(cnn.max_pool)
            else:
                x = ConvCase(x, w, None, (look.stride,), padding, dilation).on(cnn.conv)
        return x
