"""Layers that share their weights less, over time, or look across channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnref.laws.cases.options import in_pairs, options, spans
from cnnref.laws.cases.showing import Case, Operation, Pairs, Sizes
from cnnref.laws.numbers import Array


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PlacedCase(Case):
    """What a locally connected or a tiled layer gets: weights (*t, C_out, C_in, *k)."""

    x: Array
    w: Array
    b: Array | None = None
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()

    @property
    def tile(self) -> Sizes:
        """After how many places the weights repeat, per axis."""
        return self.w.shape[: self.x.ndim - 2]

    @property
    def kernel_size(self) -> Sizes:
        """The taps, per axis."""
        return self.w.shape[self.x.ndim :]

    @property
    def spans(self) -> Sizes:
        """The input places from the first tap to the last, per axis."""
        return spans(self.kernel_size, self.dilation)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, self.x.ndim - 2)

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        bias = () if self.b is None else (self.b,)
        return operation(self.x, self.w, *bias, **self.options)

    def back(self, operation: Operation, dy: Array) -> Any:
        """The gradients, of an operation that gets the output's gradient as well."""
        return operation(self.x, self.w, dy, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """The options that differ from their defaults."""
        return options(self.padding, self.stride, self.dilation)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class RecurrentCase(Case):
    """What a recurrent layer gets: three kernels, a number of steps, an activation."""

    x: Array
    u: Array
    v: Array
    w: Array
    steps: int
    activation: str = "tanh"

    def on(self, operation: Operation) -> Array:
        """The result of the operation; the activation is given unless it is the default."""
        return operation(self.x, self.u, self.v, self.w, **self.options)

    def back(self, operation: Operation, dy: Array) -> Any:
        """The gradients, of an operation that gets those of all estimates as well."""
        return operation(self.x, self.u, self.v, self.w, dy, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """The steps, and the activation if it differs from its default."""
        word = {} if self.activation == "tanh" else {"activation": self.activation}
        return {"steps": self.steps, **word}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ChannelCase(Case):
    """What pooling across channels gets: how many channels make one."""

    x: Array
    size: int

    def on(self, operation: Operation) -> Array:
        """The result of the operation."""
        return operation(self.x, self.size)

    def back(self, operation: Operation, dy: Array) -> Any:
        """The gradient, of an operation that gets the output's gradient as well."""
        return operation(self.x, dy, self.size)
