"""Arrays without channels, drawn."""

from __future__ import annotations

from cnnref.laws.cases import Pair, Pairs, Signal, Sizes, Triple
from cnnref.laws.numbers import Numbers
from cnnref.laws.offered import MODES, Scope
from cnnref.laws.runner import Cases

MOST_TAPS = {1: 5, 2: 4, 3: 2}
"""The largest kernel per axis, for each number of axes: more axes, fewer taps."""

SLACK = {1: 6, 2: 4, 3: 2}
"""How many places more than it needs an axis may have."""


def precision(numbers: Numbers) -> str:
    """The dtype of a case; small integers are exact in both."""
    return numbers.among("float64", "float32")


def sizes(numbers: Numbers, rank: int, least: int, most: int) -> Sizes:
    """One number per axis."""
    return tuple(numbers.between(least, most) for _ in range(rank))


def signals(*ranks: int) -> Cases:
    """An array without channels, with two paddings and a value to pad with."""

    def build(numbers: Numbers, scope: Scope) -> Signal:
        rank = scope.rank(numbers, *ranks)
        shape = sizes(numbers, rank, 1, SLACK[rank] + 1)
        padding, more = (sides(numbers, rank, 3) for _ in range(2))
        value = numbers.between(0, 3) if scope.has("pad", "value") else 0
        return Signal(numbers.integers(shape, precision(numbers)), padding, more, value)

    return build


def sides(numbers: Numbers, rank: int, most: int) -> Pairs:
    """The numbers of places (before, after) each axis."""
    return tuple((numbers.between(0, most), numbers.between(0, most)) for _ in range(rank))


def pairs(
    *ranks: int, fitting: bool = False, mode: str | None = None, operation: str = "convolve"
) -> Cases:
    """An input and a kernel without channels; `fitting` kernels are not larger than the input.

    A mode of "each" draws one of the three; one of "any" leaves it out at times, or always if the
    operation does not take it.
    """

    usual = "full" if operation == "convolve" else "valid"

    def build(numbers: Numbers, scope: Scope) -> Pair:
        rank = scope.rank(numbers, *ranks)
        k = sizes(numbers, rank, 1, MOST_TAPS[rank])
        left_out = (None,) if mode == "any" and scope.has(operation, usual) else ()
        modes = [one for one in MODES if scope.has(operation, one)]
        drawn = numbers.among(*left_out, *modes) if mode else None
        if not scope.has(operation, "mode"):
            drawn = None
        large = fitting or drawn == "valid" or (drawn is None and operation == "correlate")
        n = tuple(numbers.between(taps if large else 1, taps + SLACK[rank]) for taps in k)
        dtype = precision(numbers)
        return Pair(numbers.integers(n, dtype), numbers.integers(k, dtype), drawn)

    return build


def complex_pairs() -> Cases:
    """An input and a kernel with integer real and imaginary parts."""

    def build(numbers: Numbers, scope: Scope) -> Pair:
        rank = scope.rank(numbers, 1, 2)
        k = sizes(numbers, rank, 1, 3)
        n = tuple(numbers.between(taps, taps + 3) for taps in k)
        x, w = (numbers.integers(shape) + 1j * numbers.integers(shape) for shape in (n, k))
        return Pair(x, w)

    return build


def triples(*ranks: int, fitting: bool = False, twin: bool = False) -> Cases:
    """Three arrays: x and kernels w, v that fit into it one after the other; or x, w and a twin
    of x in place of v."""

    def build(numbers: Numbers, scope: Scope) -> Triple:
        rank = scope.rank(numbers, *ranks)
        k, taps = (sizes(numbers, rank, 1, max(2, MOST_TAPS[rank] - 1)) for _ in range(2))
        least = (a + b - 1 if fitting else 1 for a, b in zip(k, taps, strict=True))
        n = tuple(size + numbers.between(0, SLACK[rank]) for size in least)
        dtype = precision(numbers)
        x, w, v = (numbers.integers(shape, dtype) for shape in (n, k, n if twin else taps))
        return Triple(x, w, v)

    return build
