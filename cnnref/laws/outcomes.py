"""What one call does: what it returns or raises, and what it leaves behind."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal, TypeAlias

import numpy as np

from cnnref.laws.numbers import Array
from cnnref.laws.offered import Call
from cnnref.laws.sides import largest

Aspect: TypeAlias = Literal["values", "dtype", "memory", "printing"]
ASPECTS: tuple[Aspect, ...] = ("values", "dtype", "memory", "printing")
"""In what a call can go wrong, each without the others."""

ROUNDINGS = 64
"""How many units in the last place of the largest number count as rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a call did.

    Attributes:
        parts: the arrays that it returned, numbers as arrays of one entry.
        error: the exception that it raised.
        memory: whether it wrote into its arguments, whether a result shares memory with them,
            and whether results can be written.
        printed: whether it printed.
    """

    parts: tuple[Array, ...] = ()
    error: Exception | None = None
    memory: tuple[bool, bool, bool] = (False, False, True)
    printed: bool = False

    def agrees(self, other: Outcome, aspect: Aspect, rounded: bool = False) -> bool:
        """Whether both went the same way in one respect; values may be `rounded` differently."""
        if aspect == "memory":
            return self.memory == other.memory
        if aspect == "printing":
            return self.printed is other.printed
        if self.error is not None or other.error is not None:
            return aspect == "dtype" or type(self.error) is type(other.error)
        if len(self.parts) != len(other.parts):
            return aspect == "dtype"
        pairs = list(zip(self.parts, other.parts, strict=True))
        if aspect == "dtype":
            return all(a.dtype == b.dtype for a, b in pairs)
        return all(equal(a, b, rounded) for a, b in pairs)

    def fault(
        self, right: Outcome, aspects: Iterable[Aspect] = ASPECTS, rounded: bool = False
    ) -> Aspect | None:
        """The first respect in which it did not go the right way; None if there is none."""
        return next((a for a in aspects if not self.agrees(right, a, rounded)), None)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...] | None:
        """The shapes of what was returned; None if nothing was."""
        return None if self.error is not None else tuple(part.shape for part in self.parts)


def equal(a: Array, b: Array, rounded: bool) -> bool:
    """Whether two arrays have the same shape and the same entries, NaN equal to NaN."""
    if a.shape != b.shape or "O" in a.dtype.kind + b.dtype.kind:
        return False
    with np.errstate(all="ignore"):
        same = (a == b) | ((a != a) & (b != b))
        if rounded and same.size and a.dtype.kind in "fc" and b.dtype.kind in "fc":
            unit = max(np.finfo(a.dtype).eps, np.finfo(b.dtype).eps)
            same = same | (np.abs(a - b) <= ROUNDINGS * unit * largest(b))
    return bool(np.all(same))


def observed(cnn: Any, call: Call) -> Outcome:
    """Make a call, and see what it does. What it wrote into its arguments is put back."""
    given = (*call.arguments, *call.options.values())
    arrays = [value for value in given if isinstance(value, np.ndarray)]
    before = [array.copy() for array in arrays]
    with silent() as printed:
        try:
            result = getattr(cnn, call.operation)(*call.arguments, **call.options)
        except Exception as error:
            return Outcome(error=error, memory=(put_back(arrays, before), False, True))
    several = result if isinstance(result, tuple) else (result,)
    try:
        parts = tuple(np.asarray(part) for part in several)
    except Exception as error:  # a ragged list
        return Outcome(error=error)
    shares = any(np.shares_memory(part, array) for part in parts for array in arrays)
    kept = tuple(part.copy() for part in parts)  # before what was written is put back
    writeable = all(p.flags.writeable for p in several if isinstance(p, np.ndarray))
    memory = (put_back(arrays, before), shares, writeable)
    return Outcome(kept, memory=memory, printed=bool(printed.getvalue()))


@contextmanager
def silent() -> Iterator[StringIO]:
    """What is printed, kept; a warning is no print."""
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield printed


def put_back(arrays: list[Array], before: list[Array]) -> bool:
    """Whether arrays are not as they were before; then they are made so."""
    wrote = False
    for array, old in zip(arrays, before, strict=True):
        if array.tobytes() != old.tobytes():
            wrote = True
            array[...] = old
    return wrote
