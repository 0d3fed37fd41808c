"""Small numbers out of drawn bytes: how every case of every law is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array: TypeAlias = NDArray[Any]
T = TypeVar("T")

CHOICES, VALUES = 32, 128
SIZE = CHOICES + VALUES
"""How many bytes make a case: the first few choose sizes and options, the rest the entries."""

APART = 48
"""How far apart the entries of two arrays begin, so that one may shrink and the other stay."""

DISTINCT = 19
"""No byte tells more than so many numbers apart."""


@dataclass(slots=True)
class Numbers:
    """Numbers read one after another from SIZE bytes; smaller bytes make simpler cases.

    Sizes and entries are read from separate parts, so that a case keeps its entries while
    Hypothesis makes it smaller. Bytes, and not one draw for each number, because a draw takes
    longer than most operations; and because the same bytes make the same case everywhere.
    """

    drawn: bytes
    chosen: int = field(default=0, init=False)
    filled: int = field(default=0, init=False)

    def between(self, least: int, most: int) -> int:
        """An integer from least to most; the simplest is least."""
        byte = self.drawn[self.chosen % CHOICES]
        self.chosen += 1
        return least + byte % (most - least + 1)

    def among(self, *options: T) -> T:
        """One of the options; the simplest is the first."""
        return options[self.between(0, len(options) - 1)]

    def integers(self, shape: Sequence[int], dtype: DTypeLike = float, most: int = 9) -> Array:
        """An array of integers from -most to most; the simplest is all zeros.

        The first entries are free; those beyond VALUES, which only large cases have, are mixed
        from them.
        """
        place = np.arange(int(np.prod(shape))) + APART * self.filled
        self.filled += 1
        # Backwards: bytes are made simpler from the front, so that the first entries stay.
        entries = np.frombuffer(self.drawn, np.uint8)[: CHOICES - 1 : -1].astype(int)
        later = place // VALUES
        raw = entries[place % VALUES] + 3 * later * entries[(5 * place + later) % VALUES]
        steps = raw % (2 * most + 1)  # 0, 1, 2, 3, 4 stand for 0, 1, -1, 2, -2
        signed = np.where(steps % 2, (steps + 1) // 2, -(steps // 2))
        array: Array = signed.reshape(shape).astype(dtype)
        return array

    def order(self, count: int) -> tuple[int, ...]:
        """The numbers below count in some order; the simplest is their own."""
        keys = self.integers((count,))
        return tuple(int(place) for place in np.argsort(keys, kind="stable"))


def repeatable(seed: int, count: int) -> list[Numbers]:
    """So many Numbers, the same ones on every machine."""
    random = Random(seed)
    return [Numbers(random.randbytes(SIZE)) for _ in range(count)]
