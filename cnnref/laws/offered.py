"""What an implementation offers, found out by name, signature and one small call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.numbers import Array, Numbers

RANKS = (1, 2, 3)
"""The numbers of spatial axes that the laws draw."""


class NotOffered(Exception):
    """A law needs something that the implementation does not have."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What cases may use: numbers of spatial axes, and options unless they are missing."""

    ranks: tuple[int, ...] = RANKS
    missing: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def offers(self, operation: str) -> bool:
        """Whether there is an operation of this name."""
        return operation not in self.absent

    def rank(self, numbers: Numbers, *wanted: int) -> int:
        """One of the wanted numbers of spatial axes."""
        both = [rank for rank in wanted or RANKS if rank in self.ranks]
        if not both:
            raise NotOffered(f"{' or '.join(map(str, wanted))} spatial axes")
        return numbers.among(*both)

    def has(self, operation: str, option: str) -> bool:
        """Whether cases may use the option of the operation."""
        return f"{operation}.{option}" not in self.missing


@dataclass(frozen=True, slots=True)
class Offer:
    """What an implementation has: the ranks each operation takes, and the options it lacks."""

    ranks: dict[str, tuple[int, ...]]
    missing: frozenset[str]


def offer_of(cnn: Any) -> Offer:
    """Look at every operation by name and signature, and call it once for each rank."""
    ranks: dict[str, tuple[int, ...]] = {}
    missing: set[str] = set()
    for name in literal.__all__:
        operation = getattr(cnn, name, None)
        if operation is None:
            continue
        ranks[name] = ranks_of(name, operation)
        missing |= {f"{name}.{option}" for option in options(name) - accepted(operation)}
    return Offer(ranks, frozenset(missing))


def options(name: str) -> set[str]:
    """The arguments of cnnref's operation that have a default."""
    parameters = inspect.signature(getattr(literal, name)).parameters.values()
    return {p.name for p in parameters if p.default is not inspect.Parameter.empty}


def accepted(operation: Callable[..., Any]) -> set[str]:
    """The names of arguments that an operation takes; every name if it does not say."""
    try:
        parameters = inspect.signature(operation).parameters.values()
    except (TypeError, ValueError):  # written in C
        return ANY_NAME
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return ANY_NAME
    return {p.name for p in parameters}


ANY_NAME = {option for name in literal.__all__ for option in options(name)}


def small_arguments(name: str, rank: int) -> tuple[Any, ...]:
    """The arguments of a small call, which hardly any implementation gets wrong."""
    x, w = np.ones((2,) * rank), np.ones((1,) * rank)
    batch, kernel = x[np.newaxis, np.newaxis], w[np.newaxis, np.newaxis]
    small: dict[str, tuple[Any, ...]] = {
        "convolve": (x, w),
        "correlate": (x, w),
        "flip": (w,),
        "pad": (x, 1),
        "conv": (batch, kernel),
        "relu": (batch,),
        "max_pool": (batch, 1),
        "avg_pool": (batch, 1),
    }
    return small[name]


def ranks_of(name: str, operation: Callable[..., Any]) -> tuple[int, ...]:
    """The ranks for which a small call returns an array with as many axes as its input.

    Where no rank does, the operation is wrong rather than missing: the laws are to say how.
    """
    works = tuple(rank for rank in RANKS if answers(operation, small_arguments(name, rank)))
    return works or RANKS


def answers(operation: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    """Whether the call returns an array with as many axes as its first argument."""
    try:
        result = operation(*arguments)
    except Exception:
        return False
    return isinstance(result, np.ndarray) and result.ndim == arguments[0].ndim


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a law made, and what came of it: nothing, if it raised."""

    operation: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    result: Any = None


@dataclass(frozen=True, slots=True)
class Watched:
    """An implementation whose calls are written down; laws are always run on one."""

    cnn: Any
    calls: list[Call] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.cnn, name)
        if name not in literal.__all__:
            return found

        def watched(*arguments: Any, **given: Any) -> Array:
            self.calls.append(Call(name, arguments, given))
            result = found(*arguments, **given)
            self.calls[-1] = Call(name, arguments, given, result)
            if not isinstance(result, np.ndarray):
                raise TypeError(f"{name} returned {type(result).__name__}, not a NumPy array")
            return result

        watched.__name__ = name
        return watched

    def used(self) -> tuple[set[str], set[str]]:
        """The operations called, and the options given, as `operation.option`."""
        given = {f"{call.operation}.{option}" for call in self.calls for option in call.options}
        bias = {
            "conv.b" for call in self.calls if call.operation == "conv" and len(call.arguments) > 2
        }
        return {call.operation for call in self.calls}, given | bias
