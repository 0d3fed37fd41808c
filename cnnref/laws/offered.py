"""What an implementation offers, found out by name, signature and one small call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.numbers import Numbers

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


def offer_of(cnn: Any, uncalled: frozenset[str] = frozenset()) -> Offer:
    """Look at every operation by name and signature, and call it once for each rank.

    Those that are `uncalled`, because they hang, are taken to have every rank.
    """
    ranks: dict[str, tuple[int, ...]] = {}
    missing: set[str] = set()
    for name in literal.__all__:
        operation = getattr(cnn, name, None)
        if operation is None:
            continue
        ranks[name] = RANKS if name in uncalled else ranks_of(name, operation)
        missing |= {f"{name}.{option}" for option in options(name) - accepted(operation)}
        only = getattr(operation, "only_mode", None)  # of convolve or correlate, see `Moded`
        missing |= {f"{name}.{mode}" for mode in MODES if only not in (None, mode)}
    return Offer(ranks, frozenset(missing))


MODES = ("full", "valid", "same")
"""What `convolve` and `correlate` may be asked for."""


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


BIASED = ("conv", "dense", "locally_connected", "tiled_conv", "conv_transpose")
"""The operations whose third argument is a bias."""

ANY_NAME = {option for name in literal.__all__ for option in options(name)}


def small_call(name: str, rank: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a small call, which hardly any implementation gets wrong."""
    x, w = np.ones((2,) * rank), np.ones((1,) * rank)
    batch, kernel = x[np.newaxis, np.newaxis], w[np.newaxis, np.newaxis]
    shape, one = (1, 1, *x.shape), (1,) * rank
    tiles, own = kernel.reshape(*one, *kernel.shape), np.ones((*x.shape, *kernel.shape))
    row, size = np.ones((1, x.size)), {"output_size": x.shape}
    places = np.arange(x.size).reshape(shape)
    steps = {"steps": 1}
    small: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        "convolve": ((x, w), {}),
        "correlate": ((x, w), {}),
        "flip": ((w,), {}),
        "pad": ((x, 1), {}),
        "conv": ((batch, kernel), {}),
        "dense": ((batch, batch), {}),
        "im2col": ((batch, one), {}),
        "col2im": ((row[np.newaxis], one), size),
        "relu": ((batch,), {}),
        "max_pool": ((batch, 1), {}),
        "avg_pool": ((batch, 1), {}),
        "max_pool_indices": ((batch, 1), {}),
        "max_unpool": ((batch, places, x.shape), {}),
        "channel_max_pool": ((batch, 1), {}),
        "locally_connected": ((batch, own), {}),
        "tiled_conv": ((batch, tiles), {}),
        "recurrent_conv": ((batch, kernel, kernel, kernel), steps),
        "conv_transpose": ((batch, kernel), {}),
        "conv_weight_grad": ((batch, batch), {"kernel_size": 1}),
        "bias_grad": ((batch, (1,)), {}),
        "max_pool_grad": ((batch, batch, 1), {}),
        "avg_pool_grad": ((shape, batch, 1), {}),
        "dense_grad": ((batch, batch, np.ones((1, 1))), {}),
        "locally_connected_grad": ((batch, own, batch), {}),
        "tiled_conv_grad": ((batch, tiles, batch), {}),
        "relu_grad": ((batch, batch), {}),
        "channel_max_pool_grad": ((batch, batch, 1), {}),
        "recurrent_conv_grad": ((batch, kernel, kernel, kernel, batch[np.newaxis]), steps),
        "softmax_cross_entropy": ((row, np.zeros(1, int)), {}),
    }
    return small[name]


def ranks_of(name: str, operation: Callable[..., Any]) -> tuple[int, ...]:
    """The ranks for which a small call returns arrays with as many axes as literal's.

    Where no rank does, the operation is wrong rather than missing: the laws are to say how.
    """
    works = tuple(rank for rank in RANKS if answers(name, operation, rank))
    return works or RANKS


def answers(name: str, operation: Callable[..., Any], rank: int) -> bool:
    """Whether a small call returns what literal returns, as far as kind and axes go."""
    arguments, given = small_call(name, rank)
    try:
        return outline(operation(*arguments, **given)) == right_outline(name, rank)
    except Exception:
        return False


@cache
def right_outline(name: str, rank: int) -> object:
    """The outline of what literal makes of the small call."""
    arguments, given = small_call(name, rank)
    return outline(getattr(literal, name)(*arguments, **given))


def outline(result: object) -> object:
    """The number of axes of each array in a result, and the type of anything else."""
    if isinstance(result, tuple):
        return tuple(map(outline, result))
    if isinstance(result, list):  # wrong, as the laws will say; but of this rank
        return np.asarray(result).ndim
    return result.ndim if isinstance(result, np.ndarray) else type(result).__name__


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a law made, and what came of it: nothing, if it raised."""

    operation: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    result: Any = None


def parts(name: str, result: object) -> tuple[tuple[object, ...], tuple[type, ...]]:
    """The parts of a result, and the type that each should have."""
    several = SEVERAL.get(name)
    if several is None:
        return (result,), (np.ndarray,)
    if not (isinstance(result, tuple) and len(result) == len(several)):
        return (result,), (tuple,)
    return result, several


PAIR = (np.ndarray, np.ndarray)
SEVERAL: dict[str, tuple[type, ...]] = {
    "dense_grad": PAIR,
    "locally_connected_grad": PAIR,
    "tiled_conv_grad": PAIR,
    "recurrent_conv_grad": PAIR + PAIR,
    "softmax_cross_entropy": (float, np.ndarray),
}
"""The operations that return more than one thing, and what."""


class WrongType(TypeError):
    """An operation returned something else than it should; what comes next would only follow."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An implementation whose calls are written down; laws are always run on one."""

    cnn: Any
    calls: list[Call] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.cnn, name)
        if name not in literal.__all__:
            return found

        def watched(*arguments: Any, **given: Any) -> Any:
            self.calls.append(Call(name, arguments, given))
            result = found(*arguments, **given)
            self.calls[-1] = Call(name, arguments, given, result)
            for part, wanted in zip(*parts(name, result), strict=True):
                if not isinstance(part, wanted):
                    kind = "NumPy array" if wanted is np.ndarray else wanted.__name__
                    raise WrongType(f"{name} returned {type(part).__name__}, not a {kind}")
            return result

        watched.__name__ = name
        return watched

    def used(self) -> tuple[set[str], set[str]]:
        """The operations called, and the options given, as `operation.option`."""
        given = {f"{call.operation}.{option}" for call in self.calls for option in call.options}
        bias = {
            f"{call.operation}.b"
            for call in self.calls
            if call.operation in BIASED and len(call.arguments) > 2
        }
        modes = {
            f"{call.operation}.{call.options.get('mode', default)}"
            for call in self.calls
            for name, default in (("convolve", "full"), ("correlate", "valid"))
            if call.operation == name
        }
        return {call.operation for call in self.calls}, given | bias | modes
