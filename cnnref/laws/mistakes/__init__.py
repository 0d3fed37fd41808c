"""Wrong implementations, each literal but for one fault: they test the laws, and name faults."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from cnnref import literal
from cnnref.laws.cases import ConvCase, Pair, Pairs, PoolCase, Signal, Sizes
from cnnref.laws.numbers import Array
from cnnref.window import Window, windows


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A fault that people make, and an implementation that has it."""

    id: str
    operation: str
    function: Callable[[Any], Any]

    @property
    def sentence(self) -> str:
        """What is wrong: the docstring of the function."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def source(self) -> str:
        """The source text of the function."""
        return inspect.getsource(self.function)

    @property
    def implementation(self) -> Any:
        """An object with the public names, all of them right except one."""
        right = {name: getattr(literal, name) for name in literal.__all__}
        return SimpleNamespace(**right | {self.operation: DOORS[self.operation](self.function)})


Wrong: TypeAlias = Callable[[Any], Any]


def mistake(id: str) -> Callable[[Wrong], Mistake]:
    """Make a mistake of a function; its id begins with the operation, its docstring is the fault.

    The function gets what the operation was given as one case, and returns the wrong result.
    """
    operation = id.partition(".")[0]

    def decorate(function: Wrong) -> Mistake:
        return Mistake(id, operation, function)

    return decorate


def conv_door(wrong: Wrong) -> Callable[..., Array]:
    """An operation with the arguments of conv."""

    def conv(
        x: Any,
        w: Any,
        b: Any = None,
        *,
        stride: Any = 1,
        padding: Any = "valid",
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        x, w = np.asarray(x), np.asarray(w)
        rank = x.ndim - 2
        steps, gaps = per_axis(stride, rank), per_axis(dilation, rank)
        b = None if b is None else np.asarray(b)
        return wrong(ConvCase(x, w, b, steps, paired(padding, rank), gaps, groups))

    return conv


def pool_door(wrong: Wrong) -> Callable[..., Array]:
    """An operation with the arguments of avg_pool, which max_pool has but for the last."""

    def pool(
        x: Any,
        kernel_size: Any,
        *,
        stride: Any = None,
        padding: Any = "valid",
        dilation: Any = 1,
        ceil_mode: bool = False,
        count_include_pad: bool = False,
    ) -> Any:
        x = np.asarray(x)
        rank = x.ndim - 2
        steps = None if stride is None else per_axis(stride, rank)
        k, gaps, sides = (
            per_axis(kernel_size, rank),
            per_axis(dilation, rank),
            paired(padding, rank),
        )
        return wrong(PoolCase(x, k, steps, sides, gaps, ceil_mode, count_include_pad))

    return pool


def pair_door(default: str) -> Callable[[Wrong], Callable[..., Array]]:
    """The door of an operation with the arguments of convolve, and this default mode."""

    def door(wrong: Wrong) -> Callable[..., Array]:
        def operation(x: Any, w: Any, mode: str = default) -> Any:
            return wrong(Pair(np.asarray(x), np.asarray(w), mode))

        return operation

    return door


def pad_door(wrong: Wrong) -> Callable[..., Array]:
    """An operation with the arguments of pad."""

    def pad(x: Any, padding: Any, value: Any = 0) -> Any:
        x = np.asarray(x)
        sides = paired(padding, x.ndim)
        assert not isinstance(sides, str)
        return wrong(Signal(x, sides, value=value))

    return pad


def signal_door(wrong: Wrong) -> Callable[..., Array]:
    """An operation with one argument."""
    return lambda x: wrong(Signal(np.asarray(x)))


DOORS: dict[str, Callable[[Wrong], Callable[..., Array]]] = {
    "conv": conv_door,
    "max_pool": pool_door,
    "avg_pool": pool_door,
    "convolve": pair_door("full"),
    "correlate": pair_door("valid"),
    "pad": pad_door,
    "flip": signal_door,
    "relu": signal_door,
}


def per_axis(sizes: Any, rank: int) -> Sizes:
    """One entry per axis, whichever form was given."""
    return tuple(sizes) if isinstance(sizes, tuple | list) else (sizes,) * rank


def paired(padding: Any, rank: int) -> str | Pairs:
    """A word as it is, and any other form as one pair per axis."""
    if isinstance(padding, str):
        return padding
    if isinstance(padding, tuple | list) and any(isinstance(p, tuple | list) for p in padding):
        return tuple(padding)
    return tuple((places, places) for places in per_axis(padding, rank))


def looks(case: ConvCase | PoolCase) -> tuple[Window, ...]:
    """Where the layer looks on each axis, every padding word turned into numbers."""
    if isinstance(case, PoolCase):
        k, stride, ceil = case.kernel_size, case.strides, case.ceil_mode
    else:
        k, stride, ceil = case.w.shape[2:], case.stride, False
    return windows(case.x.shape[2:], k, stride, case.padding, case.dilation, ceil)


def sides(case: ConvCase | PoolCase) -> Pairs:
    """The padding of each axis, in numbers."""
    return tuple((window.before, window.after) for window in looks(case))
