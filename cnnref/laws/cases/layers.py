"""Layers with their inputs (N, C, *n)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnref.laws.cases.options import in_pairs, options, shortest, spans
from cnnref.laws.cases.showing import Case, Operation, Pairs, Sizes
from cnnref.laws.numbers import Array


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ConvCase(Case):
    """What a convolution layer gets: stride and dilation per axis, padding a word or pairs."""

    x: Array
    w: Array
    b: Array | None = None
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()
    groups: int = 1

    @property
    def spans(self) -> Sizes:
        """The input places from the first tap to the last, per axis."""
        return spans(self.w.shape[2:], self.dilation)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, len(self.stride))

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        bias = () if self.b is None else (self.b,)
        given = options(self.padding, self.stride, self.dilation)
        groups = {} if self.groups == 1 else {"groups": self.groups}
        return operation(self.x, self.w, *bias, **given, **groups)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PoolCase(Case):
    """What a pooling layer gets; a stride of None is left to the operation."""

    x: Array
    kernel_size: Sizes
    stride: Sizes | None = None
    padding: str | Pairs = "valid"
    dilation: Sizes = ()
    ceil_mode: bool = False
    count_include_pad: bool = False

    @property
    def strides(self) -> Sizes:
        """The stride per axis: the kernel size where none is given."""
        return self.kernel_size if self.stride is None else self.stride

    @property
    def spans(self) -> Sizes:
        """The input places from the first tap to the last, per axis."""
        return spans(self.kernel_size, self.dilation)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, len(self.kernel_size))

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        return operation(self.x, shortest(self.kernel_size), **self.options)

    def back(self, operation: Operation, dy: Array) -> Array:
        """The gradient, of an operation that gets the output's gradient as well."""
        return operation(self.x, dy, shortest(self.kernel_size), **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """The options that differ from their defaults."""
        given = options(self.padding, (), self.dilation)
        if self.stride is not None:
            given["stride"] = shortest(self.stride)
        flags = ("ceil_mode", "count_include_pad")
        return given | {flag: True for flag in flags if getattr(self, flag)}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class DenseCase(Case):
    """What a dense layer gets: weights (C_out, C_in, *n) for an input (N, C_in, *n)."""

    x: Array
    w: Array
    b: Array | None = None

    def on(self, operation: Operation) -> Array:
        """The result of the operation, the bias left out if there is none."""
        return operation(self.x, self.w, *(() if self.b is None else (self.b,)))

    def back(self, operation: Operation, dy: Array) -> Any:
        """The gradients, of an operation that gets the output's gradient as well."""
        return operation(self.x, self.w, dy)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Stack(Case):
    """An input (N, C, *n) and layers on it: their weights, and their strides per axis."""

    x: Array
    weights: tuple[Array, ...]
    strides: tuple[Sizes, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Chain(Case):
    """An input (N, C, *n) and two pools on it: their kernel sizes and their strides."""

    x: Array
    kernel_sizes: tuple[Sizes, Sizes]
    strides: tuple[Sizes, Sizes]

    def on(self, operation: Operation) -> Array:
        """The result of one pool after the other."""
        between = PoolCase(self.x, self.kernel_sizes[0], self.strides[0]).on(operation)
        return PoolCase(between, self.kernel_sizes[1], self.strides[1]).on(operation)

    def at_once(self) -> PoolCase:
        """The one pool that reads from the first to the last place that the two reach."""
        axes = zip(*self.kernel_sizes, *self.strides, strict=True)
        sizes, strides = zip(*((k + (taps - 1) * s, s * t) for k, taps, s, t in axes), strict=True)
        return PoolCase(self.x, sizes, strides)
