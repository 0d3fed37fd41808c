"""What is read, in columns, and what is put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cnnref.laws.cases.options import in_pairs, options, shortest
from cnnref.laws.cases.showing import Case, Operation, Pairs, Sizes
from cnnref.laws.numbers import Array


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PatchCase(Case):
    """What im2col gets."""

    x: Array
    kernel_size: Sizes
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        given = options(self.padding, self.stride, self.dilation)
        return operation(self.x, shortest(self.kernel_size), **given)

    @property
    def around(self) -> Pairs:
        """The padding as one pair per axis; only of cases whose padding is no word."""
        return in_pairs(self.padding, self.x.ndim - 2)

    def columns(self, cols: Array) -> ColumnsCase:
        """Columns read as here, to be put back."""
        n = self.x.shape[2:]
        return ColumnsCase(cols, self.kernel_size, n, self.stride, self.padding, self.dilation)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ColumnsCase(Case):
    """What col2im gets."""

    cols: Array
    kernel_size: Sizes
    output_size: Sizes
    stride: Sizes = ()
    padding: str | Pairs = "valid"
    dilation: Sizes = ()

    def on(self, operation: Operation) -> Array:
        """The result of the operation; only arguments that differ from their default are given."""
        given: dict[str, Any] = {"output_size": self.output_size}
        given |= options(self.padding, self.stride, self.dilation)
        return operation(self.cols, shortest(self.kernel_size), **given)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class UnpoolCase(Case):
    """What max_unpool gets: values, and the flat place of each."""

    COUNTING: ClassVar[tuple[str, ...]] = ("indices",)

    y: Array
    indices: Array
    output_size: Sizes

    def on(self, operation: Operation) -> Array:
        """The result of the operation."""
        return operation(self.y, self.indices, self.output_size)
