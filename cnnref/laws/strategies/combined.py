"""Cases made of other cases, and cases of any operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cnnref.laws.cases import Moved, Shuffled, Twins, Use, altered
from cnnref.laws.numbers import Array, Numbers
from cnnref.laws.offered import NotOffered, Scope
from cnnref.laws.runner import Cases
from cnnref.laws.strategies.layers import convs, pools
from cnnref.laws.strategies.signals import pairs, signals


def twins(cases: Cases) -> Cases:
    """Two layers that differ in their input alone."""

    def build(numbers: Numbers, scope: Scope) -> Twins[Any]:
        first = cases(numbers, scope)
        other = numbers.integers(first.x.shape, first.x.dtype)
        return Twins(first, replace(first, x=other))

    return build


def moved(cases: Cases, most: int = 3) -> Cases:
    """A case, and by how many places to move its input, at least one."""

    def build(numbers: Numbers, scope: Scope) -> Moved[Any]:
        return Moved(cases(numbers, scope), numbers.between(1, most))

    return build


def shuffled(cases: Cases, channels: bool = False) -> Cases:
    """A case, and an order of its places (channels by channels if so wanted)."""

    def build(numbers: Numbers, scope: Scope) -> Shuffled[Any]:
        case = cases(numbers, scope)
        count = case.x.shape[1] if channels else int(np.prod(case.x.shape[2:]))
        return Shuffled(case, numbers.order(count))

    return build


def uses(*without: str) -> Cases:
    """Any operation that is offered, with a case for it."""
    makers = {
        "conv": convs(1, 2, padding="pairs"),
        "convolve": pairs(1, 2, mode="any"),
        "correlate": pairs(1, 2, mode="any", operation="correlate"),
        "max_pool": pools(1, 2, padding="pairs"),
        "avg_pool": pools(1, 2, operation="avg_pool", padding="pairs", include=True),
        "relu": signals(1, 2),
        "pad": signals(1, 2),
        "flip": signals(1, 2),
    }

    def build(numbers: Numbers, scope: Scope) -> Use:
        names = [name for name in makers if name not in without and scope.offers(name)]
        if not names:
            raise NotOffered("any operation")
        name = numbers.among(*names)
        return Use(name, makers[name](numbers, scope))

    return build


def typed(*dtypes: str, more: int = 0) -> Cases:
    """Any operation, each of its arrays in one of these dtypes, its entries raised by `more`."""
    some = uses()

    def build(numbers: Numbers, scope: Scope) -> Use:
        def cast(array: Array) -> Array:
            return (array.astype(int) + more).astype(numbers.among(*dtypes))

        use: Use = some(numbers, scope)
        return altered(use, cast)

    return build


def unruly() -> Cases:
    """Any operation, with NaN and infinities among the entries of its arrays."""
    some = uses()

    def build(numbers: Numbers, scope: Scope) -> Use:
        def spoil(array: Array) -> Array:
            unusual = array.copy()
            unusual[array > 5], unusual[array < -5], unusual[array == 5] = np.inf, -np.inf, np.nan
            return unusual

        use: Use = some(numbers, scope)
        return altered(use, spoil)

    return build
