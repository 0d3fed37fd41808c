"""Options in their shortest form, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cnnref.laws.cases.showing import Pairs, Sizes
from cnnref.laws.numbers import Array


def options(padding: str | Pairs, stride: Sizes, dilation: Sizes) -> dict[str, Any]:
    """The options that differ from their defaults, each in its shortest form."""
    given: dict[str, Any] = {}
    if any(step != 1 for step in stride):
        given["stride"] = shortest(stride)
    if isinstance(padding, str):
        given |= {} if padding == "valid" else {"padding": padding}
    elif any(side for pair in padding for side in pair):
        given["padding"] = shortest_padding(padding)
    if any(step != 1 for step in dilation):
        given["dilation"] = shortest(dilation)
    return given


def shortest(sizes: Sizes) -> int | Sizes:
    """One integer where all axes agree."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def shortest_padding(pairs: Pairs) -> int | Sizes | Pairs:
    """One integer, or one per axis, where that says it."""
    if any(before != after for before, after in pairs):
        return pairs
    return shortest(tuple(before for before, _ in pairs))


def spans(kernel_size: Sizes, dilation: Sizes) -> Sizes:
    """The input places from the first tap to the last, per axis; no dilation is 1."""
    steps = dilation or (1,) * len(kernel_size)
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel_size, steps, strict=True))


def in_pairs(padding: str | Pairs, rank: int) -> Pairs:
    """Padding as one pair per axis; of the words only "valid" says it without sizes."""
    if padding == "valid":
        return ((0, 0),) * rank
    if isinstance(padding, str):
        raise TypeError(f"the padding must be given in numbers; got {padding!r}")
    return padding


def along(slices: Iterable[slice]) -> Any:
    """An index into (N, C, *n): a slice of each spatial axis."""
    return (..., *slices)


def with_margin(x: Array, around: Pairs, value: float = 0) -> Array:
    """An input (N, C, *n) with so many more places (before, after) each spatial axis."""
    return np.pad(x, ((0, 0), (0, 0), *around), constant_values=value)
