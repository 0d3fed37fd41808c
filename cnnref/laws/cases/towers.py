"""Layers on one axis, one on the other: what a receptive field is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnref.laws.cases.layers import ConvCase, PoolCase
from cnnref.laws.cases.showing import Case, plain
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

    def __str__(self) -> str:
        """The input and the layers one after the other, with the options that say something."""
        layers = [f"x = {plain(self.x)}"]
        pools = self.pools or (False,) * len(self.windows)
        for look, w, pool in zip(self.windows, self.weights, pools, strict=True):
            given = [f"kernel_size = {look.kernel}" if pool else f"w = {plain(w)}"]
            for option, usual in (("stride", 1), ("dilation", 1), ("before", 0), ("after", 0)):
                value = getattr(look, option)
                given += [] if value == usual else [f"{option} = {value}"]
            layers.append(("a pool" if pool else "a layer") + f" with {', '.join(given)}")
        return ", then ".join(layers)

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
