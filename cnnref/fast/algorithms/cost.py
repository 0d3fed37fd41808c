"""What an algorithm does, counted: operations, and how the memory is walked through."""

from __future__ import annotations

from typing import NamedTuple


class Cost(NamedTuple):
    """Counts, for the whole call."""

    multiplies: float = 0
    """Within matrix products, each with its addition."""
    operands: float = 0
    """Entries of the matrices that go into products and come out of them."""
    moved: float = 0
    """Entries copied, or added entry by entry."""
    runs: float = 0
    """Runs of neighbouring entries in what is moved."""
    products: float = 0
    """Matrix products, of which one call may do many."""
    calls: float = 0
    """Calls of NumPy."""

    def __add__(self, other: Cost) -> Cost:  # type: ignore[override]
        return Cost(*(one + two for one, two in zip(self, other, strict=True)))

    def times(self, count: float) -> Cost:
        """The same so many times."""
        return Cost(*(count * one for one in self))


def product(m: float, k: float, n: float) -> Cost:
    """A matrix product (m, k) @ (k, n)."""
    return Cost(multiplies=m * k * n, operands=m * k + k * n + m * n, products=1)


APART = 2.5
"""An entry that is copied from or to a place between others takes as long as so many in a run."""


def copy(entries: float, run: float, apart: bool = False) -> Cost:
    """Entries moved in runs of this length, which may be apart: with a stride, or transposed."""
    return Cost(moved=entries * (APART if apart else 1), runs=entries / max(run, 1))
