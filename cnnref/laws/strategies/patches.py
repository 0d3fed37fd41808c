"""What is read in columns, and what is put back, drawn."""

from __future__ import annotations

import numpy as np

from cnnref.laws.cases import Backward, ColumnsCase, PatchCase, UnpoolCase
from cnnref.laws.numbers import Numbers
from cnnref.laws.offered import Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.axes import Wanted, axes
from cnnref.laws.strategies.gradients import backwards, narrowed
from cnnref.laws.strategies.signals import precision, sizes


def patches(*ranks: int, padding: str = "any") -> Cases:
    """An input and the windows in which to read it."""

    def build(numbers: Numbers, scope: Scope) -> PatchCase:
        both = narrowed(scope, "im2col", "col2im")
        layout = axes(numbers, scope.rank(numbers, *ranks), "im2col", both, Wanted(padding))
        shape = (numbers.between(1, 2), numbers.between(1, 2), *layout.n)
        x = numbers.integers(shape, precision(numbers))
        return PatchCase(x, layout.k, layout.stride, layout.padding, layout.dilation)

    return build


def columns(*ranks: int, padding: str = "any") -> Cases:
    """Columns as they may have been read, and where."""
    read = backwards(patches(*ranks, padding=padding), "im2col")

    def build(numbers: Numbers, scope: Scope) -> ColumnsCase:
        back: Backward[PatchCase] = read(numbers, scope)
        return back.case.columns(back.dy)

    return build


def unpoolings(*ranks: int) -> Cases:
    """Values and a place for each: some have none, some share one."""

    def build(numbers: Numbers, scope: Scope) -> UnpoolCase:
        rank = scope.rank(numbers, *ranks)
        m, n = sizes(numbers, rank, 1, 3), sizes(numbers, rank, 1, 4)
        shape = (numbers.between(1, 2), numbers.between(1, 2), *m)
        y = numbers.integers(shape, precision(numbers))
        drawn = numbers.integers(shape, int, most=int(np.prod(n)))
        return UnpoolCase(y, np.abs(drawn) - 1, n)

    return build
