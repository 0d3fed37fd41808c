"""What has no channels."""

from __future__ import annotations

from dataclasses import dataclass

from cnnref.laws.cases.options import shortest_padding
from cnnref.laws.cases.showing import Case, Operation, Pairs
from cnnref.laws.numbers import Array


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Signal(Case):
    """An array without channels, and numbers of places on each side of each axis."""

    x: Array
    padding: Pairs = ()
    more: Pairs = ()
    value: int = 0

    def back(self, operation: Operation, dy: Array) -> Array:
        """The gradient, of an operation that gets the output's gradient as well."""
        return operation(self.x, dy)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Pair(Case):
    """An input and a kernel without channels; a mode if the law is about modes."""

    x: Array
    w: Array
    mode: str | None = None

    def on(self, operation: Operation) -> Array:
        """The result of the operation, the mode left out if there is none."""
        mode = {} if self.mode is None else {"mode": self.mode}
        return operation(self.x, self.w, **mode)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Triple(Case):
    """Three arrays without channels: two inputs and a kernel, or an input and two kernels."""

    x: Array
    w: Array
    v: Array


def padded(case: Signal, operation: Operation) -> Array:
    """The input of the case, padded; the value is given unless it is the default."""
    value = {} if case.value == 0 else {"value": case.value}
    return operation(case.x, shortest_padding(case.padding), **value)
