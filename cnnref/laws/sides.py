"""What a law may return as its second side, and the one place where sides are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from cnnref.laws.numbers import Array

Sides: TypeAlias = tuple[Any, Any]
"""Both sides of a statement: what came, and what should have come."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """No entry of the first side is larger than its bound."""

    bound: Array


@dataclass(frozen=True, slots=True)
class Within:
    """No entry of the first side is further than its bound from the value."""

    value: Array
    bound: Array


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first side, a call without arguments, raises one of these."""

    errors: tuple[type[Exception], ...]


def at_most(bound: ArrayLike) -> AtMost:
    """The second side of an inequality: entry by entry, first side <= bound.

    Args:
        bound: array of the first side's shape.

    Returns:
        The bound, marked as one.

    >>> at_most([1, 2]).bound
    array([1, 2])
    """
    return AtMost(np.asarray(bound))


def within(value: ArrayLike, bound: ArrayLike) -> Within:
    """The second side of a law about floats: |first side - value| <= bound, entry by entry.

    The bound is derived from the number of roundings, see `rounding`; it is not a tolerance.

    Args:
        value: array of the first side's shape.
        bound: how far each entry may be from it; the same shape, or one for all.

    Returns:
        Value and bound, marked as such.

    >>> within([0.5], 2**-53).value
    array([0.5])
    """
    return Within(np.asarray(value), np.asarray(bound))


def refusal(*errors: type[Exception]) -> Refusal:
    """The second side of a law that something is refused; the first side is then a `lambda`.

    Args:
        errors: the kinds of error that count as a refusal.

    Returns:
        The kinds, marked as such.

    >>> refusal(ValueError).errors
    (<class 'ValueError'>,)
    """
    return Refusal(errors)


def rounding(steps: ArrayLike, dtype: np.dtype[Any]) -> Array:
    """The relative error of so many roundings in this dtype, m u / (1 - m u)."""
    m, u = np.asarray(steps), np.finfo(dtype).eps / 2
    return np.asarray(m * u / (1 - m * u))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many entries were compared, and if they disagree why, what came and was promised."""

    entries: int
    reason: str = ""
    came: str = ""
    promised: str = ""


def compare(sides: object, rtol: float = 0) -> Comparison:
    """Both sides of one case, compared. Values must agree exactly, and so must shapes.

    Only for implementations that cannot be exact there is `rtol`: then entries may differ by this
    part of the largest one.

    The dtypes of the sides need not: a law writes its second side in whatever numbers are
    easiest to read, and a law of its own says which dtype a result has. NaN agrees with NaN.
    """
    if not (isinstance(sides, tuple) and len(sides) == 2):
        raise TypeError(f"a law must return both sides; got {type(sides).__name__}")
    first, second = sides
    if isinstance(second, Refusal):
        return refused(first, second)
    wanted = second if isinstance(second, AtMost | Within) else Within(np.asarray(second), ZERO)
    came = np.asarray(first)
    promised = wanted.bound if isinstance(wanted, AtMost) else wanted.value
    if object in (came.dtype, promised.dtype):
        raise TypeError(f"a law must return arrays; got {type(first).__name__} and {second!r:.50}")
    if came.shape != promised.shape:
        reason = f"shape {came.shape} came instead of {promised.shape}"
        return Comparison(came.size, reason, listed(came), promise(second))
    agree = agreement(came, wanted, rtol * largest(promised))
    if agree.all():
        return Comparison(came.size)
    reason = f"{agree.size - agree.sum()} of {agree.size} entries disagree"
    return Comparison(came.size, reason, listed(came), promise(second))


ZERO = np.zeros(())


def largest(array: Array) -> float:
    """The largest absolute value of the numbers in an array, 0 if there are none."""
    finite = array[np.isfinite(array)] if array.dtype.kind in "biufc" else ()
    return float(np.max(np.abs(finite), initial=0))


def agreement(came: Array, wanted: AtMost | Within, slack: float = 0) -> Array:
    """Which entries are as wanted, or off by no more than the slack."""
    with np.errstate(all="ignore"):
        if isinstance(wanted, AtMost):
            return np.asarray(came <= wanted.bound + slack)
        agree = np.asarray(came == wanted.value)
        if came.dtype.kind not in "fc" and wanted.value.dtype.kind not in "fc":
            return agree
        both_nan = np.isnan(came) & np.isnan(wanted.value)
        near = np.abs(came - wanted.value) <= wanted.bound + slack
        return np.asarray(agree | both_nan | near)


def refused(call: Callable[[], object], second: Refusal) -> Comparison:
    """Whether the call raises what it should."""
    names = " or ".join(error.__name__ for error in second.errors)
    try:
        came = call()
    except second.errors:
        return Comparison(1)
    except NotImplementedError:
        raise  # such a call is not offered, which is neither a refusal nor an answer
    except Exception as error:
        return Comparison(1, f"{type(error).__name__} was raised", f"{error!r}", f"a {names}")
    return Comparison(1, "nothing was raised", listed(came), f"a {names}")


def promise(second: object) -> str:
    """The second side in words and numbers."""
    if isinstance(second, AtMost):
        return f"at most {listed(second.bound)}"
    if isinstance(second, Within):
        return f"{listed(second.value)} within {listed(second.bound)}"
    return listed(second)


def listed(value: object) -> str:
    """An array as nested lists, integers without a point; a large one by its shape only.

    >>> listed(np.array([[1.0, 2.5], [np.nan, 4.0]]))
    '[[1, 2.5], [nan, 4]]'
    """
    array = np.asarray(value)
    if array.dtype == object or array.dtype.kind in "US":
        return str(value) if array.dtype == object else str(array.tolist())
    if array.size > 400:
        return f"an array of shape {array.shape} and dtype {array.dtype}"
    return written(array.tolist())


def written(value: object) -> str:
    """A number or nested lists of numbers, integers without a point."""
    if isinstance(value, list):
        return f"[{', '.join(written(entry) for entry in value)}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)
